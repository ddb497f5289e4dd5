"""Held-out and development messages stay out of the training data."""

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.language import LANGUAGES
from bot.nlu.encoder import encode
from bot.shell.project import read_examples
from bot.understanding.spelling import normalise

TESTS = Path(__file__).parent.parent
NEAR_COPY = 0.97


@pytest.fixture(scope="module")
def training() -> NDArray[np.float32]:
    examples = [t for by in read_examples().values() for group in by.values() for t in group]
    return encode([normalise(text) for text in examples])


def texts(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=3)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("set_name", ["development", "heldout"])
def test_no_message_and_no_near_copy_of_one_is_trained_on(
    training: NDArray[np.float32], set_name: str, language: str
) -> None:
    messages = texts(TESTS / set_name / f"{language}.tsv")
    for double in (TESTS / set_name).glob(f"two_questions.{language}.tsv"):
        messages += texts(double)

    nearest = (encode([normalise(text) for text in messages]) @ training.T).max(axis=1)

    leaked = [text for text, cosine in zip(messages, nearest, strict=True) if cosine > NEAR_COPY]
    assert len(messages) > 300
    assert leaked == []
