"""The tickets as the desk's pages look for them, read them and move them on."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.sql import Select

from bot.audit import Entry
from bot.delivery import outbox
from bot.delivery.outbox import Item
from bot.storage.additions import look_alikes
from bot.storage.audit import note as note_audit
from bot.storage.engine import to_column, writing
from bot.storage.outbox import queue
from bot.storage.requesters import sender_of
from bot.storage.steps import add_note, take_step
from bot.storage.tables import FILINGS, OUTBOX, TICKET_NOTES, TICKETS, TURNS
from bot.storage.ticket_rows import to_ticket
from bot.tickets.model import Ticket
from bot.tickets.search import (
    BY_STATUS,
    DELIVERED,
    DOUBTFUL,
    OLDEST,
    PARKED,
    UNSENT,
    WAITING,
    Delivery,
    Listed,
    Note,
    TicketFile,
    TicketQuery,
)
from bot.tickets.status import STATUSES, StatusChange

LETTER = "letter:"
"""Begins the outbox key of a letter to a requester."""

# Fewer than what a database takes as parameters of one statement.
_CHUNK = 500
# What is worst is what a list shows.
_STATES: Mapping[str, tuple[str, ...]] = {
    PARKED: (outbox.PARKED,),
    DOUBTFUL: (outbox.DOUBTFUL,),
    WAITING: (outbox.PENDING, outbox.SENDING),
    DELIVERED: (outbox.DONE,),
}


class DeskTickets:
    """Reads and changes tickets for the desk."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, query: TicketQuery, number: int, per_page: int) -> tuple[Sequence[Listed], int]:
        """Give the ``number``-th page of what fits, and how many tickets fit."""
        found = _matching(query)
        count = select(func.count()).select_from(found.subquery())
        wanted = _ordered(found, query.order).limit(per_page).offset((number - 1) * per_page)
        with self._engine.connect() as connection:
            total = int(connection.execute(count).scalar_one())
            tickets = _tickets(connection, connection.execute(wanted).all())
            states = _states(connection, [ticket.reference for ticket in tickets])
        return [Listed(ticket, states[ticket.reference]) for ticket in tickets], total

    def all(self, query: TicketQuery) -> Sequence[Ticket]:
        """Give every ticket that fits."""
        with self._engine.connect() as connection:
            rows = connection.execute(_ordered(_matching(query), query.order)).all()
            return _tickets(connection, rows)

    def file(self, reference: str) -> TicketFile | None:
        """Give everything about one ticket."""
        with self._engine.connect() as connection:
            row = connection.execute(_by_reference(reference)).first()
            if row is None:
                return None
            (ticket,) = _tickets(connection, [row])
            return TicketFile(
                ticket,
                _requester(connection, ticket),
                _utc(row.closed_at),
                tuple(_deliveries(connection, reference)),
                tuple(_notes(connection, row.id)),
                _turn(connection, ticket.draft.conversation),
                tuple(look_alikes(connection, ticket)),
            )

    def add_note(self, reference: str, author: str, text: str, entry: Entry) -> bool:
        """Add a member's note; False when there is no such ticket."""
        with writing(self._engine) as connection:
            row = connection.execute(_by_reference(reference)).first()
            if row is None:
                return False
            add_note(connection, row.id, Note(entry.at, author, "note", text))
            note_audit(connection, entry)
            return True

    def change_status(
        self,
        reference: str,
        change: StatusChange,
        entry: Entry,
        letter: Callable[[int], Item] | None,
    ) -> None:
        """Take a step, and queue the letter that tells of it.

        ``letter``: makes it from the number of the note. Raises: StepRefused, when the
        ticket stands elsewhere or the step is none.
        """
        with writing(self._engine) as connection:
            number = take_step(connection, reference, change, entry)
            if letter:
                queue(connection, letter(number), entry.at)

    def delivers(self, reference: str, item: int) -> bool:
        """Say whether an item of the outbox belongs to a ticket."""
        query = select(OUTBOX.c.id).where(OUTBOX.c.id == item, OUTBOX.c.reference == reference)
        with self._engine.connect() as connection:
            return connection.execute(query).first() is not None


def _by_reference(reference: str) -> Select:
    return select(TICKETS).where(TICKETS.c.reference == reference)


