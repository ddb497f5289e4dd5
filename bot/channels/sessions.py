"""Chat sessions: a token that names a conversation and that nobody else can make."""

import base64
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bot.errors import HelpdeskError
from bot.keys import CHAT_SESSIONS, Secret, derived
from bot.settings import Settings

_VERSION = "1"
_ID_BYTES = 16  # 128 bits: not to be guessed (OWASP asks for 64 or more)
_KEY_BYTES = 32
PREFIX = "widget:"
"""Conversations of the widget; no other channel may name one."""


class SessionKeySpoilt(HelpdeskError):
    """The key file holds something else."""


class KeyMissing(HelpdeskError):
    """Processes that share a database would each sign with a key of their own."""

    def __init__(self) -> None:
        super().__init__(
            "CYBO_SESSION_KEY: must be set when CYBO_DATABASE_URL is: processes that share a "
            "database have to know each other's chats, ticket codes and threads of mails; make "
            "one with `openssl rand -hex 32` and give it to all of them"
        )


class Sessions:
    """Issues and reads tokens: ``1.<conversation>.<issued>.<signature>``, HMAC-SHA-256.

    The server keeps nothing for them, so every process with the same key can read them.
    """

    def __init__(self, secret: Secret, lifetime_s: int, clock: Callable[[], float]) -> None:
        self._keys = derived(secret, CHAT_SESSIONS)
        self._lifetime_s = lifetime_s
        self._clock = clock

    def begin(self) -> str:
        """Name a new conversation."""
        return PREFIX + _base64(secrets.token_bytes(_ID_BYTES))

    def issue(self, conversation: str) -> str:
        """Make a token for a conversation, valid from now on."""
        content = f"{_VERSION}.{conversation}.{int(self._clock())}"
        return f"{content}.{_signature(self._keys[0], content)}"

    def read(self, token: str) -> str | None:
        """Name the conversation of a token; None when it is forged, spoilt or too old."""
        content, _, signature = token.rpartition(".")
        given = signature.encode(errors="replace")
        expected = [_signature(key, content).encode() for key in self._keys]
        if not any(hmac.compare_digest(given, one) for one in expected):
            return None
        _, conversation, issued = content.split(".")
        return conversation if self._clock() - int(issued) <= self._lifetime_s else None


def signing_key(settings: Settings) -> Secret:
    """Give the secret behind what this installation issues: the setting's, or a file's.

    Raises: KeyMissing, with PostgreSQL, which other processes share, and no setting;
    SessionKeySpoilt.
    """
    if settings.session_key:
        keys = settings.session_key.get_secret_value().split(",")
        return tuple(key.strip().encode() for key in keys)
    if settings.database_url:
        raise KeyMissing
    return read_key(settings.data_dir / "session.key")


def read_key(path: Path) -> bytes:
    """Read the signing key of this installation; the first start makes it.

    Raises: SessionKeySpoilt, when the file is no key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise SessionKeySpoilt(
            f"{path}: {len(key)} bytes long instead of {_KEY_BYTES}; remove it and start again "
            "(chats that are open now begin anew)"
        )
    return key


def _make_key(path: Path) -> None:
    """Write a key whole or not at all: a full disk must leave no empty file behind."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # Unlike a rename, a link takes no other process's key away.
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)


def _signature(key: bytes, content: str) -> str:
    return _base64(hmac.digest(key, content.encode(errors="replace"), "sha256"))


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
