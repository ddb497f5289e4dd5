"""Databases with something in them, on SQLite and on PostgreSQL."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Engine

from bot.delivery.outbox import DONE
from bot.feedback import Feedback
from bot.storage import SqlFeedbackStore, SqlTicketStore, SqlTurnStore, open_database, tables
from bot.storage.engine import connect, to_column, writing
from bot.storage.purge import EVENTS
from bot.tickets.model import Draft, Ticket
from bot.turns import TurnRecord

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=timezone.utc)
ADDRESS, NAME = "An.Peeters@example.be", "An Peeters"
FILING = {
    "enterprise_number": "0403170701",
    "closing_date": "2022-12-31",
    "filing_model": "full",
    "deposit_type": "initial",
    "filing_language": "nl",
}
DRAFT = Draft("widget:an", "web", "nl", [FILING], NAME, ADDRESS, "4A:7F:02", "globalsign")
TURN = TurnRecord("widget:an", "web", NOW, "nl", "hallo", "out_of_scope", "faq", (), 0.5, 12.0)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@dataclass
class House:
    """Both databases, and what people and Cybo put into them."""

    engine: Engine
    trackers: Engine

    def chat(self, sender: str, *texts: str, days: float = 0) -> None:
        moment = ago(days).timestamp()
        rows = [
            {
                "sender_id": sender,
                "timestamp": moment,
                "data": json.dumps({"event": "user", "text": text}),
            }
            for text in texts
        ]
        with writing(self.trackers) as connection:
            connection.execute(insert(EVENTS), rows)
        turns = [replace(TURN, conversation=sender, text=t, at=ago(days)) for t in texts]
        SqlTurnStore(self.engine).record(turns)

    def thumb(self, conversation: str, reason: str = "", days: float = 0) -> None:
        store = SqlFeedbackStore(self.engine, lambda: ago(days))
        store.record(Feedback(conversation, "m:0", "down", (), "nl", reason))

    def ticket(self, closed: float | None = None, days: float = 0, **changes: Any) -> Ticket:
        store = SqlTicketStore(self.engine, ["request_tracker"])
        ticket, _ = store.open(replace(DRAFT, **changes), now=ago(days))
        if closed is not None:
            self.change(
                tables.TICKETS, reference=ticket.reference, closed_at=to_column(ago(closed))
            )
        return ticket

    def note(self, ticket: Ticket, text: str) -> None:
        found = select(tables.TICKETS.c.id).where(tables.TICKETS.c.reference == ticket.reference)
        with writing(self.engine) as connection:
            ticket_id = connection.execute(found).scalar_one()
            row = {"at": to_column(NOW), "author": "els", "kind": "note", "text": text}
            connection.execute(insert(tables.TICKET_NOTES).values(ticket_id=ticket_id, **row))

    def mail(self, uid: int, days: float = 0, reference: str | None = None, **more: Any) -> int:
        """Put a decided mail in a thread of its own; gives its number."""
        sender = more.pop("sender", ADDRESS)
        with writing(self.engine) as connection:
            thread = connection.execute(
                insert(tables.MAIL_THREADS).values(
                    name=f"thread{uid}",
                    sender=sender,
                    language="nl",
                    request="{}",
                    ticket_reference=reference,
                    created_at=to_column(ago(days)),
                )
            ).inserted_primary_key[0]
            row = {
                "account": "desk",
                "uid_validity": 1,
                "uid": uid,
                "received_at": to_column(ago(days)),
                "outcome": "answered",
                "sender": sender,
                "subject": "Vraag",
                "text": "Beste",
                "attachments": "[]",
                "answer_id": f"<cybo.{uid}@balans.example>",
                "bounced": False,
                "thread_id": thread,
                **more,
            }
            made = connection.execute(insert(tables.MAILS).values(row)).inserted_primary_key[0]
        return int(made)

    def delivery(self, key: str, days: float = 0, status: str = DONE, **more: Any) -> None:
        kind, _, number = key.rpartition(":")
        row = {
            "mail_id": int(number) if kind == "mail" else None,
            "target": "smtp",
            "key": key,
            "recipient": "x@example.be",
            "payload": b"words",
            "status": status,
            "tries": 1,
            "next_try_at": to_column(ago(days)),
            "error": "",
            "created_at": to_column(ago(days)),
            "done_at": to_column(ago(days)),
            **more,
        }
        with writing(self.engine) as connection:
            connection.execute(insert(tables.OUTBOX).values(row))

    def deliver_all(self, days: float = 0) -> None:
        """Let everything that waits arrive."""
        with writing(self.engine) as connection:
            arrived = {"status": DONE, "done_at": to_column(ago(days))}
            connection.execute(update(tables.OUTBOX).values(arrived))

    def session(self, token: str, days: float) -> None:
        user = {"name": token, "password_hash": "", "role": "agent"}
        with writing(self.engine) as connection:
            made = connection.execute(
                insert(tables.DESK_USERS).values(**user, created_at=to_column(NOW))
            )
            connection.execute(
                insert(tables.DESK_SESSIONS).values(
                    token_hash=token,
                    user_id=made.inserted_primary_key[0],
                    created_at=to_column(ago(days)),
                    seen_at=to_column(ago(days)),
                )
            )

    def change(self, table: Any, *, reference: str, **values: Any) -> None:
        with writing(self.engine) as connection:
            changed = update(table).where(table.c.reference == reference).values(values)
            connection.execute(changed)

    def read(self, column: Any) -> list[Any]:
        """Give every value of a column, sorted."""
        engine = self.trackers if column.table is EVENTS else self.engine
        with engine.connect() as connection:
            return sorted(connection.execute(select(column)).scalars())

    def count(self, table: Any) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> House:
    engine = open_database(database_url)
    is_sqlite = engine.dialect.name == "sqlite"
    trackers = connect(f"sqlite:///{tmp_path}/var/trackers.db") if is_sqlite else engine
    EVENTS.metadata.create_all(trackers)
    return House(engine, trackers)
