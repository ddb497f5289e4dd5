"""Counting what became of the messages, on a handful whose figures are known by hand."""

from typing import Any

import pytest

from bench.evaluation.double import Double, answered, double_figures
from bench.evaluation.figures import (
    calibration_error,
    confusions,
    figures,
    reliability,
    worst_misses,
)
from bench.evaluation.messages import Judged, Labelled, Outcome, judge
from bench.evaluation.report import render


def parsed(intent: str, *ranking: tuple[str, float], language: str = "en") -> dict[str, Any]:
    """Make what Rasa's parse gives for a decision and a ranking."""
    name, _, key = intent.partition("/")
    selector = {name: {"response": {"intent_response_key": intent}}} if key else {}
    return {
        "intent": {"name": name},
        "response_selector": selector,
        "language": language,
        "intent_ranking": [
            {"name": full, "confidence": confidence, "probability": confidence}
            for full, confidence in ranking
        ],
    }


def message(topic: str, *, register: str = "clear", text: str = "words") -> Labelled:
    return Labelled("en", topic, register, text)


@pytest.mark.parametrize(
    ("topic", "understood", "outcome"),
    [
        ("fees", "faq/fees", Outcome.RIGHT),
        ("fees", "faq/payment", Outcome.WRONG),
        ("fees", "nlu_fallback", Outcome.OFFERED),
        ("models", "nlu_fallback", Outcome.ASKED),
        ("fees", "out_of_scope", Outcome.SENT_AWAY),
        ("fees", "speak_german", Outcome.SENT_AWAY),
        ("cancel", "cancel", Outcome.RIGHT),
        ("out_of_scope", "out_of_scope", Outcome.RIGHT),
        ("out_of_scope", "nlu_fallback", Outcome.ASKED),
        ("out_of_scope", "faq/fees", Outcome.WRONG),
        ("out_of_scope", "chitchat/greet", Outcome.WRONG),
    ],
)
def test_what_became_of_a_message_follows_from_its_label(
    topic: str, understood: str, outcome: Outcome
) -> None:
    ranking = (("faq/fees", 0.5), ("faq/payment", 0.3))

    judged = judge(message(topic), parsed(understood, *ranking), 1.0)

    assert judged.outcome is outcome


def test_a_needless_second_answer_is_help_but_no_right_answer() -> None:
    both = {**parsed("several_questions"), "topics": ["faq/fees", "faq/payment"]}

    assert judge(message("fees"), both, 1.0).outcome is Outcome.OFFERED
    assert judge(message("models"), both, 1.0).outcome is Outcome.WRONG


def test_two_questions_are_counted_by_what_was_answered() -> None:
    asked = Double(frozenset({"fees", "payment"}), "…")
    both = {**parsed("several_questions"), "topics": ["faq/fees", "faq/payment"]}
    wrong = {**parsed("several_questions"), "topics": ["faq/fees", "faq/models"]}
    parses = [both, wrong, parsed("faq/fees", ("faq/fees", 0.9)), parsed("nlu_fallback")]

    lines = double_figures([answered(asked, parse) for parse in parses])

    assert [line.share for line in lines] == [0.25, 0.75, 0.25]


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    """Four answered right, a story offered, one sent away; one of two out of scope answered."""
    right = parsed("faq/fees", ("faq/fees", 0.9))
    return [
        *(judge(message("fees"), right, 1.0) for _ in range(4)),
        judge(message("fees", register="story"), parsed("nlu_fallback", ("faq/fees", 0.2)), 1.0),
        judge(message("fees"), parsed("out_of_scope", ("faq/models", 0.05)), 1.0),
        judge(message("out_of_scope", text="<b>hi</b>"), right, 1.0),
        judge(message("out_of_scope"), parsed("out_of_scope", ("out_of_scope", 0.7)), 1.0),
    ]


def test_each_figure_counts_its_own_messages(judged: list[Judged]) -> None:
    by_label = {figure.label: figure for figure in figures(judged)}

    assert by_label["clear + terse + sloppy: answered right"].share == pytest.approx(0.8)
    assert by_label["stories: answered right"].share == 0
    assert by_label["stories: answered or offered"].share == 1
    assert by_label["out of scope: not answered"].share == 0.5
    assert by_label["in scope: sent away"].share == pytest.approx(1 / 6)
    assert by_label["language named right, no context"].share == 1


def test_a_promise_is_met_from_the_right_side(judged: list[Judged]) -> None:
    by_label = {figure.label: figure for figure in figures(judged)}

    assert by_label["stories: answered or offered"].is_met is True
    assert by_label["stories: answered right"].is_met is False
    assert by_label["in scope: sent away"].is_met is False
    assert by_label["  clear: answered right"].is_met is None


def test_the_reliability_curve_puts_confidence_beside_truth(judged: list[Judged]) -> None:
    bins = reliability(judged)

    assert [(round(b.confidence, 2), b.right, b.count) for b in bins] == [
        (0.05, 0.0, 1),
        (0.2, 1.0, 1),
        (0.7, 1.0, 1),
        (0.9, 0.8, 5),
    ]
    assert calibration_error(bins) == pytest.approx((0.05 + 0.8 + 0.3 + 5 * 0.1) / 8)


def test_mistakes_are_listed_most_frequent_and_surest_first(judged: list[Judged]) -> None:
    assert confusions(judged)[0] == ("fees", "nlu_fallback", 1)
    assert [miss.message.text for miss in worst_misses(judged, 1)] == ["<b>hi</b>"]


def test_the_report_shows_messages_as_text(judged: list[Judged]) -> None:
    page = render("Examination", {"en": judged})

    assert "&lt;b&gt;hi&lt;/b&gt;" in page
    assert "<b>hi</b>" not in page
    assert "out_of_scope, understood as fees: 1 of 2" in page
