"""The outbox in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.engine import Connection, Engine

from bot.delivery.outbox import DONE, DOUBTFUL, PARKED, PENDING, SENDING, Item
from bot.storage.engine import insert_into, to_column, writing
from bot.storage.tables import OUTBOX

_MAX_ERROR_CHARS = 500


class SqlOutbox:
    """Keeps what waits to be delivered in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, targets: Sequence[str], now: datetime) -> Item | None:
        """Take the next item that is due, counted as tried, so that nobody else takes it."""
        due = (
            select(OUTBOX)
            .where(
                OUTBOX.c.status == PENDING,
                OUTBOX.c.next_try_at <= to_column(now),
                OUTBOX.c.target.in_(targets),
                _is_next(),
            )
            .order_by(OUTBOX.c.next_try_at, OUTBOX.c.id)
            .limit(1)
        )
        with writing(self._engine) as connection:
            row = connection.execute(due.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.id == row.id)
                # From now on this column says since when it is being sent.
                .values(status=SENDING, tries=row.tries + 1, next_try_at=to_column(now))
            )
            return _item(row, tries=row.tries + 1)

    def done(self, item: Item, now: datetime) -> None:
        """Note that it arrived."""
        self._change(item, {"status": DONE, "done_at": to_column(now), "error": ""})

    def later(self, item: Item, at: datetime, error: str) -> None:
        """Put it back until ``at``."""
        values = {"status": PENDING, "next_try_at": to_column(at), "error": _short(error)}
        self._change(item, values)

    def park(self, item: Item, error: str) -> None:
        """Set it aside for people."""
        self._change(item, {"status": PARKED, "error": _short(error)})

    def doubt(self, item: Item, instead: Item | None, now: datetime) -> None:
        """Note that nobody knows whether it arrived; queue what people should look at."""
        with writing(self._engine) as connection:
            connection.execute(update(OUTBOX).where(OUTBOX.c.id == item.id).values(status=DOUBTFUL))
            if instead:
                queue(connection, instead, now)

    def abandoned(self, before: datetime) -> Sequence[Item]:
        """Give the items that were claimed before ``before`` and never heard of again."""
        query = select(OUTBOX).where(
            OUTBOX.c.status == SENDING, OUTBOX.c.next_try_at < to_column(before)
        )
        with self._engine.connect() as connection:
            return [_item(row, tries=row.tries) for row in connection.execute(query)]

    def counts(self) -> Mapping[str, int]:
        """Count the items by status."""
        query = select(OUTBOX.c.status, func.count()).group_by(OUTBOX.c.status)
        with self._engine.connect() as connection:
            return {status: int(number) for status, number in connection.execute(query)}

    def open_items(self) -> list[dict[str, Any]]:
        """List what has not arrived, oldest first, without what it says."""
        columns = ("id", "target", "key", "status", "tries", "next_try_at", "error")
        query = (
            select(*(OUTBOX.c[name] for name in columns))
            .where(OUTBOX.c.status != DONE)
            .order_by(OUTBOX.c.id)
        )
        with self._engine.connect() as connection:
            rows = [dict(row._mapping) for row in connection.execute(query)]
        return [{**row, "next_try_at": f"{row['next_try_at'].isoformat()}Z"} for row in rows]

    def retry(self, number: int, now: datetime) -> bool:
        """Put a parked item back as if it had never been tried."""
        with writing(self._engine) as connection:
            changed = connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.id == number, OUTBOX.c.status == PARKED)
                .values(status=PENDING, tries=0, next_try_at=to_column(now))
            )
            return bool(changed.rowcount)

    def _change(self, item: Item, values: Mapping[str, Any]) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(OUTBOX).where(OUTBOX.c.id == item.id).values(values))


def queue(connection: Connection, item: Item, now: datetime) -> None:
    """Queue an item in a transaction of the caller's; one with the same key is queued once."""
    connection.execute(
        insert_into(connection, OUTBOX)
        .values(
            target=item.target,
            key=item.key,
            after=item.after or None,
            recipient=item.recipient,
            payload=item.payload,
            status=PENDING,
            tries=0,
            next_try_at=to_column(now),
            error="",
            created_at=to_column(now),
        )
        .on_conflict_do_nothing(index_elements=["key"])
    )


def _is_next() -> Any:
    """Say that nothing has to arrive first; an item in doubt holds nothing up."""
    earlier = OUTBOX.alias()
    waiting = exists().where(
        earlier.c.key == OUTBOX.c.after, earlier.c.status.in_((PENDING, SENDING, PARKED))
    )
    return or_(OUTBOX.c.after.is_(None), ~waiting)


def _item(row: Any, *, tries: int) -> Item:
    return Item(
        row.target, row.key, row.recipient, bytes(row.payload), row.id, tries, row.after or ""
    )


def _short(error: str) -> str:
    return error[:_MAX_ERROR_CHARS]
