"""Whole conversations that Cybo is examined on: written as they are meant to be read."""

import csv
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest

from bot.details import DETAILS
from bot.language import LANGUAGES
from tests.heldout.test_moves import ASKED, MOVES

WRITTEN_ON = date(2026, 11, 29)
# How many each set has at least, a language.
SETS = {"heldout": 60, "development": 30}
WRITTEN = [(set_name, language) for set_name in SETS for language in LANGUAGES]
_CLOSED = {
    "filing_model": {
        *("full", "abbreviated", "micro", "consolidated", "other"),
        *("association_full", "association_abbreviated", "association_micro"),
    },
    "deposit_type": {"initial", "correction"},
    "filing_language": {"nl", "fr", "de", "en"},
    "certificate_type": {"globalsign", "isabel", "quovadis", "other"},
    "language": set(LANGUAGES),
}


def rows(set_name: str, language: str) -> list[dict[str, str]]:
    path = Path(__file__).parents[1] / set_name / f"dialogues.{language}.tsv"
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def changes(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Give what a message changes: the name of a detail, and its value."""
    for change in filter(None, row["changes"].split(" | ")):
        name, _, value = change.partition("=")
        yield name.split("#")[0], value


def is_possible(name: str, value: str) -> bool:
    if name not in {*DETAILS, "language", "certificate_brand"}:
        return False
    if not value:
        return True  # emptied, or done without
    if name == "enterprise_number":
        return len(value) == 10 and int(value[8:]) == 97 - int(value[:8]) % 97
    if name == "closing_date":
        return date.fromisoformat(value) <= WRITTEN_ON
    return value in _CLOSED.get(name, {value})


@pytest.mark.parametrize(("set_name", "language"), WRITTEN)
def test_each_conversation_goes_from_a_first_message_to_what_is_asked_then(
    set_name: str, language: str
) -> None:
    written = rows(set_name, language)
    conversations = [list(lines) for _, lines in groupby(written, lambda row: row["dialogue"])]

    wrong = [
        lines
        for lines in conversations
        if lines[-1]["text"] or not all(line["text"] for line in lines[:-1])
    ]

    assert len(conversations) >= SETS[set_name]
    assert wrong == []


@pytest.mark.parametrize(("set_name", "language"), WRITTEN)
def test_each_message_says_what_it_does_and_what_is_written_down(
    set_name: str, language: str
) -> None:
    wrong = [
        row
        for row in rows(set_name, language)
        if row["asked"] not in ASKED | {"ticket"}
        or (row["text"] and not set(row["moves"].split("+")) <= MOVES)
        or not all(is_possible(*change) for change in changes(row))
    ]

    assert wrong == []
