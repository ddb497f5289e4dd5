"""Everything that the databases hold of one person: finding it and erasing it."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, func, insert, inspect, or_, select, update
from sqlalchemy.engine import Connection, Engine

from bot.delivery.outbox import DONE, DOUBTFUL, SENDING
from bot.keeping.decoded import readings
from bot.keeping.receipt import Elsewhere, Traces
from bot.keeping.subject import ERASED, Subject, erased_marks
from bot.keys import Secret
from bot.mailbox.keep import kept_mail
from bot.storage import tables
from bot.storage.engine import to_column, writing
from bot.storage.purge import EVENTS

_OUTBOX, _MAILS, _TICKETS = tables.OUTBOX, tables.MAILS, tables.TICKETS
_THREADS, _NOTES, _AUDIT = tables.MAIL_THREADS, tables.TICKET_NOTES, tables.AUDIT
# What says in one statement which rows are meant; both databases take many more.
_MANY = 500
# Whole mails may be in memory at once.
_FEW = 4
_LEFT_US = (DONE, SENDING, DOUBTFUL)
_COMPACT_TRIES = 5


def find_traces(
    engine: Engine, trackers: Engine, subject: Subject, known: Iterable[str] = ()
) -> Traces:
    """Find everything of a person, and what has left for elsewhere.

    ``known``: conversations of the person, whether they name the address or not.
    """
    with engine.connect() as connection:
        search = _Search(connection, subject, _conversations(trackers, subject) | set(known))
        found = search.all()
        senders = search.conversations
        found["conversations"] = sorted(_known(trackers, senders))
        for kind, table in (
            ("turns", tables.TURNS),
            ("reviews", tables.REVIEWS),
            ("feedback", tables.FEEDBACK),
        ):
            in_them = _in_many(connection, table.c.id, table.c.conversation, sorted(senders))
            found[kind] = sorted({*found[kind], *in_them})
        return Traces(found, search.elsewhere(found), frozenset(senders))


class _Search:
    """Looks through Cybo's own tables."""

    def __init__(
        self, connection: Connection, subject: Subject, conversations: Iterable[str]
    ) -> None:
        self._connection = connection
        self._subject = subject
        self.conversations = set(conversations)

    def all(self) -> dict[str, list[Any]]:
        """Find the rows, by kind; notes the conversations on the way."""
        tickets = self._named(_TICKETS, "certificate_email", "certificate_owner")
        references = [row.reference for row in tickets]
        threads = {row.id: row for row in self._named(_THREADS, "sender", "request")}
        of_ticket = _in_many(
            self._connection, _THREADS.c.id, _THREADS.c.ticket_reference, references
        )
        threads |= {row.id: row for row in _rows(self._connection, _THREADS, of_ticket)}
        mails = {row.id for row in self._named(_MAILS, *_MAIL_TEXTS)} | set(
            _in_many(self._connection, _MAILS.c.id, _MAILS.c.thread_id, sorted(threads))
        )
        mails |= set(self._originals())
        self.conversations |= {row.conversation for row in tickets}
        self.conversations |= {f"mail:{row.name}" for row in threads.values()}
        spoken = {
            "turns": self._named(tables.TURNS, "text"),
            "reviews": self._named(tables.REVIEWS, "text"),
            "feedback": self._named(tables.FEEDBACK, "reason"),
        }
        for rows in spoken.values():
            self.conversations |= {row.conversation for row in rows}
        notes = self._notes([row.id for row in tickets], sorted(mails))
        deliveries = self._deliveries(references, sorted(mails), notes)
        return {
            "tickets": sorted(row.id for row in tickets),
            "notes": notes,
            "threads": sorted(threads),
            "mails": sorted(mails),
            "deliveries": deliveries,
            **{kind: [row.id for row in rows] for kind, rows in spoken.items()},
        }

    def elsewhere(self, found: dict[str, list[Any]]) -> list[Elsewhere]:
        """List what has left Cybo, or cannot be changed, by what people find it with there."""
        mails = list(_rows(self._connection, _MAILS, found["mails"]))
        answers = {row.id: row.answer_id for row in mails}
        listed = [
            # A ticket by its reference, an answer by its Message-ID.
            Elsewhere(
                row.target,
                (not row.reference and answers.get(row.mail_id)) or row.key.rpartition(":")[2],
            )
            for row in _rows(self._connection, _OUTBOX, found["deliveries"])
            if row.status in _LEFT_US
        ]
        listed += [
            Elsewhere("mailbox", f"UID {row.uid} of UIDVALIDITY {row.uid_validity}")
            for row in mails
        ]
        listed += [
            Elsewhere("audit log", f"row {row.id}")
            for row in self._named(_AUDIT, "subject", "detail")
        ]
        return listed

    def _notes(self, ticket_ids: Sequence[int], mails: Sequence[int]) -> list[int]:
        """Find the notes to tickets of the person's, and what the person added to others."""
        found = {row.id for row in self._named(_NOTES, "text")}
        for column, values in (
            (_NOTES.c.ticket_id, ticket_ids),
            (_NOTES.c.mail_id, mails),
            (_NOTES.c.conversation, sorted(self.conversations)),
        ):
            found |= set(_in_many(self._connection, _NOTES.c.id, column, values))
        return sorted(found)

    def _deliveries(
        self, references: Sequence[str], mails: Sequence[int], notes: Sequence[int]
    ) -> list[int]:
        found = {row.id for row in self._named(_OUTBOX, "recipient")}
        for column, values in (
            (_OUTBOX.c.reference, references),
            (_OUTBOX.c.mail_id, mails),
            (_OUTBOX.c.note_id, notes),
        ):
            found |= set(_in_many(self._connection, _OUTBOX.c.id, column, values))
        written = select(_OUTBOX.c.id, _OUTBOX.c.payload).where(func.length(_OUTBOX.c.payload) > 0)
        for row in self._connection.execute(written.execution_options(yield_per=_FEW)):
            if row.id not in found and self._is_named_in(bytes(row.payload)):
                found.add(row.id)
        return sorted(found)

    def _is_named_in(self, content: bytes) -> bool:
        return any(self._subject.is_named_in(text) for text in readings(content))

    def _originals(self) -> Iterator[int]:
        """Find the mails whose original, headers and attached texts too, names the person."""
        kept = select(_MAILS.c.id, _MAILS.c.raw).where(_MAILS.c.raw.is_not(None))
        for row in self._connection.execute(kept.execution_options(yield_per=_FEW)):
            if self._is_named_in(kept_mail(bytes(row.raw))):
                yield row.id

    def _named(self, table: Any, *columns: str) -> list[Any]:
        """Give the rows whose columns name the person."""
        return list(_naming(self._connection, table, columns, self._subject))


