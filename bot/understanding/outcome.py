"""What to do with a ranking: answer, ask back, or say that it is out of scope."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding.classifier import Ranked

OUT_OF_SCOPE = "out_of_scope"
CLARIFY = "nlu_fallback"
"""Rasa's name for "not sure enough": the rules ask back with choices."""


@dataclass(frozen=True)
class Thresholds:
    """Confidences (0 to 1) at which Cybo answers and asks back, chosen on the development set.

    Stated cost: a wrong answer costs 3, sending an in-scope message away 2, answering
    out of scope 2, asking back 1 when the right topic is offered.
    """

    answer: float
    clarify: float


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
    if best.confidence >= thresholds.answer:
        return best.intent
    return CLARIFY if best.confidence >= thresholds.clarify else OUT_OF_SCOPE


def choices(ranking: Sequence[Ranked], *, prefix: str = "faq/", limit: int = 3) -> list[str]:
    """Give the topics to offer when asking back, best first."""
    topics = [ranked.intent for ranked in ranking if ranked.intent.startswith(prefix)]
    return [topic.removeprefix(prefix) for topic in topics[:limit]]
