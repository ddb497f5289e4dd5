"""The threads of mails: whose they are, what they stated, and the ticket that came of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.engine import Connection

from bot.storage.engine import to_column
from bot.storage.tables import MAIL_THREADS, MAILS
from bot.triage.records import Thread, request_from_json, request_to_json
from bot.triage.request import Request

_MAIL = "mail:"


def find_thread(
    connection: Connection, names: Sequence[str], message_ids: Sequence[str], sender: str
) -> Thread | None:
    """Find the thread by our marks, else by its mails; only that of the same sender."""
    in_thread = (
        select(MAIL_THREADS.c.id)
        .join(MAILS, MAILS.c.thread_id == MAIL_THREADS.c.id)
        .where(MAILS.c.message_id.in_(message_ids), MAILS.c.sender == sender)
    )
    query = (
        select(MAIL_THREADS)
        .where(
            MAIL_THREADS.c.sender == sender,
            or_(MAIL_THREADS.c.name.in_(names), MAIL_THREADS.c.id.in_(in_thread)),
        )
        .order_by(MAIL_THREADS.c.id.desc())
    )
    row = connection.execute(query).first()
    return _thread(row) if row else None


def begin_thread(
    connection: Connection, name: str, sender: str, language: str, now: datetime
) -> Thread:
    """Begin a thread."""
    request = Request()
    values = {
        "name": name,
        "sender": sender,
        "language": language,
        "request": request_to_json(request),
        "created_at": to_column(now),
    }
    made = connection.execute(insert(MAIL_THREADS).values(values))
    return Thread(made.inserted_primary_key[0], name, sender, language, request)


def keep_request(connection: Connection, thread: Thread, request: Request, reference: str) -> None:
    """Keep what a thread has stated, and the ticket that came of it."""
    connection.execute(
        update(MAIL_THREADS)
        .where(MAIL_THREADS.c.id == thread.id)
        .values(request=request_to_json(request), ticket_reference=reference or None)
    )


def _thread(row: Any) -> Thread:
    return Thread(
        row.id,
        row.name,
        row.sender,
        row.language,
        request_from_json(row.request),
        row.ticket_reference or "",
    )
