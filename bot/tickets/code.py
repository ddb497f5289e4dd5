"""The code that is given with a reference: who knows both may ask how the request stands."""

import hmac
import re
from collections.abc import Iterator
from itertools import islice

from bot.keys import TICKET_CODES, Secret, derived
from bot.tickets.reference import without_reference

# No vowels, so no words; nothing that looks like something else in another typeface.
_ALPHABET = "2346789BCDFGHJKMPQRTVWXY"
_HALF_CHARS = 4
_MOST = 2
_CODE = re.compile(
    rf"(?<![\w@.])([{_ALPHABET}]{{{_HALF_CHARS}}})[ -]?([{_ALPHABET}]{{{_HALF_CHARS}}})(?![\w@])",
    flags=re.IGNORECASE,
)
_HEXADECIMAL = re.compile(r"[0-9a-f -]{8,9}", flags=re.IGNORECASE)


class TicketCodes:
    """Makes and checks the codes of one installation; nothing is stored for them.

    Eight of 24 characters: 110 thousand million codes. A message counts for two guesses. A
    stranger has five tries a day in a conversation and fifty from a network (`tries.py`), so
    a network guesses one code right with a chance of 1 in 1,100 million a day. Who changes
    conversation and network with every message is held by the server's speed alone: fifty
    messages a second are 8.6 million guesses a day, 1 in 12,700, for one single ticket.
    """

    def __init__(self, secret: Secret) -> None:
        self._keys = derived(secret, TICKET_CODES)

    def code(self, reference: str) -> str:
        """Give the code of a reference, as people read it: K7P2-QXRT."""
        return self._code(self._keys[0], reference)

    @staticmethod
    def _code(key: bytes, reference: str) -> str:
        digest = hmac.digest(key, reference.encode(), "sha256")
        number = int.from_bytes(digest, "big")
        letters = ""
        for _ in range(2 * _HALF_CHARS):
            number, place = divmod(number, len(_ALPHABET))
            letters += _ALPHABET[place]
        return f"{letters[:_HALF_CHARS]}-{letters[_HALF_CHARS:]}"

    def is_among(self, codes: tuple[str, ...], reference: str) -> bool:
        """Say whether the code of ``reference`` is one of ``codes``, each in constant time."""
        known = [self._code(key, reference) for key in self._keys]
        return any(hmac.compare_digest(one, other) for one in codes for other in known)


def find_codes(text: str) -> tuple[str, ...]:
    """Give the first two of what may be codes in a message, as ``code`` writes them.

    References are none. More than two are guesses, not a slip of the pen.
    """
    return tuple(islice(_codes(without_reference(text)), _MOST))


def _codes(text: str) -> Iterator[str]:
    for match in _CODE.finditer(text):
        yield f"{match[1]}-{match[2]}".upper()


def without_codes(text: str) -> str:
    """Take out of ``text`` what may be a code.

    What is written in hexadecimal stays: so are certificate numbers, and one code of 500.
    """
    return _CODE.sub(lambda match: match[0] if _HEXADECIMAL.fullmatch(match[0]) else " ", text)
