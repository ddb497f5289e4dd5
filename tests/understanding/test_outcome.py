"""Answering, asking back or declining, by how sure the ranking is."""

from collections.abc import Sequence

import pytest

from bot.understanding.classifier import Ranked
from bot.understanding.outcome import (
    CLARIFY,
    OUT_OF_SCOPE,
    Thresholds,
    asked_topics,
    choices,
    decide,
)

THRESHOLDS = Thresholds(answer=0.6, clarify=0.3, several=0.5)


def ranking(*confidences: tuple[str, float]) -> Sequence[Ranked]:
    return [Ranked(intent, confidence, confidence) for intent, confidence in confidences]


@pytest.mark.parametrize(
    ("ranked", "decision"),
    [
        ((), OUT_OF_SCOPE),
        ((("faq/grey_screen", 0.9),), "faq/grey_screen"),
        ((("faq/grey_screen", 0.6),), "faq/grey_screen"),
        ((("faq/grey_screen", 0.59),), CLARIFY),
        ((("faq/grey_screen", 0.3),), CLARIFY),
        ((("faq/grey_screen", 0.29),), OUT_OF_SCOPE),
        (((OUT_OF_SCOPE, 0.9), ("faq/grey_screen", 0.05)), OUT_OF_SCOPE),
        (((OUT_OF_SCOPE, 0.5), ("faq/grey_screen", 0.4)), CLARIFY),
        (((OUT_OF_SCOPE, 0.5), ("faq/grey_screen", 0.2)), OUT_OF_SCOPE),
        (((OUT_OF_SCOPE, 0.65), ("faq/grey_screen", 0.32)), OUT_OF_SCOPE),
        (((OUT_OF_SCOPE, 0.5),), OUT_OF_SCOPE),
    ],
)
def test_the_decision_follows_the_thresholds(
    ranked: tuple[tuple[str, float], ...], decision: str
) -> None:
    assert decide(ranking(*ranked), THRESHOLDS) == decision


def test_the_choices_are_the_likeliest_topics_and_nothing_else() -> None:
    ranked = ranking(
        ("faq/grey_screen", 0.4),
        ("greet", 0.2),
        ("faq/firewall", 0.1),
        (OUT_OF_SCOPE, 0.1),
        ("faq/missing_forms", 0.05),
        ("faq/proxy", 0.01),
    )

    assert choices(ranked) == ["grey_screen", "firewall", "missing_forms"]


def test_without_a_topic_there_is_nothing_to_choose() -> None:
    assert choices(ranking(("greet", 0.9))) == []


GREY = ("faq/grey_screen", 0.7)
FEES = ("faq/fees", 0.6)
ROLES = ("faq/roles", 0.9)


@pytest.mark.parametrize(
    ("whole", "parts", "topics"),
    [
        ((GREY, FEES), ((GREY,), (FEES,)), ["faq/grey_screen", "faq/fees"]),
        ((GREY, FEES), ((FEES,), (GREY,)), ["faq/fees", "faq/grey_screen"]),
        ((GREY, FEES), ((GREY,), (GREY,)), []),
        ((GREY, FEES), ((GREY,), (("faq/fees", 0.49),)), []),
        ((GREY, FEES), ((GREY,), (ROLES,)), []),
        ((GREY, FEES), ((GREY,), (("chitchat/thank", 0.9),)), []),
        ((GREY, FEES), (), []),
        ((GREY, FEES, ROLES), ((GREY,), (FEES,), (ROLES,)), [GREY[0], FEES[0], ROLES[0]]),
    ],
)
def test_several_topics_are_asked_when_the_parts_and_the_whole_agree(
    whole: tuple[tuple[str, float], ...],
    parts: tuple[tuple[tuple[str, float], ...], ...],
    topics: list[str],
) -> None:
    asked = asked_topics(ranking(*whole), [ranking(*part) for part in parts], THRESHOLDS)

    assert [topic.intent for topic in asked] == topics


@pytest.mark.parametrize(
    ("ranked", "decision"),
    [
        ((("faq/missing_forms", 0.5), ("faq/key_renewed", 0.4)), "faq/missing_forms"),
        ((("faq/missing_forms", 0.5), ("faq/grey_screen", 0.4)), CLARIFY),
        ((("faq/grey_screen", 0.5), ("faq/key_renewed", 0.4)), CLARIFY),
    ],
)
def test_topics_that_lead_to_one_offer_are_sure_together(
    ranked: tuple[tuple[str, float], ...], decision: str
) -> None:
    kin = frozenset({"faq/missing_forms", "faq/key_renewed"})

    assert decide(ranking(*ranked), Thresholds(0.6, 0.3, 0.5, kin)) == decision
