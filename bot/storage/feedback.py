"""Visitors' thumbs in the database."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.engine import Engine

from bot.feedback import Feedback
from bot.storage.engine import to_column, writing
from bot.storage.tables import FEEDBACK


class SqlFeedbackStore:
    """Keeps feedback in SQLite or PostgreSQL; the latest word on a reply counts."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def record(self, feedback: Feedback) -> None:
        """Store the feedback, or replace what was said of the same reply before."""
        row = {
            "conversation": feedback.conversation,
            "reply": feedback.reply,
            "thumb": feedback.thumb,
            "topics": ",".join(feedback.topics),
            "language": feedback.language,
            "reason": feedback.reason,
            "created_at": to_column(self._now()),
        }
        with writing(self._engine) as connection:
            connection.execute(
                delete(FEEDBACK).where(
                    FEEDBACK.c.conversation == feedback.conversation,
                    FEEDBACK.c.reply == feedback.reply,
                )
            )
            connection.execute(insert(FEEDBACK).values(row))
