"""Reading a ticket from its rows."""

from collections.abc import Sequence
from datetime import timezone
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.details import FILING_DETAILS
from bot.storage.tables import FILINGS, TICKETS
from bot.tickets.model import CERTIFICATE_VALUES, Draft, Ticket

FILING_COLUMNS = (
    "enterprise_number",
    "closing_date",
    "filing_model",
    "filing_model_code",
    "deposit_type",
    "filing_language",
)


def find_ticket(connection: Connection, condition: Any) -> Ticket | None:
    """Find the ticket that meets a condition on its row."""
    row = connection.execute(select(TICKETS).where(condition)).first()
    return read_ticket(connection, row) if row else None


def read_ticket(connection: Connection, row: Any) -> Ticket:
    """Read a ticket of which the row is known."""
    filings = connection.execute(
        select(FILINGS).where(FILINGS.c.ticket_id == row.id).order_by(FILINGS.c.position)
    ).all()
    return to_ticket(row, filings)


def to_ticket(row: Any, filings: Sequence[Any]) -> Ticket:
    """Build a ticket from its row and those of its filings, in their order."""
    draft = Draft(
        conversation=row.conversation,
        channel=row.channel,
        language=row.language,
        filings=[
            {
                column: getattr(filing, column)
                for column in FILING_COLUMNS
                if column in FILING_DETAILS or getattr(filing, column) is not None
            }
            for filing in filings
        ],
        **{name: getattr(row, name) for name in CERTIFICATE_VALUES},
        network=row.network,
    )
    created_at = row.created_at.replace(tzinfo=timezone.utc)
    return Ticket(row.reference, row.status, created_at, draft)
