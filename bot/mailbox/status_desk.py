"""How the tickets stand that a mail asks about, for who may know."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from bot.tickets.code import TicketCodes, WrongTries
from bot.tickets.model import Ticket
from bot.tickets.reference import is_valid_reference
from bot.tickets.telling import (
    ASK_REFERENCE,
    Telling,
    tell_invalid,
    tell_status,
    tell_unknown,
)
from bot.triage.mail import Mail
from bot.triage.status_question import references_in

# Whoever has more is asked which one is meant.
_MAX_OWN = 5


class Requesters(Protocol):
    """Where tickets and their requesters are found; see ``SqlRequesters``."""

    def find(self, reference: str) -> Ticket | None:
        """Look a ticket up by its reference."""

    def is_requester(self, ticket: Ticket, sender: str) -> bool:
        """Say whether a ticket is the sender's."""

    def open_of(self, sender: str, limit: int) -> Sequence[Ticket]:
        """Give the newest tickets of the sender that are not closed."""


class StatusDesk:
    """Answers who asks by mail how tickets stand.

    ``status_of`` asks where the chat asks; ``tries``: the chat's count of wrong codes.
    """

    def __init__(
        self,
        requesters: Requesters,
        codes: TicketCodes,
        tries: WrongTries,
        status_of: Callable[[Ticket], Awaitable[str]],
    ) -> None:
        self._requesters = requesters
        self._codes = codes
        self._tries = tries
        self._status_of = status_of

    async def tell(self, mail: Mail, of_thread: str = "") -> list[Telling]:
        """Say how the tickets stand that are named, else the thread's, else the sender's.

        ``of_thread``: the reference of the thread's ticket, empty when there is none.
        """
        if named := references_in(mail):
            return [await self._of_reference(mail, reference) for reference in named]
        own = await asyncio.to_thread(self._own, mail.sender, of_thread)
        statuses = await asyncio.gather(*map(self._status_of, own[:_MAX_OWN]))
        told = [tell_status(ticket, status) for ticket, status in zip(own, statuses, strict=False)]
        return told if 0 < len(own) <= _MAX_OWN else [*told, Telling(ASK_REFERENCE)]

    async def _of_reference(self, mail: Mail, reference: str) -> Telling:
        if not is_valid_reference(reference):
            return tell_invalid(reference)
        ticket = await asyncio.to_thread(self._requesters.find, reference)
        is_own = ticket is not None and await asyncio.to_thread(
            self._requesters.is_requester, ticket, mail.sender
        )
        if ticket and (is_own or self._knows_code(mail, reference)):
            return tell_status(ticket, await self._status_of(ticket))
        if ticket is None:
            # As long a way as that to somebody else's ticket, and it counts the same.
            self._knows_code(mail, reference)
        return tell_unknown(reference)

    def _knows_code(self, mail: Mail, reference: str) -> bool:
        """Say whether a mail holds a ticket's code; whoever guesses is soon told nothing."""
        # An address lasts longer than a chat: it is refused this one ticket, not all of them.
        asker = f"mail:{mail.sender}:{reference}"
        if self._tries.is_too_many(asker, reference):
            return False
        if self._codes.is_in(f"{mail.subject}\n{mail.text}", reference):
            return True
        self._tries.note(asker, reference)
        return False

    def _own(self, sender: str, of_thread: str) -> Sequence[Ticket]:
        ticket = self._requesters.find(of_thread) if of_thread else None
        if ticket and self._requesters.is_requester(ticket, sender):
            return [ticket]
        return self._requesters.open_of(sender, _MAX_OWN + 1)
