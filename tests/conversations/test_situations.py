"""The situations that public suites for dialogues know, in our domain and in three languages.

What Cybo does otherwise stands in `situations.known.tsv`: who mends one takes its line out.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.evaluation.dialogues import read_dialogues
from bench.evaluation.driving import Examiner, examiner
from bot.language import LANGUAGES

pytestmark = pytest.mark.trained
FOLDER = Path(__file__).parent
# Another training is another draw, and some messages stand near a threshold.
MAY_TURN = 3
SITUATIONS = [
    dialogue
    for language in LANGUAGES
    for dialogue in read_dialogues(FOLDER / f"situations.{language}.tsv", language)
]


def known() -> dict[tuple[str, str], str]:
    with (FOLDER / "situations.known.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {(row["language"], row["situation"]): row["what"] for row in rows}


@pytest.fixture(scope="module")
def examined() -> Iterator[Examiner]:
    with examiner({}) as found:
        yield found


def test_every_language_has_its_situations() -> None:
    assert {s.language for s in SITUATIONS} == set(LANGUAGES)
    assert len(SITUATIONS) > 240


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_situations_go_as_they_should(language: str, examined: Examiner) -> None:
    played = [await examined.play(s) for s in SITUATIONS if s.language == language]

    faults = {p.dialogue.number: p.fault for p in played if p.fault}
    new = {number: fault for number, fault in faults.items() if (language, number) not in known()}
    assert len(new) <= MAY_TURN, new