_MAIL_TEXTS = ("sender", "subject", "text", "attachments", "answer_text")


@dataclass(frozen=True, repr=False)
class Order:
    """An erasure. ``receipt``: its number; ``secret``: makes what is kept of a mail."""

    receipt: str
    at: datetime
    secret: Secret


def erase(engine: Engine, trackers: Engine, traces: Traces, order: Order) -> None:
    """Erase what was found, and note in the audit log that it was.

    The trackers go first: the tickets, by which their conversations were found, are still
    there should the power fail in between.
    """
    found = traces.found
    with writing(trackers) as connection:
        _delete(connection, EVENTS, EVENTS.c.sender_id, found["conversations"])
    with writing(engine) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
        for kind, table in (
            ("deliveries", _OUTBOX),
            ("notes", _NOTES),
            ("turns", tables.TURNS),
            ("reviews", tables.REVIEWS),
            ("feedback", tables.FEEDBACK),
            ("tickets", _TICKETS),
        ):
            _delete(connection, table, table.c.id, found[kind])
        for ids in _chunks(found["mails"]):
            _empty_mails(connection, ids, order.secret)
        _delete(connection, _THREADS, _THREADS.c.id, found["threads"])
        row = {
            "at": to_column(order.at),
            "user": "command line",
            "action": "erase",
            "subject": order.receipt,
            "detail": json.dumps(traces.counts()),
        }
        connection.execute(insert(_AUDIT).values(row))