def _matching(query: TicketQuery) -> Select:
    conditions = [
        column == value
        for column, value in (
            (TICKETS.c.status, query.status),
            (TICKETS.c.channel, query.channel),
            (TICKETS.c.language, query.language),
        )
        if value
    ]
    if query.since:
        conditions.append(TICKETS.c.created_at >= to_column(query.since))
    if query.until:
        conditions.append(TICKETS.c.created_at < to_column(query.until))
    if query.delivery:
        conditions.append(_is_delivered(query.delivery))
    if query.text:
        conditions.append(_holds(query))
    return select(TICKETS).where(and_(True, *conditions))


def _holds(query: TicketQuery) -> Any:
    """Search what people know of a ticket."""
    if query.reference:
        return TICKETS.c.reference.startswith(query.reference, autoescape=True)
    if query.number:
        with_number = select(FILINGS.c.ticket_id).where(
            FILINGS.c.enterprise_number.contains(query.number, autoescape=True)
        )
        return or_(
            TICKETS.c.id.in_(with_number),
            TICKETS.c.reference.contains(query.number, autoescape=True),
        )
    searched = (TICKETS.c.certificate_owner, TICKETS.c.certificate_email)
    wanted = query.text.lower()
    return or_(*(func.lower(column).contains(wanted, autoescape=True) for column in searched))


def _is_delivered(state: str) -> Any:
    def with_items(*statuses: str) -> Any:
        # Not one NULL: nothing would be NOT IN a list that holds one.
        items = select(OUTBOX.c.reference).where(OUTBOX.c.reference.is_not(None))
        return TICKETS.c.reference.in_(
            items.where(OUTBOX.c.status.in_(statuses)) if statuses else items
        )

    if state == UNSENT:
        return ~with_items()
    worse = [status for name, group in _STATES.items() if name != state for status in group]
    if state == DELIVERED:
        return and_(with_items(*_STATES[state]), ~with_items(*worse))
    return with_items(*_STATES[state])


def _ordered(query: Select, order: str) -> Select:
    if order == OLDEST:
        return query.order_by(TICKETS.c.created_at, TICKETS.c.id)
    newest = (TICKETS.c.created_at.desc(), TICKETS.c.id.desc())
    if order == BY_STATUS:
        rank = case({status: i for i, status in enumerate(STATUSES)}, value=TICKETS.c.status)
        return query.order_by(rank, *newest)
    return query.order_by(*newest)


def _tickets(connection: Connection, rows: Sequence[Any]) -> list[Ticket]:
    filings: dict[int, list[Any]] = defaultdict(list)
    for start in range(0, len(rows), _CHUNK):
        ids = [row.id for row in rows[start : start + _CHUNK]]
        of_tickets = select(FILINGS).where(FILINGS.c.ticket_id.in_(ids))
        for filing in connection.execute(of_tickets.order_by(FILINGS.c.position)):
            filings[filing.ticket_id].append(filing)
    return [to_ticket(row, filings[row.id]) for row in rows]


def _states(connection: Connection, references: Iterable[str]) -> dict[str, str]:
    states = dict.fromkeys(references, UNSENT)
    items = select(OUTBOX.c.reference, OUTBOX.c.status).where(OUTBOX.c.reference.in_(list(states)))
    found: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(items):
        found[row.reference].add(row.status)
    for reference, statuses in found.items():
        worst = (name for name, group in _STATES.items() if statuses & set(group))
        states[reference] = next(worst, UNSENT)
    return states


def _deliveries(connection: Connection, reference: str) -> Iterable[Delivery]:
    items = select(OUTBOX).where(OUTBOX.c.reference == reference).order_by(OUTBOX.c.id)
    for row in connection.execute(items):
        is_waiting = row.status == outbox.PENDING
        yield Delivery(
            row.id,
            row.target,
            row.status,
            row.tries,
            row.error,
            _utc(row.next_try_at) if is_waiting else None,
            LETTER in row.key,
        )


def _notes(connection: Connection, ticket_id: int) -> Iterable[Note]:
    notes = select(TICKET_NOTES).where(TICKET_NOTES.c.ticket_id == ticket_id)
    for row in connection.execute(notes.order_by(TICKET_NOTES.c.id)):
        yield Note(row.at.replace(tzinfo=timezone.utc), row.author, row.kind, row.text)


def _requester(connection: Connection, ticket: Ticket) -> str:
    """Give the address that the request came from, else the one that it names; empty for none."""
    return sender_of(connection, ticket.draft) or ticket.draft.certificate_email or ""


def _turn(connection: Connection, conversation: str) -> int | None:
    latest = select(func.max(TURNS.c.id)).where(TURNS.c.conversation == conversation)
    found = connection.execute(latest).scalar()
    return None if found is None else int(found)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=timezone.utc) if moment else None
