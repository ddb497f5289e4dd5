"""Messages that ask two things, and which of them were answered."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.evaluation.figures import Figure
from bench.evaluation.messages import full_intent
from bot.understanding.outcome import SEVERAL


@dataclass(frozen=True)
class Double:
    """A message and the two topics that it asks about."""

    topics: frozenset[str]
    text: str


@dataclass(frozen=True)
class Answered:
    """What Cybo answered to it: topics without ``faq/``."""

    message: Double
    topics: frozenset[str]


def read_doubles(folder: Path, language: str) -> list[Double]:
    """Read the messages of one language; none where nobody has written any yet."""
    if not (folder / f"two_questions.{language}.tsv").exists():
        return []
    with (folder / f"two_questions.{language}.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Double(frozenset(row["topics"].split("+")), row["text"]) for row in rows]


def answered(message: Double, parsed: dict[str, Any]) -> Answered:
    """Read from Rasa's parse which topics would be answered."""
    intent = full_intent(parsed)
    named = parsed.get("topics", []) if intent == SEVERAL else [intent]
    topics = {name.removeprefix("faq/") for name in named if name.startswith("faq/")}
    return Answered(message, frozenset(topics))


def double_figures(answers: Sequence[Answered]) -> list[Figure]:
    """Count what became of the messages of one language."""
    count = len(answers)
    if not count:
        return []

    def figure(label: str, hits: int) -> Figure:
        return Figure(label, hits / count, count)

    return [
        figure("two questions: both answered", sum(a.message.topics <= a.topics for a in answers)),
        figure(
            "two questions: at least one answered",
            sum(bool(a.message.topics & a.topics) for a in answers),
        ),
        figure(
            "two questions: another one answered",
            sum(bool(a.topics - a.message.topics) for a in answers),
        ),
    ]
