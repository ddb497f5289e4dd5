"""Turns, their counters and the review queue in a real database."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError

from bot.feedback import Feedback
from bot.figures import Count
from bot.storage import SqlCounters, SqlFeedbackStore, SqlTurnStore, open_database
from bot.storage.engine import writing
from bot.storage.tables import AUDIT, REVIEWS, TURNS
from bot.turns import TurnRecord

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=timezone.utc)
TURN = TurnRecord(
    "widget:a", "web", NOW, "nl", "grijs scherm", "answer", "faq", ("grey_screen",), 0.97, 12.0
)
UNCLEAR = replace(
    TURN, text="bel me: 0475 12 34 56", outcome="clarify", topics=("contact", "fees"), ms=80.0
)


@pytest.fixture
def engine(database_url: str) -> Engine:
    return open_database(database_url)


def counted(engine: Engine) -> Counter[tuple[str, str]]:
    day = NOW.date()
    found: Counter[tuple[str, str]] = Counter()
    for count in SqlCounters(engine).between(day, day):
        found[count.name, count.key] += count.number
    return found


def test_turns_are_kept_and_counted(engine: Engine) -> None:
    SqlTurnStore(engine).record([TURN, UNCLEAR, replace(TURN, conversation="widget:b")])

    with engine.connect() as connection:
        rows = connection.execute(select(TURNS).order_by(TURNS.c.id)).all()
    assert [(row.conversation, row.outcome, row.topics) for row in rows] == [
        ("widget:a", "answer", "grey_screen"),
        ("widget:a", "clarify", "contact,fees"),
        ("widget:b", "answer", "grey_screen"),
    ]
    assert counted(engine) == {
        ("conversation", "web"): 2,
        ("turn", "answer"): 2,
        ("turn", "clarify"): 1,
        ("topic", "grey_screen"): 2,
        ("open_topic", "contact"): 1,
        ("duration", "20"): 2,
        ("duration", "100"): 1,
    }


def test_a_conversation_counts_once_a_day(engine: Engine) -> None:
    store = SqlTurnStore(engine)

    store.record([TURN])
    store.record([TURN, replace(TURN, at=NOW + timedelta(days=1))])

    counts = SqlCounters(engine).between(date(2026, 11, 1), date(2026, 11, 30))
    assert [count for count in counts if count.name == "conversation"] == [
        Count(date(2026, 11, 24), "nl", "conversation", "web", 1),
        Count(date(2026, 11, 25), "nl", "conversation", "web", 1),
    ]


def test_what_was_not_answered_waits_for_an_editor_without_personal_data(engine: Engine) -> None:
    SqlTurnStore(engine).record([TURN, UNCLEAR, replace(UNCLEAR, outcome="out_of_scope")])

    with engine.connect() as connection:
        rows = connection.execute(select(REVIEWS).order_by(REVIEWS.c.id)).all()
    assert [(row.reason, row.text, row.verdict) for row in rows] == [
        ("unsure", "bel me: [number]", None),
        ("sent_away", "bel me: [number]", None),
    ]


def test_a_thumb_that_turns_is_counted_where_it_ends(engine: Engine) -> None:
    feedback = SqlFeedbackStore(engine, lambda: NOW)

    feedback.record(Feedback("widget:a", "m:0", "up", (), "nl"))
    feedback.record(Feedback("widget:a", "m:0", "down", (), "nl"))

    assert counted(engine) == {("thumb", "up"): 0, ("thumb", "down"): 1}


@pytest.mark.parametrize("change", [AUDIT.update().values(user="eve"), AUDIT.delete()])
def test_nobody_changes_the_audit_log(engine: Engine, change: object) -> None:
    row = {"at": datetime(2026, 11, 24), "user": "an", "action": "x", "subject": "", "detail": ""}
    with writing(engine) as connection:
        connection.execute(AUDIT.insert().values(row))

    with pytest.raises(DatabaseError, match="append-only"), writing(engine) as connection:
        connection.execute(change)
