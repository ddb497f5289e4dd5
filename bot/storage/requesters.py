"""Whose tickets they are, by the address that writes about them."""

from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import Connection, Engine

from bot.storage.tables import MAIL_THREADS, TICKETS
from bot.storage.ticket_rows import find_ticket, read_ticket
from bot.tickets.model import Ticket
from bot.tickets.status import CLOSED

_MAIL = "mail:"


def is_requester(connection: Connection, ticket: Ticket, sender: str) -> bool:
    """Say whether mail from ``sender`` (lower case) comes from who made the request."""
    draft = ticket.draft
    if sender == draft.certificate_email.lower():
        return True
    thread = select(MAIL_THREADS.c.id).where(
        MAIL_THREADS.c.name == draft.conversation.removeprefix(_MAIL),
        MAIL_THREADS.c.sender == sender,
    )
    return draft.channel == "email" and connection.execute(thread).first() is not None


class SqlRequesters:
    """Finds tickets for who asks about them by mail."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, reference: str) -> Ticket | None:
        """Look a ticket up by its reference."""
        with self._engine.connect() as connection:
            return find_ticket(connection, TICKETS.c.reference == reference)

    def is_requester(self, ticket: Ticket, sender: str) -> bool:
        """Say whether mail from ``sender`` (lower case) comes from who made the request."""
        with self._engine.connect() as connection:
            return is_requester(connection, ticket, sender)

    def open_of(self, sender: str, limit: int) -> Sequence[Ticket]:
        """Give the newest tickets of ``sender`` (lower case) that are not closed."""
        by_mail = select(_MAIL + MAIL_THREADS.c.name).where(MAIL_THREADS.c.sender == sender)
        is_own = or_(
            func.lower(TICKETS.c.certificate_email) == sender,
            and_(TICKETS.c.channel == "email", TICKETS.c.conversation.in_(by_mail)),
        )
        newest_first = (
            select(TICKETS)
            .where(is_own, TICKETS.c.status.not_in(CLOSED))
            .order_by(TICKETS.c.created_at.desc(), TICKETS.c.id.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [read_ticket(connection, row) for row in connection.execute(newest_first).all()]
