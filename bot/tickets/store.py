"""What the actions need of the place where tickets are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.tickets.access import Owned
from bot.tickets.model import Addition, Draft, Ticket


class TicketStore(Protocol):
    """Where tickets are kept; see ``SqlTicketStore``. Every call may block."""

    def open(self, draft: Draft, *, now: datetime) -> tuple[Ticket, bool]:
        """Store a draft, or find the open ticket it became before.

        Returns: the ticket, and whether this call made it.
        Raises: InvalidDraft, TooManyTickets.
        """

    def look_up(self, reference: str) -> Owned | None:
        """Look a ticket up by its reference, with whose it is."""

    def similar(self, draft: Draft, *, now: datetime) -> Sequence[Owned]:
        """Give the open tickets of the same address about the same accounts, newest first.

        They are candidates: `access.py` says who may know of them. A draft that is an open
        ticket already is no second request: none.
        """

    def add(self, reference: str, addition: Addition, *, now: datetime) -> Ticket | None:
        """Add to a ticket, once however often this is called; None when there is none."""

    def take_over(self, reference: str, status: str, *, now: datetime) -> bool:
        """Note how a ticket stands in the desk's tool; False when it stays as it was."""
