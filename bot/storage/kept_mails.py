"""The mails behind tickets, as the journal keeps them."""

from collections.abc import Iterator, Sequence
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from bot.delivery.ticket import File, Line, Original
from bot.mailbox.keep import kept_mail
from bot.storage.tables import MAIL_THREADS, MAILS


class SqlKeptMails:
    """Reads the mails that people sent about their requests.

    The mails themselves are read one by one, by who needs them: a thread may hold gigabytes.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_thread(self, name: str) -> Sequence[Line]:
        """Give the texts of a thread, oldest first, each with the way to the mail itself."""
        size = func.coalesce(MAILS.c.kept_bytes, func.length(MAILS.c.raw))
        query = (
            select(MAILS.c.id, MAILS.c.text, size.label("size"))
            .join(MAIL_THREADS, MAILS.c.thread_id == MAIL_THREADS.c.id)
            .where(MAIL_THREADS.c.name == name)
            .order_by(MAILS.c.id)
        )
        with self._engine.connect() as connection:
            return [
                Line("user", row.text or "", row.id, original=self._original(row.id, row.size))
                for row in connection.execute(query)
            ]

    def of_ticket(self, reference: str) -> Iterator[File]:
        """Give the mails that belong to a ticket, oldest first, one after the other."""
        query = (
            select(MAILS.c.id)
            .join(MAIL_THREADS, MAILS.c.thread_id == MAIL_THREADS.c.id)
            .where(MAIL_THREADS.c.ticket_reference == reference, MAILS.c.raw.is_not(None))
            .order_by(MAILS.c.id)
        )
        with self._engine.connect() as connection:
            numbers = list(connection.execute(query).scalars())
        for number in numbers:
            if content := self._read(number):
                yield File(number, content)

    def _original(self, mail_id: int, size: int | None) -> Original | None:
        return Original(size, partial(self._read, mail_id)) if size else None

    def _read(self, mail_id: int) -> bytes:
        query = select(MAILS.c.raw).where(MAILS.c.id == mail_id)
        with self._engine.connect() as connection:
            raw = connection.execute(query).scalar()
        return kept_mail(bytes(raw)) if raw else b""
