"""Messages in answer to the form, with their moves and the details marked in them."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.details import InvalidDetail, parse_detail
from scripts.encoder.examples import MARK, MEANING, is_held_back, unmark

TODAY = date(2026, 11, 29)
"""The day on which the held-out messages were written."""


@dataclass(frozen=True)
class Mark:
    """Words that look like a detail. ``filing`` counts from 1, 0 where none is named."""

    detail: str
    words: str
    role: str = "value"
    filing: int = 0

    @property
    def value(self) -> str | None:
        """Give the canonical value; None when the words cannot be read or break a rule."""
        try:
            return parse_detail(self.detail, self.words, today=TODAY)
        except InvalidDetail:
            return None

    @property
    def broken_rule(self) -> str | None:
        """Name the rule that the words break; None when they are a value."""
        try:
            parse_detail(self.detail, self.words, today=TODAY)
        except InvalidDetail as error:
            return error.reason
        return None


@dataclass(frozen=True)
class Line:
    """A message in context: ``asked`` is what Cybo asked last."""

    language: str
    asked: str
    moves: tuple[str, ...]
    text: str
    marks: tuple[Mark, ...] = ()

    @property
    def values(self) -> tuple[Mark, ...]:
        """Give the marks that are to be written down."""
        return tuple(mark for mark in self.marks if mark.role == "value")

    def has(self, *moves: str) -> bool:
        """Say whether the visitor makes one of these moves."""
        return not set(moves).isdisjoint(self.moves)

    def does_besides(self, move: str, *others: str) -> bool:
        """Say whether the visitor makes one of the others, ``move`` itself left aside."""
        return self.has(*(other for other in others if other != move))


def comparable(name: str, value: str) -> str:
    """Give a value as it is compared: of a certificate's number the letters and digits alone.

    Cybo keeps it as typed; some who wrote the sets noted it without its separators.
    """
    return "".join(filter(str.isalnum, value)) if name == "certificate_number" else value


def read_lines(path: Path, language: str, *, only_held_back: bool) -> list[Line]:
    """Read a file of marked messages.

    ``only_held_back``: the tenth of the examples that the encoder was not tuned on.
    """
    return list(_lines(path, language, only_held_back=only_held_back))


def _lines(path: Path, language: str, *, only_held_back: bool) -> Iterator[Line]:
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            marked = row["text"].replace("\\n", "\n")
            if only_held_back and not is_held_back(unmark(marked)[0]):
                continue
            marks = tuple(_mark(found[1], found[2]) for found in MARK.finditer(marked))
            moves = tuple(row["moves"].split("+"))
            yield Line(language, row["asked"], moves, MARK.sub(r"\1", marked), marks)


def _mark(words: str, meaning: str) -> Mark:
    named = {
        kind: value
        for match in MEANING.finditer(meaning)
        for kind, value in match.groupdict().items()
        if value
    }
    filing = int(named.get("filing", 0))
    return Mark(named["detail"], words, named.get("role", "value"), filing)
