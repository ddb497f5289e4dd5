"""Reads what the encoder is tuned on: intents, moves and details, and holds a tenth back.

Which tenth is told by each text's digest, so that it stays the same when data are added.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import yaml

from bot.understanding.spelling import alike, normalise

NOTHING_ASKED = {"none", "mail"}
_HELD_BACK_OF_256 = 26
MARK = re.compile(r"\[([^\[\]]{1,500})\]\(([^()]{1,60})\)")
MEANING = re.compile(r"(?P<detail>[a-z_]+)|!(?P<role>wrong|sender|other|same)|#(?P<filing>\d)")


@dataclass(frozen=True)
class Span:
    """A detail in a text: from ``start`` up to ``end``; ``filing`` 0 where none is named."""

    start: int
    end: int
    detail: str
    role: str
    filing: int


@dataclass(frozen=True)
class Example:
    """A text with what it teaches: an intent, or moves and details at a question."""

    text: str
    asked: str | None = None
    intent: str | None = None
    moves: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def is_held_back(self) -> bool:
        """Say whether tuning must not see it."""
        return is_held_back(self.text)


def is_held_back(text: str) -> bool:
    """Say whether tuning must not see an example with this text, normalised."""
    return sha256(text.encode()).digest()[0] < _HELD_BACK_OF_256


def read_intents(folder: Path) -> list[Example]:
    """Read Rasa's training files, every text as the classifier will see it."""
    return [
        Example(normalise(MARK.sub(r"\1", text)), intent=block["intent"])
        for file in sorted(folder.glob("*.yml"))
        for block in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]
        if "intent" in block
        for text in _lines(block["examples"])
    ]


def _lines(examples: str) -> Iterator[str]:
    for line in re.split(r"^- ", examples, flags=re.MULTILINE)[1:]:
        yield line.strip()


def read_moves(folder: Path) -> list[Example]:
    """Read the messages at each question, with their moves and marked details."""
    examples = []
    for file in sorted(folder.glob("*.tsv")):
        with file.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                text, spans = unmark(row["text"].replace("\\n", "\n"))
                asked = None if row["asked"] in NOTHING_ASKED else row["asked"]
                moves = tuple(row["moves"].split("+"))
                examples.append(Example(text, asked, moves=moves, spans=spans))
    return examples


def unmark(marked: str) -> tuple[str, tuple[Span, ...]]:
    """Take the marks out of a text, write its digits alike and say where the marks stood."""
    text, spans, place = "", [], 0
    for found in MARK.finditer(marked):
        text += alike(marked[place : found.start()])
        named = {
            kind: value
            for match in MEANING.finditer(found[2])
            for kind, value in match.groupdict().items()
            if value
        }
        start = len(text)
        text += alike(found[1])
        spans.append(
            Span(
                start,
                len(text),
                named["detail"],
                named.get("role", "value"),
                int(named.get("filing", 0)),
            )
        )
        place = found.end()
    return text + alike(marked[place:]), tuple(spans)
