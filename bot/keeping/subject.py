"""The person whose data are to go, known by an e-mail address."""

import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.errors import HelpdeskError
from bot.keys import ERASED_MAILS, ERASURES, Secret, derived

ERASED = "erased"
"""Reason of a mail of which only its number and its mark are kept."""

_ADDRESS = re.compile(r"[^@\s<>\"']{1,64}@[^@\s<>\"']{1,190}\.[^@\s<>\"']{1,63}")


class NotAnAddress(HelpdeskError):
    """What was given is no e-mail address."""

    def __init__(self) -> None:
        # Without the text: it may be a name, and errors reach logs.
        super().__init__("--subject: this is no e-mail address; write it as an@example.be")


@dataclass(frozen=True, repr=False)
class Subject:
    """A person. ``address``: in lower case."""

    address: str

    @classmethod
    def from_text(cls, text: str) -> "Subject":
        """Read an address. Raises: NotAnAddress."""
        address = text.strip().lower()
        if not _ADDRESS.fullmatch(address):
            raise NotAnAddress
        return cls(address)

    def is_named_in(self, text: str) -> bool:
        """Say whether a text, or the JSON in it, names this very address.

        An address that only ends or begins like it, jan@ for an@, is somebody else's.
        """
        if self.address not in text.lower():
            return False
        # A local part may hold any of these (RFC 5322 §3.2.3, and RFC 6531 beyond ASCII).
        around = re.compile(
            rf"(?<![\w.!#$%&*+/=?^`{{|}}~-]){re.escape(self.address)}(?![\w-]|\.\w)", re.I
        )
        return any(around.search(part) for part in _parts(text))

    def pseudonym(self, secret: Secret) -> str:
        """Give a name that only who has the secret can link to the address (HMAC-SHA-256)."""
        key = derived(secret, ERASURES)[0]
        return f"hmac-sha256:{hmac.digest(key, self.address.encode(), 'sha256').hex()}"


def erased_marks(secret: Secret, fingerprint: str) -> list[str]:
    """Give what is kept of an erased mail: by it the mail is known should it come again.

    The one to keep first; the others are those of an older secret. Without the secret it
    tells nothing, not even of a mail that somebody else has.
    """
    keys = derived(secret, ERASED_MAILS)
    return [hmac.digest(key, fingerprint.encode(), "sha256").hex() for key in keys]


def _parts(text: str) -> Iterator[str]:
    # In JSON an address at the start of a line follows the letter of \n.
    try:
        yield from _strings(json.loads(text))
    except ValueError:
        yield text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in (*value, *value.values()) if isinstance(value, dict) else value:
            yield from _strings(item)
