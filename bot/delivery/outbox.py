"""What waits to be delivered, and what a failure means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.errors import HelpdeskError

PENDING, SENDING, DONE, PARKED, DOUBTFUL = "pending", "sending", "done", "parked", "doubtful"
STATUSES = (PENDING, SENDING, DONE, PARKED, DOUBTFUL)

ONCE_ONLY = ("smtp", "desk_mail")
"""Targets that would take an item twice; see ``Target.is_idempotent``."""

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
MOST_TRIES = 12
"""About six hours of a target being away; then people are called."""

DELIVERY_TIMEOUT_S = 120.0
"""The longest that any target may take for one item."""

_JITTER = 0.2


@dataclass(frozen=True)
class Item:
    """One delivery. ``key``: the same for the same thing, so that nothing is queued twice.

    ``after``: key of the item that has to arrive before this one, empty for none.
    ``reference``, ``mail_id``, ``note_id``: ticket, mail and note that it belongs to.
    ``epoch``: of the installation when it was queued. ``lease``: names this very try.
    """

    target: str
    key: str
    recipient: str
    payload: bytes
    id: int = 0
    tries: int = 0
    after: str = ""
    reference: str = ""
    mail_id: int | None = None
    note_id: int | None = None
    epoch: str = ""
    lease: str = ""


class TryLater(HelpdeskError):
    """The target is away or busy; nothing was delivered."""


class Refused(HelpdeskError):
    """The target will never take this item."""


class InDoubt(HelpdeskError):
    """The connection broke when the target may have taken the item already."""


class Target(Protocol):
    """Where items go.

    ``is_idempotent``: delivering the same item again changes nothing there, so an item
    whose delivery was cut off may simply be delivered again. ``timeout_s``: how long a
    delivery may take.
    """

    name: str
    is_idempotent: bool
    timeout_s: float

    async def deliver(self, item: Item) -> None:
        """Deliver. Raises: TryLater, Refused or InDoubt."""

    def instead(self, item: Item) -> Item | None:
        """Give what to queue for people when nobody knows whether ``item`` arrived."""


class OutboxStore(Protocol):
    """Where items wait; every method is one transaction.

    What notes an outcome changes nothing, and says so, when the item is not held any more.
    """

    def claim(self, targets: Sequence[str], now: datetime) -> Item | None:
        """Take the next item that is due, counted as tried, so that nobody else takes it."""

    def done(self, item: Item, now: datetime) -> bool:
        """Note that it arrived."""

    def later(self, item: Item, at: datetime, error: str) -> bool:
        """Put it back until ``at``."""

    def park(self, item: Item, error: str) -> bool:
        """Set it aside for people."""

    def doubt(self, item: Item, instead: Item | None, now: datetime) -> str:
        """Note that nobody knows whether it arrived; queue what people should look at.

        Gives the item's status; empty when it is not held any more.
        """

    def abandoned(self, target: str, after: timedelta) -> Sequence[Item]:
        """Give the items that were claimed longer than ``after`` ago and never heard of again."""

    def counts(self) -> Mapping[str, int]:
        """Count the items by status."""


def pause(tries: int, chance: float) -> timedelta:
    """Give how long to wait after ``tries`` failures; ``chance`` from 0 to 1 spreads the load."""
    plain: timedelta = min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
    return plain * (1 + _JITTER * (2 * chance - 1))
