"""The mails behind tickets, as the journal keeps them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.delivery.ticket import File, Line
from bot.mailbox.keep import kept_mail
from bot.storage.tables import MAIL_THREADS, MAILS


class SqlKeptMails:
    """Reads the mails that people sent about their requests."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_thread(self, name: str) -> Sequence[Line]:
        """Give the mails of a thread, oldest first, each with itself as a file."""
        return [
            Line("user", row.text or "", row.id, _file(row))
            for row in self._rows(MAIL_THREADS.c.name == name)
        ]

    def of_ticket(self, reference: str) -> Sequence[File]:
        """Give the mails that belong to a ticket, oldest first."""
        rows = self._rows(MAIL_THREADS.c.ticket_reference == reference)
        return [file for row in rows if (file := _file(row))]

    def _rows(self, condition: Any) -> Sequence[Any]:
        query = (
            select(MAILS.c.id, MAILS.c.text, MAILS.c.raw)
            .join(MAIL_THREADS, MAILS.c.thread_id == MAIL_THREADS.c.id)
            .where(condition)
            .order_by(MAILS.c.id)
        )
        with self._engine.connect() as connection:
            return list(connection.execute(query))


def _file(row: Any) -> File | None:
    return File(row.id, kept_mail(bytes(row.raw))) if row.raw else None
