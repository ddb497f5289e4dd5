"""Tickets in the database, each written in one transaction."""

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, Engine

from bot.delivery.ticket import item_for
from bot.details import CERTIFICATE_DETAILS
from bot.figures import TICKET, Count
from bot.storage.counters import count
from bot.storage.engine import insert_into, to_column, writing
from bot.storage.outbox import queue
from bot.storage.tables import FILINGS, TICKET_NUMBERS, TICKETS
from bot.tickets.model import Draft, Ticket
from bot.tickets.reference import make_reference

_FILING_COLUMNS = (
    "enterprise_number",
    "closing_date",
    "filing_model",
    "filing_model_code",
    "deposit_type",
    "filing_language",
)


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
            return _find(connection, TICKETS.c.reference == reference)

    def list(self) -> Sequence[Ticket]:
        """Give all tickets, newest first."""
        newest_first = select(TICKETS).order_by(TICKETS.c.created_at.desc(), TICKETS.c.id.desc())
        with self._engine.connect() as connection:
            return [_ticket(connection, row) for row in connection.execute(newest_first).all()]


def open_ticket(
    connection: Connection, draft: Draft, now: datetime, targets: Sequence[str]
) -> tuple[Ticket, bool]:
    """Store ``draft`` in a transaction of the caller's, unless it became a ticket before.

    Its delivery to each of ``targets`` is queued in the same transaction.

    The year's counter is changed first: that row is the lock behind which two equal
    drafts cannot both be new.
    """
    number = _next_number(connection, now.year)
    known = _find(connection, TICKETS.c.fingerprint == draft.fingerprint())
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
                **{column: filing.get(column) for column in _FILING_COLUMNS},
            }
            for position, filing in enumerate(draft.filings, start=1)
        ],
    )
    ticket = _find(connection, TICKETS.c.id == ticket_id)
    assert ticket is not None  # noqa: S101 (written two statements ago)
    count(connection, Count(now.date(), draft.language, TICKET, draft.channel))
    for target in targets:
        queue(connection, item_for(ticket, target), now)
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


def _find(connection: Connection, condition: Any) -> Ticket | None:
    row = connection.execute(select(TICKETS).where(condition)).first()
    return _ticket(connection, row) if row else None


def _ticket(connection: Connection, row: Any) -> Ticket:
    filings = connection.execute(
        select(FILINGS).where(FILINGS.c.ticket_id == row.id).order_by(FILINGS.c.position)
    ).all()
    return to_ticket(row, filings)


def to_ticket(row: Any, filings: Sequence[Any]) -> Ticket:
    """Read a ticket from its row and those of its filings, in their order."""
    draft = Draft(
        conversation=row.conversation,
        channel=row.channel,
        language=row.language,
        filings=[
            {
                column: getattr(filing, column)
                for column in _FILING_COLUMNS
                if getattr(filing, column) is not None
            }
            for filing in filings
        ],
        **{name: getattr(row, name) for name in CERTIFICATE_DETAILS},
    )
    created_at = row.created_at.replace(tzinfo=timezone.utc)
    return Ticket(row.reference, row.status, created_at, draft)
