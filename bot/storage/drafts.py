"""Drafts that wait for a person to send them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from bot.review import ToReview
from bot.review.drafts import OpenDraft
from bot.storage.engine import to_column, writing
from bot.storage.reviews import queue_review
from bot.storage.tables import MAIL_THREADS, MAILS
from bot.triage.records import DRAFTED


class SqlDrafts:
    """Reads the drafts of one account from the journal in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine, account: str) -> None:
        self._engine = engine
        self._account = account

    def unsent(self, since: datetime) -> Sequence[OpenDraft]:
        """Give the drafts made since then that nobody is known to have sent."""
        query = (
            select(MAILS, MAIL_THREADS.c.name)
            .join(MAIL_THREADS, MAILS.c.thread_id == MAIL_THREADS.c.id)
            .where(
                MAILS.c.account == self._account,
                MAILS.c.outcome == DRAFTED,
                MAILS.c.answer_text.is_not(None),
                MAILS.c.sent_at.is_(None),
                MAILS.c.decided_at >= to_column(since),
            )
        )
        with self._engine.connect() as connection:
            return [
                OpenDraft(
                    row.id,
                    row.message_id or "",
                    row.answer_id or "",
                    row.answer_text,
                    row.text or "",
                    row.language or "",
                    tuple(filter(None, (row.topics or "").split(","))),
                    f"mail:{row.name}",
                )
                for row in connection.execute(query)
            ]

    def note_sent(self, mail_id: int, now: datetime, review: ToReview | None) -> None:
        """Note that a person sent a draft. ``review``: queued when the answer was changed."""
        with writing(self._engine) as connection:
            connection.execute(
                update(MAILS).where(MAILS.c.id == mail_id).values(sent_at=to_column(now))
            )
            if review:
                queue_review(connection, review)
