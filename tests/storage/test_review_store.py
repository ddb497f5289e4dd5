"""The review queue in a real database: what fills it, decisions, undoing, vectors."""

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.feedback import Feedback
from bot.storage import SqlFeedbackStore, SqlReviews, SqlTurnStore, open_database
from bot.storage.tables import REVIEWS
from bot.turns import TurnRecord

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=timezone.utc)
UNCLEAR = TurnRecord(
    "widget:a", "web", NOW, "nl", "het doet raar", "clarify", "nlu_fallback", ("fees",), 0.4, 12.0
)
DOWN = Feedback(
    "widget:a",
    "m1:0",
    "down",
    ("grey_screen",),
    "nl",
    "Dat vroeg ik niet, mail an@firma.example",
    "scherm doet raar, bel 0475 12 34 56",
)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path / 'cybo.db'}")


@pytest.fixture
def reviews(engine: Engine) -> SqlReviews:
    return SqlReviews(engine, lambda: NOW)


def fill(engine: Engine, *texts: str) -> None:
    SqlTurnStore(engine).record([replace(UNCLEAR, text=text) for text in texts])


def test_a_thumbs_down_queues_what_was_asked_without_personal_data(
    engine: Engine, reviews: SqlReviews
) -> None:
    SqlFeedbackStore(engine, lambda: NOW).record(DOWN)

    [entry] = reviews.open_entries()
    assert (entry.text, entry.reason) == ("scherm doet raar, bel [number]", "thumbs_down")
    assert entry.remark == "Dat vroeg ik niet, mail [e-mail]"
    assert entry.topics == ("grey_screen",)


@pytest.mark.parametrize(
    ("later", "queued"), [("up", []), ("down", [("thumbs_down", "toch niet")])]
)
def test_the_last_thumb_for_a_reply_counts(
    engine: Engine, reviews: SqlReviews, later: str, queued: list[tuple[str, str]]
) -> None:
    feedback = SqlFeedbackStore(engine, lambda: NOW)
    feedback.record(DOWN)

    feedback.record(replace(DOWN, thumb=later, reason="toch niet"))

    assert [(entry.reason, entry.remark) for entry in reviews.open_entries()] == queued


def test_a_decision_is_taken_once(engine: Engine, reviews: SqlReviews) -> None:
    fill(engine, "een", "twee", "drie")
    [three, two, one] = reviews.open_entries()

    assert reviews.decide([one.id, two.id], "faq/fees", "an") == [one.id, two.id]
    assert reviews.decide([two.id, three.id], "out_of_scope", "bo") == [three.id]

    found = [(e.text, e.verdict, e.topic, e.decided_by) for e in reviews.to_export()]
    assert found == [
        ("een", "faq/fees", "fees", "an"),
        ("twee", "faq/fees", "fees", "an"),
        ("drie", "out_of_scope", "out_of_scope", "bo"),
    ]
    assert reviews.open_entries() == []


def test_a_decision_can_be_undone_until_it_is_exported(engine: Engine, reviews: SqlReviews) -> None:
    fill(engine, "een", "twee")
    ids = [entry.id for entry in reviews.open_entries()]
    reviews.decide(ids, "faq/fees", "an")
    reviews.mark_exported(ids[:1])

    assert reviews.undo(ids) == ids[1:]
    assert [entry.id for entry in reviews.open_entries()] == ids[1:]
    assert reviews.to_export() == []


def test_a_dismissed_message_is_never_exported(engine: Engine, reviews: SqlReviews) -> None:
    fill(engine, "asdf")
    reviews.decide([entry.id for entry in reviews.open_entries()], "dismissed", "an")

    assert reviews.to_export() == []
    assert [entry.verdict for entry in reviews.decided()] == ["dismissed"]


@pytest.mark.parametrize(
    ("wanted", "texts"),
    [
        ({"reason": "unsure"}, ["écran bizarre", "het doet raar"]),
        ({"reason": "thumbs_down"}, ["scherm doet raar, bel [number]"]),
        ({"language": "fr"}, ["écran bizarre"]),
        ({"reason": "thumbs_down", "language": "fr"}, []),
        ({"limit": 1}, ["scherm doet raar, bel [number]"]),
    ],
)
def test_the_queue_is_filtered(
    engine: Engine, reviews: SqlReviews, wanted: dict[str, object], texts: list[str]
) -> None:
    french = replace(UNCLEAR, language="fr", text="écran bizarre")
    SqlTurnStore(engine).record([UNCLEAR, french])
    SqlFeedbackStore(engine, lambda: NOW).record(DOWN)

    assert [e.text for e in reviews.open_entries(**wanted)] == texts  # type: ignore[arg-type]


def test_new_words_replace_the_old_ones_for_good(engine: Engine, reviews: SqlReviews) -> None:
    fill(engine, "ik heet an en het doet raar")
    [entry] = reviews.open_entries()
    reviews.fill_vectors(lambda texts: np.ones((len(texts), 512)))

    assert reviews.reword(entry.id, "het doet raar", "nl")

    [changed] = reviews.open_entries()
    assert (changed.text, changed.vector) == ("het doet raar", None)
    with engine.connect() as connection:
        row = connection.execute(select(REVIEWS)).one()
    assert "heet an" not in str(row)
    reviews.decide([entry.id], "faq/fees", "an")
    assert not reviews.reword(entry.id, "iets anders", "nl"), "a decided example keeps its words"


def test_vectors_are_computed_once_and_kept_in_half_the_space(
    engine: Engine, reviews: SqlReviews
) -> None:
    fill(engine, *(f"bericht {n}" for n in range(40)))
    asked: list[str] = []

    def embed(texts: list[str]) -> np.ndarray:
        asked.extend(texts)
        return np.full((len(texts), 512), 1 / np.sqrt(512), dtype=np.float32)

    batches = [reviews.fill_vectors(embed) for _ in range(3)]

    assert batches == [32, 8, 0]
    assert len(asked) == len(set(asked)) == 40
    vectors = [entry.vector for entry in reviews.open_entries()]
    assert all(v is not None and v.dtype == np.float32 for v in vectors)
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-3)
    with engine.connect() as connection:
        assert len(connection.execute(select(REVIEWS.c.vector)).scalar()) == 1024
