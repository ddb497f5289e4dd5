"""What to do with a ranking: answer, ask back, or say that it is out of scope."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding.classifier import Ranked

OUT_OF_SCOPE = "out_of_scope"
CLARIFY = "nlu_fallback"
"""Rasa's name for "not sure enough": the rules ask back with choices."""
SEVERAL = "several_questions"
_TOPIC = "faq/"
_MAX_ANSWERS = 3


@dataclass(frozen=True)
class Thresholds:
    """Confidences (0 to 1) at which Cybo answers and asks back, chosen on the development set.

    Stated cost: a wrong answer costs 3, sending an in-scope message away 2, answering
    out of scope 2, asking back 1 when the right topic is offered. ``kin``: topics whose answers
    all lead to the same offer, so that which of them it was matters less than asking back.
    """

    answer: float
    clarify: float
    several: float
    kin: frozenset[str] = frozenset()


def decide(ranking: Sequence[Ranked], thresholds: Thresholds) -> str:
    """Name the intent to act on: the best one, ``CLARIFY`` or ``OUT_OF_SCOPE``."""
    if not ranking:
        return OUT_OF_SCOPE
    best = ranking[0]
    if best.intent == OUT_OF_SCOPE:
        # Near misses share words with a topic: a good second choice deserves a question.
        second = ranking[1] if len(ranking) > 1 else None
        is_close = (
            second is not None
            and second.confidence >= thresholds.clarify
            and best.confidence < thresholds.answer
        )
        return CLARIFY if is_close else OUT_OF_SCOPE
    if best.confidence >= thresholds.answer or _are_kin_sure(ranking, thresholds):
        return best.intent
    return CLARIFY if best.confidence >= thresholds.clarify else OUT_OF_SCOPE


def _are_kin_sure(ranking: Sequence[Ranked], thresholds: Thresholds) -> bool:
    """Say whether the best topic and its kin are, together, as sure as one that is answered."""
    together = sum(ranked.confidence for ranked in ranking if ranked.intent in thresholds.kin)
    return ranking[0].intent in thresholds.kin and together >= thresholds.answer


def asked_topics(
    whole: Sequence[Ranked], parts: Sequence[Sequence[Ranked]], thresholds: Thresholds
) -> list[Ranked]:
    """Give the topics of a message that asks for several, in its order; else none.

    ``whole``: the ranking of the message; ``parts``: of each of its questions. A part may
    sound like a topic by chance, so the message as a whole has to know the topic as well.
    """
    known = {ranked.intent for ranked in whole}
    asked: dict[str, Ranked] = {}
    for ranking in parts:
        best = ranking[0]
        if best.intent.startswith(_TOPIC) and best.confidence >= thresholds.several:
            asked.setdefault(best.intent, best)
    topics = [topic for name, topic in asked.items() if name in known][:_MAX_ANSWERS]
    return topics if len(topics) > 1 else []


def choices(ranking: Sequence[Ranked], *, prefix: str = _TOPIC, limit: int = 3) -> list[str]:
    """Give the topics to offer when asking back, best first."""
    topics = [ranked.intent for ranked in ranking if ranked.intent.startswith(prefix)]
    return [topic.removeprefix(prefix) for topic in topics[:limit]]
