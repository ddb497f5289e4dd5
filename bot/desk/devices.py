"""Knowing a browser again from which somebody signed in before.

After OWASP's "Slow Down Online Guessing Attacks with Device Cookies": who guesses from
elsewhere locks himself out, not the owner of the account.
"""

import hmac
import secrets

from bot.accounts.policy import DEVICE, normal_name

DEVICE_COOKIE = "cybo_desk_device"
DEVICE_LIFETIME_S = 180 * 24 * 3600
_NETWORK = "net:"
_NONCE_BYTES = 16


class Devices:
    """Issues and reads the tokens of known browsers: ``<nonce>.<signature of name and nonce>``."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"desk device", "sha256")

    def issue(self, name: str) -> str:
        """Make a token for the browser that somebody has just signed in from."""
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        return f"{nonce}.{self._sign(name, nonce)}"

    def place(self, token: str, name: str, network: str) -> str:
        """Name where an attempt comes from: a browser that this user knows, else a network."""
        nonce, _, signature = token.partition(".")
        expected = self._sign(name, nonce).encode()
        if hmac.compare_digest(signature.encode(errors="replace"), expected):
            return DEVICE + nonce
        return _NETWORK + network

    def _sign(self, name: str, nonce: str) -> str:
        signed = f"{normal_name(name)}\0{nonce}".encode(errors="replace")
        return hmac.new(self._key, signed, "sha256").hexdigest()
