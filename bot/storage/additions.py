"""What requesters add to tickets, and the tickets that they may add to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, insert, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Select

from bot.delivery.ticket import addition_item
from bot.storage.engine import to_column
from bot.storage.outbox import queue
from bot.storage.requesters import read_owned
from bot.storage.tables import FILINGS, TICKET_NOTES, TICKETS
from bot.storage.ticket_rows import find_ticket
from bot.tickets.access import Owned
from bot.tickets.model import (
    ADDITION,
    CLOSED,
    REQUESTER,
    SIMILAR_WITHIN,
    Addition,
    Draft,
    Ticket,
)

# More about the same accounts within seven days is no oversight any more.
_MOST_SIMILAR = 20


def similar_tickets(connection: Connection, draft: Draft, now: datetime) -> list[Owned]:
    """Give the open tickets of the same address about the same accounts, newest first.

    None when the draft is an open ticket itself. Who may know of them, `access.py` says.
    """
    same = and_(TICKETS.c.fingerprint == draft.fingerprint(), TICKETS.c.status.not_in(CLOSED))
    if find_ticket(connection, same):
        return []
    query = _about_the_same(draft).where(
        TICKETS.c.created_at >= to_column(now - SIMILAR_WITHIN), TICKETS.c.status.not_in(CLOSED)
    )
    return [read_owned(connection, row) for row in connection.execute(query).all()]


def look_alikes(connection: Connection, ticket: Ticket) -> list[str]:
    """Name the tickets, open or not, that people may want to merge with one, newest first."""
    around = TICKETS.c.created_at.between(
        to_column(ticket.created_at - SIMILAR_WITHIN), to_column(ticket.created_at + SIMILAR_WITHIN)
    )
    query = _about_the_same(ticket.draft).where(around, TICKETS.c.reference != ticket.reference)
    return [row.reference for row in connection.execute(query).all()]


def _about_the_same(draft: Draft) -> Select:
    accounts = [
        and_(FILINGS.c.enterprise_number == number, FILINGS.c.closing_date == day)
        for number, day in sorted(draft.accounts())
    ]
    with_one = select(FILINGS.c.ticket_id).where(or_(False, *accounts))
    return (
        select(TICKETS)
        .where(
            func.lower(TICKETS.c.certificate_email) == draft.address,
            TICKETS.c.id.in_(with_one),
        )
        .order_by(TICKETS.c.created_at.desc(), TICKETS.c.id.desc())
        .limit(_MOST_SIMILAR)
    )


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
