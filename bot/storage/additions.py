"""What requesters add to tickets, and the tickets that they may add to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from bot.delivery.ticket import addition_item
from bot.storage.engine import to_column
from bot.storage.outbox import queue
from bot.storage.tables import FILINGS, TICKET_NOTES, TICKETS
from bot.storage.ticket_rows import find_ticket
from bot.tickets.model import (
    ADDITION,
    CLOSED,
    REQUESTER,
    SIMILAR_WITHIN,
    Addition,
    Draft,
    Ticket,
)


def find_similar(connection: Connection, draft: Draft, now: datetime) -> Ticket | None:
    """Find the newest open ticket of the same requester about the same accounts."""
    if find_ticket(connection, TICKETS.c.fingerprint == draft.fingerprint()):
        return None
    accounts = draft.accounts()
    candidates = (
        select(TICKETS.c.id, FILINGS.c.enterprise_number, FILINGS.c.closing_date)
        .join(FILINGS, FILINGS.c.ticket_id == TICKETS.c.id)
        .where(
            TICKETS.c.created_at >= to_column(now - SIMILAR_WITHIN),
            TICKETS.c.status.not_in(CLOSED),
            func.lower(TICKETS.c.certificate_email) == draft.certificate_email.lower(),
        )
        .order_by(TICKETS.c.created_at.desc(), TICKETS.c.id.desc())
    )
    for row in connection.execute(candidates):
        if (row.enterprise_number, row.closing_date) in accounts:
            return find_ticket(connection, TICKETS.c.id == row.id)
    return None


def add_to_ticket(
    connection: Connection,
    reference: str,
    addition: Addition,
    now: datetime,
    targets: Sequence[str],
) -> Ticket | None:
    """Keep an addition in a transaction of the caller's; queue it for each of ``targets``.

    Gives the ticket, None when it is unknown.
    """
    number = connection.execute(
        select(TICKETS.c.id).where(TICKETS.c.reference == reference).with_for_update()
    ).scalar()
    ticket = find_ticket(connection, TICKETS.c.id == number) if number else None
    if ticket is None or (addition.mail_id is None and _is_noted(connection, number, addition)):
        return ticket
    note = {
        "ticket_id": number,
        "at": to_column(now),
        "author": REQUESTER,
        "kind": ADDITION,
        "text": addition.text,
        "mail_id": addition.mail_id,
        "conversation": addition.conversation,
    }
    note_id = connection.execute(insert(TICKET_NOTES).values(note)).inserted_primary_key[0]
    for target in targets:
        queue(connection, addition_item(ticket, addition, note_id, target), now)
    return ticket


def _is_noted(connection: Connection, ticket_id: int, addition: Addition) -> bool:
    """Say whether the same words were added before: a second click adds nothing."""
    same = select(TICKET_NOTES.c.id).where(
        TICKET_NOTES.c.ticket_id == ticket_id,
        TICKET_NOTES.c.kind == ADDITION,
        TICKET_NOTES.c.text == addition.text,
    )
    return connection.execute(same).first() is not None
