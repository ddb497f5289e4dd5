"""Tickets with whose they are: candidates for the rule of `bot/tickets/access.py`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import Connection, Engine

from bot.storage.tables import MAIL_THREADS, TICKETS
from bot.storage.ticket_rows import read_ticket
from bot.tickets.access import EMAIL, Owned
from bot.tickets.model import Draft
from bot.tickets.status import CLOSED

_MAIL = "mail:"


def sender_of(connection: Connection, draft: Draft) -> str:
    """Give the address whose mail made a request; empty for a chat's.

    The channel decides, not the conversation's name: a chat may be called like a thread.
    """
    if draft.channel != EMAIL:
        return ""
    name = draft.conversation.removeprefix(_MAIL)
    query = select(MAIL_THREADS.c.sender).where(MAIL_THREADS.c.name == name)
    return str(connection.execute(query).scalar() or "")


def find_owned(connection: Connection, condition: Any) -> Owned | None:
    """Find the ticket that meets a condition on its row, with whose it is."""
    row = connection.execute(select(TICKETS).where(condition)).first()
    return read_owned(connection, row) if row else None


def read_owned(connection: Connection, row: Any) -> Owned:
    """Read a ticket of which the row is known, with whose it is."""
    ticket = read_ticket(connection, row)
    return Owned(ticket, sender_of(connection, ticket.draft))


class SqlRequesters:
    """Finds tickets for who asks about them by mail."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def look_up(self, reference: str) -> Owned | None:
        """Look a ticket up by its reference, with whose it is."""
        with self._engine.connect() as connection:
            return find_owned(connection, TICKETS.c.reference == reference)

    def open_of(self, sender: str, limit: int) -> Sequence[Owned]:
        """Give the newest tickets that may be those of ``sender`` and are not closed."""
        by_mail = select(_MAIL + MAIL_THREADS.c.name).where(MAIL_THREADS.c.sender == sender)
        may_be_own = or_(
            func.lower(TICKETS.c.certificate_email) == sender,
            and_(TICKETS.c.channel == EMAIL, TICKETS.c.conversation.in_(by_mail)),
        )
        newest_first = (
            select(TICKETS)
            .where(may_be_own, TICKETS.c.status.not_in(CLOSED))
            .order_by(TICKETS.c.created_at.desc(), TICKETS.c.id.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [read_owned(connection, row) for row in connection.execute(newest_first).all()]
