"""Counting what became of the messages."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.evaluation.messages import Judged, Outcome

SHORT_REGISTERS = frozenset({"clear", "terse", "sloppy"})
_BINS = 10


@dataclass(frozen=True)
class Figure:
    """One line of the table. ``share``: 0 to 1; ``target``: what was promised."""

    label: str
    share: float
    count: int
    target: float | None = None
    at_most: bool = False

    @property
    def is_met(self) -> bool | None:
        """Say whether the promise is kept; None where nothing was promised."""
        if self.target is None:
            return None
        return self.share <= self.target if self.at_most else self.share >= self.target


@dataclass(frozen=True)
class Bin:
    """Messages of like confidence: how sure Cybo was, and how often it was right."""

    confidence: float
    right: float
    count: int


def share(judged: Sequence[Judged], is_hit: Callable[[Judged], bool]) -> float:
    """Give the share of messages for which ``is_hit``; nan where there are none."""
    return sum(map(is_hit, judged)) / len(judged) if judged else float("nan")


def figures(judged: Sequence[Judged]) -> list[Figure]:
    """Give the promised figures for the messages of one language."""
    in_scope = [j for j in judged if j.message.is_in_scope]
    outside = [j for j in judged if not j.message.is_in_scope]
    short = [j for j in in_scope if j.message.register in SHORT_REGISTERS]
    stories = [j for j in in_scope if j.message.register == "story"]
    return [
        Figure("clear + terse + sloppy: answered right", share(short, _is_right), len(short), 0.97),
        *(
            Figure(f"  {register}: answered right", share(group, _is_right), len(group))
            for register in ("clear", "terse", "sloppy", "short")
            if (group := [j for j in in_scope if j.message.register == register])
        ),
        Figure("stories: answered right", share(stories, _is_right), len(stories), 0.88),
        Figure("stories: answered or offered", share(stories, _is_helped), len(stories), 0.97),
        Figure(
            "out of scope: not answered",
            share(outside, lambda j: j.outcome is not Outcome.WRONG),
            len(outside),
            0.97,
        ),
        Figure(
            "in scope: sent away",
            share(in_scope, lambda j: j.outcome is Outcome.SENT_AWAY),
            len(in_scope),
            0.01,
            at_most=True,
        ),
        Figure(
            "language named right, no context",
            share(judged, lambda j: j.language == j.message.language),
            len(judged),
            0.97,
        ),
    ]


def reliability(judged: Sequence[Judged]) -> list[Bin]:
    """Sort the messages by confidence into ten bins of equal width."""
    bins = []
    for number in range(_BINS):
        low, high = number / _BINS, (number + 1) / _BINS
        group = [j for j in judged if low <= j.confidence < high or (j.confidence == high == 1)]
        if group:
            mean = sum(j.confidence for j in group) / len(group)
            bins.append(Bin(mean, share(group, _is_ranked_first), len(group)))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """Give the expected calibration error (Naeini 2015): 0 when confidence is honest."""
    total = sum(b.count for b in bins)
    return sum(abs(b.confidence - b.right) * b.count for b in bins) / total if total else 0.0


def confusions(judged: Sequence[Judged]) -> list[tuple[str, str, int]]:
    """Give (meant, understood, times) of all mistakes, most frequent first."""
    pairs = Counter(
        (j.message.topic, j.understood) for j in judged if j.outcome is not Outcome.RIGHT
    )
    return [(meant, understood, times) for (meant, understood), times in pairs.most_common()]


def worst_misses(judged: Sequence[Judged], limit: int) -> list[Judged]:
    """Give the wrong answers that Cybo was surest of."""
    wrong = [j for j in judged if j.outcome in (Outcome.WRONG, Outcome.SENT_AWAY)]
    return sorted(wrong, key=lambda j: -j.confidence)[:limit]


def _is_right(judged: Judged) -> bool:
    return judged.outcome is Outcome.RIGHT


def _is_helped(judged: Judged) -> bool:
    return judged.outcome in (Outcome.RIGHT, Outcome.OFFERED)


def _is_ranked_first(judged: Judged) -> bool:
    return judged.best == judged.message.topic
