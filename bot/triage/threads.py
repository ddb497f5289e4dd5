"""Whose conversation a mail continues: marks that only Cybo can make.

An answer carries its thread's name twice, in its Message-ID and in a tag in its subject,
each with an HMAC-SHA-256 signature. A mail client keeps at least one of the two. A mark
alone opens nothing: the store also asks that the sender be the same.
"""

import base64
import hmac
import re
import secrets
from collections.abc import Iterator

from bot.keys import MAIL_THREADS, Secret, derived
from bot.triage.mail import Mail

_NAME_BYTES = 5  # 40 bits: enough to tell threads apart; the signature guards them
_ID_SIGNATURE_CHARS = 20
_TAG_SIGNATURE_CHARS = 8
_MESSAGE_ID = re.compile(r"<cybo\.([a-z2-7]{8})\.([a-z2-7]{8})\.([a-z2-7]{20})@[^<>\s]{1,255}>")
_TAG = re.compile(r" ?\[cybo-([a-z2-7]{8})-([a-z2-7]{8})\]", flags=re.IGNORECASE)


class ThreadMarks:
    """Makes and reads the marks of one installation. ``domain``: of our Message-IDs."""

    def __init__(self, secret: Secret, domain: str) -> None:
        self._keys = derived(secret, MAIL_THREADS)
        self._domain = domain

    @staticmethod
    def new_name() -> str:
        """Name a new thread."""
        return _base32(secrets.token_bytes(_NAME_BYTES))

    def message_id(self, thread: str) -> str:
        """Make a Message-ID for one more answer of a thread."""
        nonce = _base32(secrets.token_bytes(_NAME_BYTES))
        signature = _signed(self._keys[0], f"{thread}.{nonce}")[:_ID_SIGNATURE_CHARS]
        return f"<cybo.{thread}.{nonce}.{signature}@{self._domain}>"

    def tag(self, thread: str) -> str:
        """Make the tag that a thread's subjects carry."""
        return f"[cybo-{thread}-{_signed(self._keys[0], thread)[:_TAG_SIGNATURE_CHARS]}]"

    def threads_of(self, mail: Mail) -> list[str]:
        """Name the threads whose genuine marks a mail carries, the most telling first."""
        return list(dict.fromkeys(self._genuine(mail)))

    def _genuine(self, mail: Mail) -> Iterator[str]:
        references = f"{mail.header('references')} {mail.header('in-reply-to')}"
        # The last reference is the message that was answered.
        for thread, nonce, signature in reversed(_MESSAGE_ID.findall(references)):
            if self._is_ours(f"{thread}.{nonce}", signature):
                yield thread
        for thread, signature in _TAG.findall(mail.subject.lower()):
            if self._is_ours(thread, signature):
                yield thread

    def _is_ours(self, content: str, signature: str) -> bool:
        known = [_signed(key, content)[: len(signature)] for key in self._keys]
        return any(hmac.compare_digest(signature, one) for one in known)


def _signed(key: bytes, content: str) -> str:
    return _base32(hmac.digest(key, content.encode(), "sha256"))


def without_tag(text: str) -> str:
    """Take the tags out of a subject, or of a text that quotes one."""
    return _TAG.sub("", text)


def _base32(content: bytes) -> str:
    return base64.b32encode(content).decode().rstrip("=").lower()
