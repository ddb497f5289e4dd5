"""The code that is given with a reference: who knows both may ask how the request stands."""

import hmac
import re
from collections import OrderedDict
from collections.abc import Callable

from bot.keys import TICKET_CODES, Secret, derived
from bot.tickets.reference import without_reference

# No vowels, so no words; nothing that looks like something else in another typeface.
_ALPHABET = "2346789BCDFGHJKMPQRTVWXY"
_CHARS = 6  # 191 million codes; WrongTries allows 480 guesses a day
_CODE = re.compile(
    rf"(?<![\w@.])([{_ALPHABET}]{{3}})[ -]?([{_ALPHABET}]{{3}})(?![\w@])", flags=re.IGNORECASE
)
_PER_CONVERSATION, _PER_REFERENCE = 5, 20
_HOUR_S = 3600.0
_MAX_REMEMBERED = 10_000


class TicketCodes:
    """Makes and checks the codes of one installation; nothing is stored for them."""

    def __init__(self, secret: Secret) -> None:
        self._keys = derived(secret, TICKET_CODES)

    def code(self, reference: str) -> str:
        """Give the code of a reference."""
        return self._code(self._keys[0], reference)

    @staticmethod
    def _code(key: bytes, reference: str) -> str:
        digest = hmac.digest(key, reference.encode(), "sha256")
        number = int.from_bytes(digest, "big")
        letters = []
        for _ in range(_CHARS):
            number, place = divmod(number, len(_ALPHABET))
            letters.append(_ALPHABET[place])
        return "".join(letters)

    def is_in(self, text: str, reference: str) -> bool:
        """Say whether ``text`` holds the code of ``reference``, compared in constant time."""
        known = [self._code(key, reference) for key in self._keys]
        found = find_codes(text)
        return any(hmac.compare_digest(one, other) for one in found for other in known)


def find_codes(text: str) -> list[str]:
    """Give what may be a code in a message, in capitals; references are none."""
    found = _CODE.finditer(without_reference(text))
    return [(match[1] + match[2]).upper() for match in found]


def without_codes(text: str) -> str:
    """Take out of ``text`` what may be a code."""
    return _CODE.sub(" ", text)


class WrongTries:
    """Counts wrong codes and addresses, so that nobody finds one by trying.

    At most five in a conversation and twenty in an hour for a reference, whoever asks.
    The counts live as long as the process. ``clock``: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._by_conversation: OrderedDict[str, int] = OrderedDict()
        self._by_reference: OrderedDict[str, list[float]] = OrderedDict()

    def is_too_many(self, conversation: str, reference: str) -> bool:
        """Say whether nothing is told any more, right or wrong."""
        return (
            self._by_conversation.get(conversation, 0) >= _PER_CONVERSATION
            or len(self._recent(reference)) >= _PER_REFERENCE
        )

    def note(self, conversation: str, reference: str) -> None:
        """Count one wrong try."""
        self._by_conversation[conversation] = self._by_conversation.get(conversation, 0) + 1
        self._by_reference[reference] = [*self._recent(reference), self._clock()]
        for counted in (self._by_conversation, self._by_reference):
            if len(counted) > _MAX_REMEMBERED:
                counted.popitem(last=False)

    def _recent(self, reference: str) -> list[float]:
        since = self._clock() - _HOUR_S
        return [moment for moment in self._by_reference.get(reference, []) if moment > since]
