"""Chat sessions: a token that names a conversation and that nobody else can make."""

import base64
import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from bot.errors import HelpdeskError
from bot.settings import Settings

_VERSION = "1"
_ID_BYTES = 16  # 128 bits: not to be guessed (OWASP asks for 64 or more)
_KEY_BYTES = 32
PREFIX = "widget:"
"""Conversations of the widget; no other channel may name one."""


class SessionKeySpoilt(HelpdeskError):
    """The key file holds something else."""


class Sessions:
    """Issues and reads tokens: ``1.<conversation>.<issued>.<signature>``, HMAC-SHA-256.

    The server keeps nothing for them, so every process with the same key can read them.
    """

    def __init__(self, key: bytes, lifetime_s: int, clock: Callable[[], float]) -> None:
        self._key = key
        self._lifetime_s = lifetime_s
        self._clock = clock

    def begin(self) -> str:
        """Name a new conversation."""
        return PREFIX + _base64(secrets.token_bytes(_ID_BYTES))

    def issue(self, conversation: str) -> str:
        """Make a token for a conversation, valid from now on."""
        content = f"{_VERSION}.{conversation}.{int(self._clock())}"
        return f"{content}.{self._sign(content)}"

    def read(self, token: str) -> str | None:
        """Name the conversation of a token; None when it is forged, spoilt or too old."""
        content, _, signature = token.rpartition(".")
        if not hmac.compare_digest(
            signature.encode(errors="replace"), self._sign(content).encode()
        ):
            return None
        _, conversation, issued = content.split(".")
        return conversation if self._clock() - int(issued) <= self._lifetime_s else None

    def _sign(self, content: str) -> str:
        return _base64(hmac.digest(self._key, content.encode(errors="replace"), "sha256"))


def signing_key(settings: Settings) -> bytes:
    """Give the key that signs what this installation issues: the setting, or a file's."""
    if settings.session_key:
        return settings.session_key.get_secret_value().encode()
    return read_key(settings.data_dir / "session.key")


def read_key(path: Path) -> bytes:
    """Read the signing key of this installation; the first start makes it.

    Raises: SessionKeySpoilt, when the file is no key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) != _KEY_BYTES:
            raise SessionKeySpoilt(
                f"{path}: {len(key)} bytes long instead of {_KEY_BYTES}; remove it and start again "
                "(chats that are open now begin anew)"
            ) from None
        return key
    key = secrets.token_bytes(_KEY_BYTES)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
    return key


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
