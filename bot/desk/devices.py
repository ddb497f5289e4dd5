"""Knowing a browser again from which somebody signed in before.

After OWASP's "Slow Down Online Guessing Attacks with Device Cookies": who guesses from
elsewhere locks himself out, not the owner of the account.
"""

import hmac
import secrets

from bot.accounts.policy import DEVICE, normal_name
from bot.keys import DESK_DEVICES, Secret, derived

DEVICE_COOKIE = "cybo_desk_device"
DEVICE_LIFETIME_S = 180 * 24 * 3600
_NETWORK = "net:"
_NONCE_BYTES = 16


class Devices:
    """Issues and reads the tokens of known browsers: ``<nonce>.<signature of name and nonce>``."""

    def __init__(self, secret: Secret) -> None:
        self._keys = derived(secret, DESK_DEVICES)

    def issue(self, name: str) -> str:
        """Make a token for the browser that somebody has just signed in from."""
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        return f"{nonce}.{self._sign(self._keys[0], name, nonce)}"

    def place(self, token: str, name: str, network: str) -> str:
        """Name where an attempt comes from: a browser that this user knows, else a network."""
        nonce, _, signature = token.partition(".")
        given = signature.encode(errors="replace")
        if any(hmac.compare_digest(given, self._sign(k, name, nonce).encode()) for k in self._keys):
            return DEVICE + nonce
        return _NETWORK + network

    @staticmethod
    def _sign(key: bytes, name: str, nonce: str) -> str:
        signed = f"{normal_name(name)}\0{nonce}".encode(errors="replace")
        return hmac.new(key, signed, "sha256").hexdigest()
