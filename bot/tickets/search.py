"""What somebody at the desk looks for among the tickets."""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.tickets.model import Ticket
from bot.tickets.reference import find_reference

NEWEST, OLDEST, BY_STATUS = "newest", "oldest", "status"
ORDERS = (NEWEST, OLDEST, BY_STATUS)

UNSENT, WAITING, DELIVERED, PARKED, DOUBTFUL = "unsent", "waiting", "done", "parked", "doubtful"
DELIVERIES = (WAITING, DELIVERED, PARKED, DOUBTFUL, UNSENT)
"""How far a ticket got on its way to the desk's tools; ``unsent``: there was nowhere to go."""

_NUMBER = re.compile(r"(?:BE)?[\d .]{4,40}", flags=re.IGNORECASE)
_NO_DIGIT = re.compile(r"\D")


@dataclass(frozen=True)
class TicketQuery:
    """Filters; what is empty or None filters nothing.

    ``since`` and ``until``: timezone-aware, the second not included. ``text``: a reference,
    an enterprise number, a name or an e-mail address, or part of one.
    """

    status: str = ""
    channel: str = ""
    language: str = ""
    delivery: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    order: str = NEWEST

    @property
    def reference(self) -> str:
        """Give the reference that is looked for, as far as it was typed."""
        return find_reference(self.text) or ""

    @property
    def number(self) -> str:
        """Give the digits of the enterprise number that is looked for."""
        return _NO_DIGIT.sub("", self.text) if _NUMBER.fullmatch(self.text) else ""


@dataclass(frozen=True)
class Listed:
    """A ticket in a list. ``delivery``: one of ``DELIVERIES``."""

    ticket: Ticket
    delivery: str


@dataclass(frozen=True)
class Delivery:
    """A ticket's way to one target. ``next_try_at``: None unless it waits."""

    id: int
    target: str
    status: str
    tries: int
    error: str
    next_try_at: datetime | None
    is_letter: bool


@dataclass(frozen=True)
class Note:
    """What a member or Cybo added to a ticket. ``kind``: note, status or addition."""

    at: datetime
    author: str
    kind: str
    text: str


@dataclass(frozen=True)
class TicketFile:
    """Everything about one ticket. ``requester``: the address that letters go to.

    ``turn``: number of a turn of its conversation, None when none is kept. ``similar``:
    references of tickets with the same address about the same accounts, within seven days.
    """

    ticket: Ticket
    requester: str
    closed_at: datetime | None
    deliveries: tuple[Delivery, ...]
    notes: tuple[Note, ...]
    turn: int | None
    similar: tuple[str, ...] = ()
