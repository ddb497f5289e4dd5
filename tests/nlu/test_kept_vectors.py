"""Examples that did not change are not encoded again."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.nlu.kept_vectors import encode_new

OLD = ["grijs scherm", "écran gris", "grey screen"]


class Counting:
    """An encoder that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, texts: list[str]) -> NDArray[Any]:
        self.asked.append(texts)
        return np.array([[len(text), text.count("e")] for text in texts], dtype=np.float32)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "vectors.npz"


@pytest.fixture
def encoder(file: Path) -> Counting:
    """An encoder that has encoded OLD once."""
    encoder = Counting()
    encode_new(OLD, "1", encoder, file)
    encoder.asked.clear()
    return encoder


def test_only_new_examples_are_encoded(encoder: Counting, file: Path) -> None:
    texts = ["new one", OLD[2], OLD[0], "another"]

    rows = encode_new(texts, "1", encoder, file)

    assert encoder.asked == [["new one", "another"]]
    assert rows.tolist() == Counting()(texts).tolist()
    assert rows.dtype == np.float32


def test_the_same_examples_cost_nothing(encoder: Counting, file: Path) -> None:
    rows = encode_new(OLD, "1", encoder, file)

    assert encoder.asked == []
    assert rows.tolist() == Counting()(OLD).tolist()


def test_an_example_that_is_there_twice_is_encoded_once(encoder: Counting, file: Path) -> None:
    rows = encode_new(["twice", "twice"], "1", encoder, file)

    assert encoder.asked == [["twice"]]
    assert rows.shape == (2, 2)


def test_what_another_version_encoded_is_not_used(encoder: Counting, file: Path) -> None:
    encode_new(OLD, "2", encoder, file)

    assert encoder.asked == [OLD]


def test_examples_that_went_are_not_kept(encoder: Counting, file: Path) -> None:
    encode_new(["new one"], "1", encoder, file)
    encoder.asked.clear()

    encode_new(OLD, "1", encoder, file)

    assert encoder.asked == [OLD]


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_a_damaged_file_costs_time_only(encoder: Counting, file: Path, content: bytes) -> None:
    file.write_bytes(content)

    rows = encode_new(OLD, "1", encoder, file)

    assert encoder.asked == [OLD]
    assert rows.tolist() == Counting()(OLD).tolist()


def test_where_nothing_can_be_written_training_goes_on(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")

    rows = encode_new(OLD, "1", Counting(), tmp_path / "cache" / "vectors.npz")

    assert rows.shape == (3, 2)


def test_no_text_is_written(encoder: Counting, file: Path) -> None:
    content = file.read_bytes()

    assert not any(text.encode() in content for text in OLD)
