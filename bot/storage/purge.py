"""Removing from the databases what was kept long enough."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    and_,
    delete,
    exists,
    func,
    inspect,
    select,
    update,
)
from sqlalchemy.engine import Connection, Engine

from bot.delivery.outbox import DONE, DOUBTFUL, PARKED
from bot.keeping.retention import (
    CONVERSATIONS,
    DELIVERIES,
    DESK_SESSIONS,
    MAILS,
    NETWORKS,
    OLD_EVENTS,
    PAYLOADS,
    REVIEWS,
    THREADS,
    TICKETS,
    TURNS,
    WRONG_TRIES,
)
from bot.keeping.retention import FEEDBACK as FEEDBACK_KIND
from bot.storage import tables
from bot.storage.engine import to_column, writing

EVENTS = Table(
    "events",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("sender_id", String(255)),
    Column("timestamp", Float),
    Column("data", Text),
)
"""Rasa's table; Rasa creates it."""

_OUTBOX, _MAILS, _TICKETS = tables.OUTBOX.c, tables.MAILS.c, tables.TICKETS.c
_THREADS = tables.MAIL_THREADS.c


class SqlStock:
    """What is kept, in Cybo's own database and in that of Rasa's trackers."""

    def __init__(self, engine: Engine, trackers: Engine) -> None:
        self._engine = engine
        self._trackers = trackers

    def count(self, kind: str, before: datetime) -> int:
        """Count what is due."""
        if kind == CONVERSATIONS:
            return len(self._old_conversations(before, None))
        if kind == OLD_EVENTS:
            return len(self._old_events(before, None))
        key, condition = _due(kind, before)
        with self._engine.connect() as connection:
            return int(
                connection.execute(
                    select(func.count()).select_from(key.table).where(condition)
                ).scalar_one()
            )

    def remove(self, kind: str, before: datetime, most: int) -> int:
        """Remove at most so many that are due, in one transaction; gives how many went."""
        if kind == CONVERSATIONS:
            return self._remove_conversations(before, most)
        if kind == OLD_EVENTS:
            return self._remove_events(self._old_events(before, most))
        key, condition = _due(kind, before)
        with writing(self._engine) as connection:
            due = select(key).where(condition).order_by(key).limit(most)
            keys = list(connection.execute(due).scalars())
            if keys:
                _REMOVERS.get(kind, _delete)(connection, key, keys)
        return len(keys)

    def _old_conversations(self, before: datetime, most: int | None) -> list[str]:
        if not inspect(self._trackers).has_table(EVENTS.name):
            return []
        silent = (
            select(EVENTS.c.sender_id)
            .group_by(EVENTS.c.sender_id)
            .having(func.max(EVENTS.c.timestamp) < before.timestamp())
            .limit(most)
        )
        with self._trackers.connect() as connection:
            return list(connection.execute(silent).scalars())

    def _old_events(self, before: datetime, most: int | None) -> list[int]:
        """Give the events of conversations that go on which are old by themselves."""
        if not inspect(self._trackers).has_table(EVENTS.name):
            return []
        later = EVENTS.alias()
        goes_on = exists().where(
            later.c.sender_id == EVENTS.c.sender_id, later.c.timestamp >= before.timestamp()
        )
        old = (
            select(EVENTS.c.id)
            .where(EVENTS.c.timestamp < before.timestamp(), goes_on)
            .order_by(EVENTS.c.id)
            .limit(most)
        )
        with self._trackers.connect() as connection:
            return list(connection.execute(old).scalars())

    def _remove_events(self, ids: Sequence[int]) -> int:
        if ids:
            with writing(self._trackers) as connection:
                connection.execute(delete(EVENTS).where(EVENTS.c.id.in_(ids)))
        return len(ids)

    def _remove_conversations(self, before: datetime, most: int) -> int:
        senders = self._old_conversations(before, most)
        if senders:
            # Somebody may have come back since they were read.
            spoke = select(EVENTS.c.sender_id).where(
                EVENTS.c.sender_id.in_(senders), EVENTS.c.timestamp >= before.timestamp()
            )
            with writing(self._trackers) as connection:
                connection.execute(
                    delete(EVENTS).where(
                        EVENTS.c.sender_id.in_(senders), EVENTS.c.sender_id.not_in(spoke)
                    )
                )
        return len(senders)


