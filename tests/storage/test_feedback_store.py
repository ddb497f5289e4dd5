"""Visitors' thumbs in a real database."""

from datetime import datetime, timezone

from sqlalchemy import select

from bot.feedback import Feedback
from bot.storage import SqlFeedbackStore, open_database
from bot.storage.tables import FEEDBACK

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=timezone.utc)


def test_the_latest_word_on_a_reply_counts(database_url: str) -> None:
    engine = open_database(database_url)
    store = SqlFeedbackStore(engine, lambda: NOW)

    store.record(Feedback("widget:a", "m:0", "up", ("fees", "payment"), "nl"))
    store.record(Feedback("widget:b", "m:0", "up", (), "fr"))
    store.record(Feedback("widget:a", "m:0", "down", ("fees", "payment"), "nl", "te kort"))

    with engine.connect() as connection:
        rows = connection.execute(select(FEEDBACK).order_by(FEEDBACK.c.conversation)).all()
    assert [(r.conversation, r.thumb, r.topics, r.reason) for r in rows] == [
        ("widget:a", "down", "fees,payment", "te kort"),
        ("widget:b", "up", "", ""),
    ]
    assert rows[0].created_at == datetime(2026, 11, 24, 10, 0)
