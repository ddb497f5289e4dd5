"""The audit log in the database; triggers there refuse every change of what is written."""

from collections.abc import Sequence
from datetime import timezone

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection, Engine

from bot.audit import Entry
from bot.storage.engine import to_column, writing
from bot.storage.tables import AUDIT

_MAX_SUBJECT_CHARS = 120


class SqlAudit:
    """Writes and reads the audit log."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, entry: Entry) -> None:
        """Write one entry."""
        with writing(self._engine) as connection:
            note(connection, entry)

    def page(self, number: int, per_page: int) -> tuple[Sequence[Entry], int]:
        """Give the ``number``-th page, newest entries first, and how many entries there are."""
        query = (
            select(AUDIT)
            .order_by(AUDIT.c.id.desc())
            .limit(per_page)
            .offset((number - 1) * per_page)
        )
        with self._engine.connect() as connection:
            total = int(connection.execute(select(func.count()).select_from(AUDIT)).scalar_one())
            rows = connection.execute(query).all()
        return [
            Entry(
                row.at.replace(tzinfo=timezone.utc), row.user, row.action, row.subject, row.detail
            )
            for row in rows
        ], total


def note(connection: Connection, entry: Entry) -> None:
    """Write one entry in a transaction of the caller's."""
    connection.execute(
        insert(AUDIT).values(
            at=to_column(entry.at),
            user=entry.user,
            action=entry.action,
            subject=entry.subject[:_MAX_SUBJECT_CHARS],
            detail=entry.detail,
        )
    )
