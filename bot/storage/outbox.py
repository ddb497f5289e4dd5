"""The outbox in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, bindparam, exists, func, or_, select, update
from sqlalchemy.engine import Connection, Engine

from bot.delivery.outbox import DONE, DOUBTFUL, PARKED, PENDING, SENDING, Item
from bot.storage.engine import insert_into, to_column, writing
from bot.storage.tables import INSTALLATION, OUTBOX

_MAX_ERROR_CHARS = 500
_IN_DOUBT = "nobody knows whether it arrived"


def _next_due() -> Select[Any]:
    """Ask for the next item of ``targets`` that is due ``now`` and waits for no other.

    What belongs to one ticket arrives in the order in which it was queued. An item in doubt
    holds nothing up, a parked one only what was made to follow it.
    """
    first, earlier = OUTBOX.alias(), OUTBOX.alias()
    has_to_wait = exists().where(
        first.c.key == OUTBOX.c.after, first.c.status.in_((PENDING, SENDING, PARKED))
    )
    is_behind = exists().where(
        earlier.c.reference == OUTBOX.c.reference,
        earlier.c.target == OUTBOX.c.target,
        earlier.c.id < OUTBOX.c.id,
        earlier.c.status.in_((PENDING, SENDING)),
    )
    return (
        select(OUTBOX)
        .where(
            OUTBOX.c.status == PENDING,
            OUTBOX.c.next_try_at <= bindparam("now"),
            OUTBOX.c.target.in_(bindparam("targets", expanding=True)),
            or_(OUTBOX.c.after.is_(None), ~has_to_wait),
            ~is_behind,
        )
        .order_by(OUTBOX.c.next_try_at, OUTBOX.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


# Made once: making it takes longer than asking it.
_DUE = _next_due()


class SqlOutbox:
    """Keeps what waits to be delivered in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, targets: Sequence[str], now: datetime) -> Item | None:
        """Take the next item that is due, counted as tried, so that nobody else takes it."""
        with writing(self._engine) as connection:
            row = connection.execute(_DUE, {"now": to_column(now), "targets": targets}).first()
            if row is None:
                return None
            # A later try must not be taken for this one.
            lease = uuid4().hex
            leased = {"lease": lease, "leased_at": _time_of(connection)}
            connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.id == row.id)
                .values(status=SENDING, tries=row.tries + 1, **leased)
            )
            return replace(_item(row), tries=row.tries + 1, lease=lease)

    def done(self, item: Item, now: datetime) -> bool:
        """Note that it arrived."""
        return self._change(item, {"status": DONE, "done_at": to_column(now), "error": ""})

    def later(self, item: Item, at: datetime, error: str) -> bool:
        """Put it back until ``at``."""
        values = {"status": PENDING, "next_try_at": to_column(at), "error": _short(error)}
        return self._change(item, values)

    def park(self, item: Item, error: str) -> bool:
        """Set it aside for people."""
        return self._change(item, {"status": PARKED, "error": _short(error)})

    def doubt(self, item: Item, instead: Item | None, now: datetime) -> str:
        """Note that nobody knows whether it arrived; queue what people should look at.

        Where there is nothing (more) to queue, the item itself is set aside for people.
        Gives its status; empty when it is not held any more.
        """
        with writing(self._engine) as connection:
            if not _held(connection, item, {"status": DOUBTFUL, "error": _IN_DOUBT}):
                return ""
            if instead and queue(connection, instead, now):
                return DOUBTFUL
            parked = update(OUTBOX).where(OUTBOX.c.id == item.id).values(status=PARKED)
            connection.execute(parked)
            return PARKED

    def abandoned(self, target: str, after: timedelta) -> Sequence[Item]:
        """Give the items that were claimed longer than ``after`` ago and never heard of again."""
        with self._engine.connect() as connection:
            query = select(OUTBOX).where(
                OUTBOX.c.status == SENDING,
                OUTBOX.c.target == target,
                # Before there were leases the moment of the claim stood in the other column.
                func.coalesce(OUTBOX.c.leased_at, OUTBOX.c.next_try_at)
                < _time_of(connection) - after,
            )
            return [_item(row) for row in connection.execute(query)]

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
                .values(status=PENDING, tries=0, error="", next_try_at=to_column(now))
            )
            return bool(changed.rowcount)

    def _change(self, item: Item, values: Mapping[str, Any]) -> bool:
        with writing(self._engine) as connection:
            return _held(connection, item, values)


def _held(connection: Connection, item: Item, values: Mapping[str, Any]) -> bool:
    """Change an item, unless somebody else holds it by now."""
    lease = OUTBOX.c.lease == item.lease if item.lease else OUTBOX.c.lease.is_(None)
    changed = connection.execute(
        update(OUTBOX)
        .where(
            OUTBOX.c.id == item.id,
            OUTBOX.c.status == SENDING,
            OUTBOX.c.tries == item.tries,
            lease,
        )
        .values({**values, "lease": None, "leased_at": None})
    )
    return bool(changed.rowcount)


def queue(connection: Connection, item: Item, now: datetime) -> bool:
    """Queue an item in a transaction of the caller's; one with the same key is queued once.

    Returns: False when one with that key was there.
    """
    epoch = select(INSTALLATION.c.epoch).limit(1).scalar_subquery()
    made = connection.execute(
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
            reference=item.reference or None,
            mail_id=item.mail_id,
            note_id=item.note_id,
            epoch=item.epoch or func.coalesce(epoch, ""),
        )
        .on_conflict_do_nothing(index_elements=["key"])
    )
    return bool(made.rowcount)


def _time_of(connection: Connection) -> datetime:
    """Give the time by the one clock that all processes share, as the tables keep it."""
    if connection.dialect.name == "sqlite":
        text = connection.exec_driver_sql("SELECT CURRENT_TIMESTAMP").scalar_one()
        return datetime.fromisoformat(text)
    moment = connection.exec_driver_sql("SELECT CURRENT_TIMESTAMP").scalar_one()
    return to_column(moment)


def _item(row: Any) -> Item:
    return Item(
        row.target,
        row.key,
        row.recipient,
        bytes(row.payload),
        row.id,
        row.tries,
        row.after or "",
        row.reference or "",
        row.mail_id,
        row.note_id,
        row.epoch,
        row.lease or "",
    )


def _short(error: str) -> str:
    return error[:_MAX_ERROR_CHARS]
