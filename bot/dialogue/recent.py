"""The conversations at hand, so that a turn need not read all that was said before."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from rasa.shared.core.trackers import DialogueStateTracker

_MAX_CHARS = 12_000_000
"""How much of conversations is remembered, as their events are written in the database.

In memory they take up to two and a half times as much (measured 29/11/2026): 30 MB at most,
six hundred ordinary conversations, or three hundred of people who write 4,000 letters a
message.
"""

_LEAST_CHARS = 2_000
"""What a conversation takes, however little was said in it."""


class Rows(NamedTuple):
    """How many events of a sender the database holds, and which is the first.

    A conversation that was purged and begun again may well have as many as before.
    """

    number: int
    first: int | None


NOTHING = Rows(0, None)


@dataclass(frozen=True)
class Known:
    """A tracker in memory. ``rows``: what its sender has in the database.

    ``is_out``: a turn works on it; ``chars``: how long its events are as they are stored.
    """

    tracker: DialogueStateTracker
    rows: Rows
    is_out: bool
    chars: int


class Recent:
    """Remembers the latest conversations up to a total length; one event loop's alone."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._chars = 0

    def get(self, sender_id: str) -> Known | None:
        """Give what is remembered of a sender."""
        return self._known.get(sender_id)

    def remember(self, known: Known) -> None:
        """Remember a conversation, and forget those that nobody needed for longest."""
        sender_id = known.tracker.sender_id
        self.forget(sender_id)
        self._known[sender_id] = known
        self._chars += _weight(known)
        while self._chars > _MAX_CHARS and len(self._known) > 1:
            _, oldest = self._known.popitem(last=False)
            self._chars -= _weight(oldest)

    def forget(self, sender_id: str) -> None:
        """Forget a sender."""
        if known := self._known.pop(sender_id, None):
            self._chars -= _weight(known)


def _weight(known: Known) -> int:
    return known.chars + _LEAST_CHARS
