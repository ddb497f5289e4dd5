"""The messages that Cybo is examined on, and what became of each."""

import csv
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from bot.understanding.classifier import Ranked
from bot.understanding.outcome import CLARIFY, OUT_OF_SCOPE, SEVERAL, choices

_NOT_ANSWERED = frozenset({OUT_OF_SCOPE, CLARIFY, "speak_german", "speak_other_language"})


@dataclass(frozen=True)
class Labelled:
    """One message of ``tests/heldout`` or ``tests/development``."""

    language: str
    topic: str
    register: str
    text: str

    @property
    def is_in_scope(self) -> bool:
        """Say whether Cybo has an answer to it."""
        return self.topic != OUT_OF_SCOPE


class Outcome(Enum):
    """What Cybo did with a message; the values are what the report prints."""

    RIGHT = "answered right"
    OFFERED = "right topic offered"
    ASKED = "asked back without it"
    WRONG = "answered wrong"
    SENT_AWAY = "sent away"


@dataclass(frozen=True)
class Judged:
    """A message, what Cybo understood (intent as in the labels), and how that counts."""

    message: Labelled
    understood: str
    outcome: Outcome
    confidence: float
    best: str
    language: str
    milliseconds: float


def read_messages(folder: Path, language: str) -> list[Labelled]:
    """Read the messages of one language."""
    with (folder / f"{language}.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Labelled(language, row["topic"], row["register"], row["text"]) for row in rows]


def judge(message: Labelled, parsed: dict[str, Any], milliseconds: float) -> Judged:
    """Compare what Rasa's parse says with the label."""
    intent = full_intent(parsed)
    ranking = [
        Ranked(entry["name"], entry["probability"], entry["confidence"])
        for entry in parsed.get("intent_ranking") or []
    ]
    understood = intent.removeprefix("faq/")
    offered = parsed.get("topics", []) if intent == SEVERAL else choices(ranking)
    best = ranking[0] if ranking else Ranked("", 0.0, 0.0)
    return Judged(
        message,
        understood,
        _outcome(message, understood, [name.removeprefix("faq/") for name in offered]),
        best.confidence,
        best.intent.removeprefix("faq/"),
        str(parsed.get("language", "")),
        milliseconds,
    )


def full_intent(parsed: dict[str, Any]) -> str:
    """Name the intent with the topic of a retrieval intent: ``faq/grey_screen``."""
    name = str(parsed["intent"]["name"])
    selected = parsed.get("response_selector", {}).get(name, {})
    return str(selected.get("response", {}).get("intent_response_key", name))


def _outcome(message: Labelled, understood: str, offered: list[str]) -> Outcome:
    if understood == message.topic:
        return Outcome.RIGHT
    if not message.is_in_scope:
        return Outcome.ASKED if understood in _NOT_ANSWERED else Outcome.WRONG
    if understood == SEVERAL:
        # The right answer beside a needless one is help, but not a right answer.
        return Outcome.OFFERED if message.topic in offered else Outcome.WRONG
    if understood == CLARIFY:
        return Outcome.OFFERED if message.topic in offered else Outcome.ASKED
    return Outcome.SENT_AWAY if understood in _NOT_ANSWERED else Outcome.WRONG
