"""Tickets in the database, each written in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, Engine

from bot.delivery.ticket import item_for
from bot.details import CERTIFICATE_DETAILS
from bot.figures import TICKET, Count
from bot.storage.additions import add_to_ticket, find_similar
from bot.storage.counters import count
from bot.storage.engine import insert_into, to_column, writing
from bot.storage.outbox import queue
from bot.storage.tables import FILINGS, TICKET_NUMBERS, TICKETS
from bot.storage.threads import mail_sender
from bot.storage.ticket_rows import FILING_COLUMNS, find_ticket, read_ticket
from bot.tickets.model import Addition, Draft, Ticket
from bot.tickets.reference import make_reference
from bot.tickets.status import CLOSED


class SqlTicketStore:
    """Keeps tickets in SQLite or PostgreSQL. ``targets``: where new ones are delivered."""

    def __init__(self, engine: Engine, targets: Sequence[str] = ()) -> None:
        self._engine = engine
        self._targets = targets

    def open(self, draft: Draft, *, now: datetime) -> tuple[Ticket, bool]:
        """Store ``draft`` under a new reference, unless it became a ticket before."""
        with writing(self._engine) as connection:
            return open_ticket(connection, draft, now, self._targets)

    def find(self, reference: str) -> Ticket | None:
        """Look a ticket up by its reference."""
        with self._engine.connect() as connection:
            return find_ticket(connection, TICKETS.c.reference == reference)

    def find_similar(self, draft: Draft, *, now: datetime) -> Ticket | None:
        """Find the newest open ticket of the same requester about the same accounts."""
        with self._engine.connect() as connection:
            return find_similar(connection, draft, now)

    def add(self, reference: str, addition: Addition, *, now: datetime) -> Ticket | None:
        """Add to a ticket; its delivery is queued in the same transaction."""
        with writing(self._engine) as connection:
            return add_to_ticket(connection, reference, addition, now, self._targets)

    def open_references(self) -> Sequence[str]:
        """Name the tickets that are not closed, oldest first."""
        query = (
            select(TICKETS.c.reference)
            .where(TICKETS.c.status.not_in(CLOSED))
            .order_by(TICKETS.c.id)
        )
        with self._engine.connect() as connection:
            return [row.reference for row in connection.execute(query)]

    def take_over(self, reference: str, status: str, *, now: datetime) -> bool:
        """Note how a ticket stands in the desk's tool; False when it stood so already."""
        closed_at = to_column(now) if status in CLOSED else None
        with writing(self._engine) as connection:
            changed = connection.execute(
                update(TICKETS)
                .where(TICKETS.c.reference == reference, TICKETS.c.status != status)
                .values(status=status, closed_at=closed_at)
            )
            return bool(changed.rowcount)

    def list(self) -> Sequence[Ticket]:
        """Give all tickets, newest first."""
        newest_first = select(TICKETS).order_by(TICKETS.c.created_at.desc(), TICKETS.c.id.desc())
        with self._engine.connect() as connection:
            return [read_ticket(connection, row) for row in connection.execute(newest_first).all()]


def open_ticket(
    connection: Connection, draft: Draft, now: datetime, targets: Sequence[str]
) -> tuple[Ticket, bool]:
    """Store ``draft`` in a transaction of the caller's, unless it became a ticket before.

    Its delivery to each of ``targets`` is queued in the same transaction.

    The year's counter is changed first: that row is the lock behind which two equal
    drafts cannot both be new.
    """
    number = _next_number(connection, now.year)
    known = find_ticket(connection, TICKETS.c.fingerprint == draft.fingerprint())
    if known:
        _give_back(connection, now.year)
        return known, False
    row = {
        "reference": make_reference(now.year, number),
        "fingerprint": draft.fingerprint(),
        "status": "new",
        "created_at": to_column(now),
        "conversation": draft.conversation,
        "channel": draft.channel,
        "language": draft.language,
        **{name: getattr(draft, name) for name in CERTIFICATE_DETAILS},
    }
    ticket_id = connection.execute(insert(TICKETS).values(row)).inserted_primary_key[0]
    connection.execute(
        insert(FILINGS),
        [
            {
                "ticket_id": ticket_id,
                "position": position,
                **{column: filing.get(column) for column in FILING_COLUMNS},
            }
            for position, filing in enumerate(draft.filings, start=1)
        ],
    )
    ticket = find_ticket(connection, TICKETS.c.id == ticket_id)
    assert ticket is not None  # noqa: S101 (written two statements ago)
    count(connection, Count(now.date(), draft.language, TICKET, draft.channel))
    requester = mail_sender(connection, draft.conversation)
    for target in targets:
        queue(connection, item_for(ticket, target, requester), now)
    return ticket, True


def _give_back(connection: Connection, year: int) -> None:
    """Take the number back that a known draft did not need; the lock stays ours."""
    connection.execute(
        update(TICKET_NUMBERS)
        .where(TICKET_NUMBERS.c.year == year)
        .values(last_number=TICKET_NUMBERS.c.last_number - 1)
    )


def _next_number(connection: Connection, year: int) -> int:
    connection.execute(
        insert_into(connection, TICKET_NUMBERS)
        .values(year=year, last_number=1)
        .on_conflict_do_update(
            index_elements=["year"], set_={"last_number": TICKET_NUMBERS.c.last_number + 1}
        )
    )
    of_year = select(TICKET_NUMBERS.c.last_number).where(TICKET_NUMBERS.c.year == year)
    return int(connection.execute(of_year).scalar_one())
