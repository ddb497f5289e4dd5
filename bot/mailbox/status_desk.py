"""How the tickets stand that a mail asks about, for who may know."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from bot.tickets.access import EMAIL, Asker, Owned, Right, rights_of
from bot.tickets.code import find_codes
from bot.tickets.gate import Gate
from bot.tickets.model import Ticket
from bot.tickets.reference import is_valid_reference
from bot.tickets.telling import (
    ASK_REFERENCE,
    Telling,
    tell_invalid,
    tell_status,
    tell_unknown,
)
from bot.tickets.tries import Offer
from bot.triage.mail import Mail
from bot.triage.status_question import references_in

# Whoever has more is asked which one is meant.
_MAX_OWN = 5


class Requesters(Protocol):
    """Where tickets and their requesters are found; see ``SqlRequesters``."""

    def look_up(self, reference: str) -> Owned | None:
        """Look a ticket up by its reference, with whose it is."""

    def open_of(self, sender: str, limit: int) -> Sequence[Owned]:
        """Give the newest tickets that may be those of the sender and are not closed."""


class StatusDesk:
    """Answers who asks by mail how tickets stand; ``status_of`` asks where the chat asks.

    The answer goes to the mail's sender alone, so that nobody has to verify it here.
    """

    def __init__(
        self,
        requesters: Requesters,
        gate: Gate,
        status_of: Callable[[Ticket], Awaitable[str]],
    ) -> None:
        self._requesters = requesters
        self._gate = gate
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
        ticket = await asyncio.to_thread(self._allowed, mail, reference)
        if ticket is None:
            return tell_unknown(reference)
        return tell_status(ticket, await self._status_of(ticket))

    def _allowed(self, mail: Mail, reference: str) -> Ticket | None:
        owned = self._requesters.look_up(reference)
        offer = Offer(find_codes(f"{mail.subject}\n{mail.text}"))
        rights = self._gate.rights(owned, reference, _asker(mail.sender), offer)
        return owned.ticket if owned and Right.STATE in rights else None

    def _own(self, sender: str, of_thread: str) -> Sequence[Ticket]:
        asker = _asker(sender)
        owned = self._requesters.look_up(of_thread) if of_thread else None
        if owned and Right.STATE in rights_of(owned, asker):
            return [owned.ticket]
        candidates = self._requesters.open_of(sender, _MAX_OWN + 1)
        return [
            candidate.ticket
            for candidate in candidates
            if Right.STATE | Right.REFERENCE in rights_of(candidate, asker)
        ]


def _asker(sender: str) -> Asker:
    return Asker(EMAIL, sender=sender)