def _empty_mails(connection: Connection, ids: Sequence[int], secret: Secret) -> None:
    """Keep of mails their number and a mark: without them they would be taken for new ones."""
    kept = select(_MAILS.c.id, _MAILS.c.reason, _MAILS.c.fingerprint).where(_MAILS.c.id.in_(ids))
    for row in connection.execute(kept).all():
        mark = row.fingerprint
        if mark and row.reason != ERASED:
            mark = erased_marks(secret, mark)[0]
        emptied = {**_NOTHING, "fingerprint": mark}
        connection.execute(update(_MAILS).where(_MAILS.c.id == row.id).values(emptied))


_NOTHING: dict[str, Any] = {
    "reason": ERASED,
    "subject": "",
    "sender": "",
    "text": "",
    "attachments": "[]",
    **dict.fromkeys(
        ("raw", "kept_bytes", "message_id", "thread_id", "answer_id", "answer_hash", "answer_text")
    ),
}


def compact(*engines: Engine) -> bool:
    """Rewrite SQLite's files without what was deleted; PostgreSQL sees to that itself.

    Returns: False when somebody was reading all the time, so that old pages may be left.
    """
    files = [engine for engine in engines if engine.dialect.name == "sqlite"]
    return [_compact(engine) for engine in files].count(False) == 0


def _compact(engine: Engine) -> bool:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        for _ in range(_COMPACT_TRIES):
            if not cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                return True
            time.sleep(1)
        return False
    finally:
        connection.close()


def _conversations(trackers: Engine, subject: Subject) -> set[str]:
    """Name the chats whose events name the person."""
    if not inspect(trackers).has_table(EVENTS.name):
        return set()
    with trackers.connect() as connection:
        return {row.sender_id for row in _naming(connection, EVENTS, ("data",), subject)}


def _known(trackers: Engine, senders: Iterable[str]) -> set[str]:
    if not inspect(trackers).has_table(EVENTS.name):
        return set()
    with trackers.connect() as connection:
        column = EVENTS.c.sender_id
        return set(_in_many(connection, column, column, sorted(senders)))


def _naming(
    connection: Connection, table: Any, columns: Sequence[str], subject: Subject
) -> Iterator[Any]:
    texts = [_as_text(connection, table.c[name]) for name in columns]
    hits = [text.contains(subject.address, autoescape=True) for text in texts]
    for row in connection.execute(select(table).where(or_(*hits))):
        if any(subject.is_named_in(_words(getattr(row, name))) for name in columns):
            yield row


def _words(value: str | bytes | None) -> str:
    return value if isinstance(value, str) else bytes(value or b"").decode(errors="replace")


def _as_text(connection: Connection, column: Any) -> Any:
    """Read a column as text in small letters; bytes by their ASCII letters."""
    if column.type.python_type is not bytes:
        return func.lower(column)
    if connection.dialect.name == "sqlite":
        # LIKE takes ASCII letters alike; our lower() cannot take bytes that are no text.
        return cast(column, String)
    return func.lower(func.encode(column, "escape"))


def _in_many(connection: Connection, wanted: Any, column: Any, values: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    for some in _chunks(values):
        found += connection.execute(select(wanted).where(column.in_(some)).distinct()).scalars()
    return found


def _rows(connection: Connection, table: Any, ids: Sequence[int]) -> Iterator[Any]:
    for some in _chunks(ids):
        yield from connection.execute(select(table).where(table.c.id.in_(some)))


def _delete(connection: Connection, table: Any, column: Any, values: Sequence[Any]) -> None:
    for some in _chunks(values):
        connection.execute(delete(table).where(column.in_(some)))


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _MANY):
        yield values[start : start + _MANY]