def _due(kind: str, before: datetime) -> tuple[Any, Any]:
    """Give the primary key of a kind's table, and which of its rows are due."""
    limit = to_column(before)
    simple = {
        TURNS: (tables.TURNS.c.id, tables.TURNS.c.at),
        REVIEWS: (tables.REVIEWS.c.id, tables.REVIEWS.c.at),
        FEEDBACK_KIND: (tables.FEEDBACK.c.id, tables.FEEDBACK.c.created_at),
        TICKETS: (_TICKETS.id, _TICKETS.closed_at),
        DESK_SESSIONS: (tables.DESK_SESSIONS.c.token_hash, tables.DESK_SESSIONS.c.seen_at),
        WRONG_TRIES: (tables.WRONG_TRIES.c.id, tables.WRONG_TRIES.c.hour),
    }
    if kind in simple:
        key, moment = simple[kind]
        return key, moment < limit
    if kind == NETWORKS:
        return _TICKETS.id, and_(_TICKETS.network != "", _TICKETS.created_at < limit)
    if kind == MAILS:
        return _MAILS.id, _mail_is_due(limit)
    if kind == THREADS:
        stays = exists().where(_MAILS.thread_id == _THREADS.id, ~_mail_is_due(limit))
        return _THREADS.id, and_(_THREADS.created_at < limit, ~stays)
    is_delivered = and_(_OUTBOX.status == DONE, _OUTBOX.done_at < limit)
    if kind == PAYLOADS:
        return _OUTBOX.id, and_(is_delivered, func.length(_OUTBOX.payload) > 0)
    of_ticket = exists().where(_OUTBOX.reference == _TICKETS.reference)
    is_over = and_(_OUTBOX.status.in_((DONE, PARKED, DOUBTFUL)), _OUTBOX.created_at < limit)
    assert kind == DELIVERIES, kind  # noqa: S101 (one of a handful of constants)
    return _OUTBOX.id, and_(is_over, ~of_ticket)


def _mail_is_due(limit: datetime) -> Any:
    of_open_ticket = (
        exists()
        .where(
            _THREADS.id == _MAILS.thread_id,
            _TICKETS.reference == _THREADS.ticket_reference,
            _TICKETS.closed_at.is_(None),
        )
        .correlate(tables.MAILS)
    )
    return and_(_MAILS.received_at < limit, _MAILS.outcome.is_not(None), ~of_open_ticket)


def _delete(connection: Connection, key: Any, keys: Sequence[Any]) -> None:
    connection.execute(delete(key.table).where(key.in_(keys)))


def _delete_mails(connection: Connection, key: Any, keys: Sequence[Any]) -> None:
    connection.execute(delete(tables.OUTBOX).where(_OUTBOX.mail_id.in_(keys)))
    _delete(connection, key, keys)


def _delete_tickets(connection: Connection, key: Any, keys: Sequence[Any]) -> None:
    references = connection.execute(select(_TICKETS.reference).where(key.in_(keys))).scalars()
    connection.execute(delete(tables.OUTBOX).where(of_tickets(list(references))))
    # Filings and notes go with it: ON DELETE CASCADE.
    _delete(connection, key, keys)


def _empty(connection: Connection, key: Any, keys: Sequence[Any]) -> None:
    empty = {"payload": b"", "recipient": "", "error": ""}
    connection.execute(update(key.table).where(key.in_(keys)).values(empty))


def _forget_networks(connection: Connection, key: Any, keys: Sequence[Any]) -> None:
    connection.execute(update(key.table).where(key.in_(keys)).values(network=""))


def of_tickets(references: Sequence[str]) -> Any:
    """Select the deliveries of tickets, to whatever target and however often."""
    return _OUTBOX.reference.in_(references)


_REMOVERS: Mapping[str, Callable[[Connection, Any, Sequence[Any]], None]] = {
    MAILS: _delete_mails,
    TICKETS: _delete_tickets,
    PAYLOADS: _empty,
    NETWORKS: _forget_networks,
}
