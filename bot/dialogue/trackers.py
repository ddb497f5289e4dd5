"""Keeping conversations, without the secrets that visitors paste into them."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, create_engine_kwargs
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from sqlalchemy import create_engine, func, insert, or_, select
from sqlalchemy import event as engine_events
from sqlalchemy.engine import Connection
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import QueuePool

from bot.dialogue.recent import NOTHING, Known, Recent, Rows
from bot.privacy import mask_secrets
from bot.settings import read_settings
from bot.storage.engine import (
    BUSY_TIMEOUT_S,
    POOL_TIMEOUT_S,
    keep_values_out_of_errors,
    make_private_file,
    postgresql_arguments,
)

# Visitors whose database work runs side by side; the others wait, the event loop does not.
_THREADS = 8
# Cybo answers several questions of one message one by one, never this many.
_MOST_OF_A_TURN = 50
_SPOKEN = (UserUttered.type_name, BotUttered.type_name)
# What of a tracker is in the database, noted on it when it is read and written.
_STORED = "_cybo_stored"

_T = TypeVar("_T")


class _Stored(NamedTuple):
    """How many of a tracker's events are stored, and what its sender had altogether then.

    ``chars``: how long those events are, as they are written.
    """

    events: int
    rows: Rows
    chars: int


class SessionSize(NamedTuple):
    """How many messages a visitor sent in the latest session, and when the last one came."""

    turns: int
    latest_at: float


class MaskingTrackerStore(SQLTrackerStore):
    """Rasa's SQL tracker store, masking secrets and remembering the conversations at hand.

    Every text passes ``mask_secrets`` before it is written. `cybo serve` masks messages
    before Rasa sees them; this covers the stock route, where a message reaches the
    tracker as it was typed.

    Rasa's own store rebuilds the tracker from all its events at every message and counts
    them again at every save:
    with this store the median turn went from 21.9 to 17.4 ms. This one keeps the latest trackers in
    memory and trusts them as long as the database holds as many events as they do, so
    several processes may share the database, and what is purged there is forgotten here.

    The database is read and written by threads: whoever waits for it does not hold up the
    event loop. What is in memory is looked at and changed by the event loop alone.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        url: str | None = None,
        **_: Any,
    ) -> None:
        address = url or read_settings(os.environ).trackers_url
        if address.startswith("sqlite"):
            make_private_file(address)
        super().__init__(domain=domain, host=address, event_broker=event_broker)
        self.engine.dispose()  # type: ignore[has-type]
        if address.startswith("sqlite"):
            # Kept open, and used by one thread after another: opening a connection costs more
            # than writing a turn.
            self.engine = create_engine(
                address,
                poolclass=QueuePool,
                pool_size=_THREADS,
                pool_timeout=POOL_TIMEOUT_S,
                connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_S},
            )
            engine_events.listen(self.engine, "connect", _configure_sqlite)
            # A new file changes to its write-ahead log now, not while somebody waits.
            self.engine.connect().close()
        else:
            # A connection that a restart of the database cut is replaced before it is used.
            self.engine = create_engine(
                address,
                pool_pre_ping=True,
                pool_timeout=POOL_TIMEOUT_S,
                connect_args=postgresql_arguments(address, is_serving=True),
                **create_engine_kwargs(address),
            )
        self.sessionmaker = sessionmaker(bind=self.engine)
        keep_values_out_of_errors(self.engine)
        self._rows = self.SQLEvent.__table__
        self._recent = Recent()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="trackers")

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Give the conversation's latest session."""
        # A tracker that was handed out and never saved comes from a turn that failed
        # halfway; its half must not live on in memory.
        rows, tracker = await self._read_unless_known(sender_id)
        known = self._recent.get(sender_id)
        if tracker is None and rows.number:
            if known and known.rows == rows and not known.is_out:
                self._recent.remember(replace(known, is_out=True))
                return known.tracker
            # Somebody else took it while the database was looked at.
            rows, tracker = await self._in_thread(self._read, sender_id, None)
        if tracker:
            self._remember(tracker, rows, is_out=True)
        else:
            self._recent.forget(sender_id)
        return tracker

    async def peek(self, sender_id: str) -> DialogueStateTracker | None:
        """Give the conversation's latest session to who only reads it."""
        rows, tracker = await self._read_unless_known(sender_id)
        known = self._recent.get(sender_id)
        if tracker is None and rows.number:
            if known and known.rows == rows and not known.is_out:
                return known.tracker
            rows, tracker = await self._in_thread(self._read, sender_id, None)
        known = self._recent.get(sender_id)
        if tracker and not (known and known.is_out):
            # Read once for everybody who looks, and for the turn that follows.
            self._remember(tracker, rows, is_out=False)
        return tracker

    async def state(self, sender_id: str) -> dict[str, Any] | None:
        """Give the latest session as Rasa's HTTP API prints it, whatever turn is under way."""
        return await self._in_thread(self._read_state, sender_id)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Give every session of a conversation, however long it is."""
        return await self._in_thread(self._read_all, conversation_id)

    async def session_size(self, sender_id: str, most: int) -> SessionSize | None:
        """Measure the latest session; None when it cannot have more than ``most`` turns."""
        known = self._recent.get(sender_id)
        if known and len(known.tracker.events) <= most:
            return None
        return await self._in_thread(self._measure, sender_id)

    async def latest_events(self, sender_id: str, turns: int) -> list[Event]:
        """Give what was said in the last ``turns`` turns, whichever session they belong to."""
        return await self._in_thread(self._read_latest, sender_id, turns)

    async def events_after(self, sender_id: str, message_id: str) -> list[Event]:
        """Give what was said in the turn that began with a message, by its id; else nothing."""
        return await self._in_thread(self._read_turn, sender_id, message_id)

    async def check(self) -> None:
        """Ask the database for a sign of life; raises whatever ails it."""
        await self._in_thread(self._ping)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the events of this turn, all of them or none."""
        await self.stream_events(tracker)
        rows = await self._in_thread(self._write, tracker)
        if rows:
            self._remember(tracker, rows, is_out=False)
        else:
            self._recent.forget(tracker.sender_id)

    async def _in_thread(self, call: Callable[..., _T], *arguments: Any) -> _T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(call, *arguments))

    async def _read_unless_known(
        self, sender_id: str
    ) -> "tuple[Rows, DialogueStateTracker | None]":
        """Count a sender's events, and read them unless the tracker at hand has them all."""
        known = self._recent.get(sender_id)
        at_hand = known.rows if known and not known.is_out else None
        return await self._in_thread(self._read, sender_id, at_hand)

    def _remember(self, tracker: DialogueStateTracker, rows: Rows, *, is_out: bool) -> None:
        stored: _Stored | None = getattr(tracker, _STORED, None)
        self._recent.remember(Known(tracker, rows, is_out, stored.chars if stored else 0))

    # From here on: what the threads do.

    def _ping(self) -> None:
        with self.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")

    def _read(
        self, sender_id: str, at_hand: Rows | None
    ) -> tuple[Rows, DialogueStateTracker | None]:
        with self.engine.connect() as connection:
            rows = self._count(connection, sender_id)
            if not rows.number or rows == at_hand:
                return rows, None
            began = self._session_start(sender_id)
            events = self._of(sender_id).where(
                or_(self._rows.c.timestamp >= began, began.is_(None))
            )
            data = connection.execute(events).scalars().all()
            tracker = self._tracker(sender_id, data)
        if tracker:
            setattr(tracker, _STORED, _Stored(len(tracker.events), rows, sum(map(len, data))))
        return rows, tracker

    def _read_state(self, sender_id: str) -> dict[str, Any] | None:
        _, tracker = self._read(sender_id, None)
        return tracker.current_state(EventVerbosity.AFTER_RESTART) if tracker else None

    def _read_all(self, sender_id: str) -> DialogueStateTracker | None:
        with self.engine.connect() as connection:
            return self._tracker(sender_id, connection.execute(self._of(sender_id)).scalars().all())

    def _tracker(self, sender_id: str, rows: list[str]) -> DialogueStateTracker | None:
        if not rows or not self.domain:
            return None
        events = [json.loads(row) for row in rows]
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)

    def _measure(self, sender_id: str) -> SessionSize:
        rows, began = self._rows, self._session_start(sender_id)
        messages = select(func.count(), func.max(rows.c.timestamp)).where(
            rows.c.sender_id == sender_id,
            rows.c.type_name == UserUttered.type_name,
            or_(rows.c.timestamp >= began, began.is_(None)),
        )
        with self.engine.connect() as connection:
            number, latest_at = connection.execute(messages).one()
        return SessionSize(number, latest_at or 0.0)

    def _read_latest(self, sender_id: str, turns: int) -> list[Event]:
        rows = self._rows
        message = select(rows.c.id).where(
            rows.c.sender_id == sender_id, rows.c.type_name == UserUttered.type_name
        )
        spoken = self._of(sender_id).where(rows.c.type_name.in_(_SPOKEN))
        with self.engine.connect() as connection:
            first = message.order_by(rows.c.id.desc()).limit(1).offset(turns)
            before = connection.execute(first).scalar()
            if before is not None:
                spoken = spoken.where(rows.c.id > before)
            found = _events(connection.execute(spoken).scalars())
        # What Cybo said to the message before the first one of these.
        is_answer = [not isinstance(event, UserUttered) for event in found]
        return found[is_answer.index(False) :] if False in is_answer else []

    def _read_turn(self, sender_id: str, message_id: str) -> list[Event]:
        rows = self._rows
        # As ``_row`` writes it; inside a visitor's words the quotes would be escaped.
        written = f'"message_id": {json.dumps(message_id)}'
        message = select(rows.c.id).where(
            rows.c.sender_id == sender_id,
            rows.c.type_name == UserUttered.type_name,
            rows.c.data.contains(written, autoescape=True),
        )
        with self.engine.connect() as connection:
            first = connection.execute(message.order_by(rows.c.id).limit(1)).scalar()
            if first is None:
                return []
            following = self._of(sender_id).where(rows.c.id >= first, rows.c.type_name.in_(_SPOKEN))
            found = _events(connection.execute(following.limit(_MOST_OF_A_TURN)).scalars())
        next_message = (n for n, e in enumerate(found) if n and isinstance(e, UserUttered))
        return found[: next(next_message, len(found))]

    def _write(self, tracker: DialogueStateTracker) -> Rows | None:
        """Append what is new; gives what there is now, None when the tracker is not all of it.

        New is what came after the tracker was read, whatever somebody else wrote meanwhile.
        """
        sender_id = tracker.sender_id
        stored: _Stored | None = getattr(tracker, _STORED, None)
        with self.engine.begin() as connection:
            before = self._count(connection, sender_id)
            if stored is None and before.number:
                # Made elsewhere, such as by Rasa's own HTTP API.
                stored = _Stored(self._count_session(connection, sender_id), NOTHING, 0)
            stored = stored or _Stored(0, NOTHING, 0)
            new = list(islice(tracker.events, stored.events, None))
            for event in new:
                _mask(event)
            written = [_row(sender_id, event) for event in new]
            if written:
                connection.execute(insert(self._rows), written)
            after = before._replace(number=before.number + len(new))
            if before.first is None:
                after = self._count(connection, sender_id)
        chars = stored.chars + sum(len(row["data"]) for row in written)
        setattr(tracker, _STORED, _Stored(stored.events + len(new), after, chars))
        # A later session began: the next turn reads that one only, as Rasa's store does. Or
        # another process wrote as well: the next turn reads that too.
        is_later = any(isinstance(event, SessionStarted) for event in islice(new, 1, None))
        return None if is_later or before != stored.rows else after

    def _count_session(self, connection: Connection, sender_id: str) -> int:
        """Count the stored events of the latest session, as Rasa's own store does."""
        rows, began = self._rows, self._session_start(sender_id)
        of_session = select(func.count()).where(
            rows.c.sender_id == sender_id, or_(rows.c.timestamp >= began, began.is_(None))
        )
        return int(connection.execute(of_session).scalar_one())

    def _count(self, connection: Connection, sender_id: str) -> Rows:
        of_sender = select(func.count(), func.min(self._rows.c.id)).where(
            self._rows.c.sender_id == sender_id
        )
        return Rows(*connection.execute(of_sender).one())

    def _of(self, sender_id: str) -> Any:
        rows = self._rows
        return select(rows.c.data).where(rows.c.sender_id == sender_id).order_by(rows.c.id)

    def _session_start(self, sender_id: str) -> Any:
        rows = self._rows
        return (
            select(func.max(rows.c.timestamp))
            .where(rows.c.sender_id == sender_id, rows.c.type_name == SessionStarted.type_name)
            .scalar_subquery()
        )


def _events(rows: Any) -> list[Event]:
    found = (Event.from_parameters(json.loads(row)) for row in rows)
    return [event for event in found if event is not None]


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    data = event.as_dict()
    # One search in all texts of the event at once; hardly any event holds a secret.
    if mask_secrets("\n".join(_texts(data))).kinds:
        data = _masked(data)
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _mask(event: Event) -> None:
    """Mask what a visitor said in the tracker too, which the next turn reads."""
    if isinstance(event, UserUttered) and event.text and mask_secrets(event.text).kinds:
        event.text = _masked(event.text)
        event.parse_data = _masked(event.parse_data)
        event.entities = _masked(event.entities)


def _texts(value: Any) -> Iterator[str]:
    """Give every text inside a structure of lists and dictionaries."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _masked(value: Any) -> Any:
    """Mask every text inside a structure of lists and dictionaries."""
    if isinstance(value, str):
        return mask_secrets(value).text
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value


def _configure_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # A turn lost in a power cut can be typed again, a ticket cannot: only tickets sync fully.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()
