"""What visitors do in the middle of a request: the examples, and what they are examined on."""

import csv
import re
from pathlib import Path

import pytest

from bot.details import DETAILS
from bot.language import LANGUAGES
from bot.reading.same import WHOLE
from bot.shell.project import DATA
from bot.understanding.text import fold

HELD_OUT = Path(__file__).parent
TRAINING = Path(__file__).parents[2] / DATA / "moves"
OUTSIDE_THE_FORM = {"none", "offer_request", "clarify", "anything_else", "mail"}
ASKED = {*DETAILS, "add_filing", "confirm_ticket", "detail_to_change", *OUTSIDE_THE_FORM}
MOVES = set(
    "affirm deny give correct help ask stop restart person pause skip repeat language open add "
    "remove status unsolved smalltalk scope noise".split()
)
MARKED = {*DETAILS, WHOLE}
MARK = re.compile(r"\[([^\[\]]{1,500})\]\(([^()]{0,60})\)")
MEANING = re.compile(
    r"(?P<detail>\w+)(?:!(?:wrong|sender|other|same))?(?:#\d)?(?:!(?:wrong|sender|other|same))?"
)
KINDS = ("moves", "details")
FILES = [(TRAINING, kind) for kind in (*KINDS, "mails")] + [(HELD_OUT, kind) for kind in KINDS]


def rows(folder: Path, kind: str, language: str) -> list[dict[str, str]]:
    with (folder / f"{kind}.{language}.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(MARK.sub(r"\1", text))))


@pytest.mark.parametrize(("folder", "kind"), FILES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_says_what_was_asked_and_marks_known_details(
    language: str, kind: str, folder: Path
) -> None:
    lines = rows(folder, kind, language)

    wrong = [
        row
        for row in lines
        if row["asked"] not in ASKED
        or not set(row["moves"].split("+")) <= MOVES
        or not row["text"].strip()
        or any(
            not (meaning := MEANING.fullmatch(mark[2])) or meaning["detail"] not in MARKED
            for mark in MARK.finditer(row["text"])
        )
    ]

    assert len(lines) >= 250
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_is_held_out_stands_in_the_examples(language: str) -> None:
    examples = {words(r["text"]) for k in (*KINDS, "mails") for r in rows(TRAINING, k, language)}

    held_out = {words(r["text"]) for k in KINDS for r in rows(HELD_OUT, k, language)}

    # Signs alone are nobody's wording.
    assert not (examples & held_out) - {""}
