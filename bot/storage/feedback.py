"""Visitors' thumbs in the database."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from bot.feedback import DOWN, Feedback
from bot.figures import THUMB, Count
from bot.review import thumb_origin, thumb_review
from bot.storage.counters import count_all
from bot.storage.engine import insert_into, to_column, writing
from bot.storage.reviews import queue_review, withdraw_review
from bot.storage.tables import FEEDBACK


class SqlFeedbackStore:
    """Keeps feedback in SQLite or PostgreSQL; the latest word on a reply counts.

    A message whose answer got a thumbs down waits for an editor.
    """

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
        of_reply = (
            FEEDBACK.c.conversation == feedback.conversation,
            FEEDBACK.c.reply == feedback.reply,
        )
        counts = [Count(self._now().date(), feedback.language, THUMB, feedback.thumb)]
        with writing(self._engine) as connection:
            as_new = insert_into(connection, FEEDBACK).values(row).on_conflict_do_nothing()
            if not connection.execute(as_new).rowcount:
                earlier = connection.execute(
                    select(FEEDBACK).where(*of_reply).with_for_update()
                ).one()
                # The earlier word no longer counts, on the day it was counted.
                day = earlier.created_at.date()
                counts.append(Count(day, earlier.language, THUMB, earlier.thumb, -1))
                connection.execute(update(FEEDBACK).where(*of_reply).values(row))
            count_all(connection, counts)
            withdraw_review(connection, thumb_origin(feedback))
            if feedback.thumb == DOWN and feedback.message:
                queue_review(connection, thumb_review(feedback, self._now()))
