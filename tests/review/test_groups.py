"""Grouping of queued messages: by likeness, whatever the language."""

import time
from datetime import datetime

import numpy as np
import pytest

from bot.review import Entry, group

AT = datetime(2026, 11, 25)


def entry(number: int, text: str, direction: list[float] | None, language: str = "nl") -> Entry:
    vector = None
    if direction is not None:
        vector = np.array(direction, dtype=np.float32)
        vector /= np.linalg.norm(vector)
    return Entry(number, AT, language, text, "unsure", (), vector=vector)


def texts(entries: list[Entry]) -> list[list[str]]:
    return [[e.text for e in found.entries] for found in group(entries)]


def test_messages_of_one_meaning_stand_together_and_large_groups_first() -> None:
    entries = [
        entry(1, "wat is het weer", [0, 1]),
        entry(2, "grijs scherm", [1, 0.1]),
        entry(3, "écran gris", [1, 0], "fr"),
        entry(4, "grey screen", [1, -0.1], "en"),
    ]

    assert texts(entries) == [
        ["écran gris", "grijs scherm", "grey screen"],
        ["wat is het weer"],
    ]


def test_the_message_in_the_middle_represents_its_group() -> None:
    edge, middle, other_edge = [1, -0.9], [1, 0], [1, 0.9]

    [first, second] = group(
        [entry(1, "a", edge), entry(2, "b", middle), entry(3, "c", other_edge)]
    )[0].entries[:2]

    assert first.text == "b"
    assert second.text in {"a", "c"}


def test_the_same_words_count_once_and_are_decided_on_together() -> None:
    entries = [
        entry(1, "Grijs scherm!", [1, 0]),
        entry(2, "grijs  scherm!", [1, 0]),
        entry(3, "grijs scherm!", [1, 0], "fr"),
    ]

    [found] = group(entries)

    assert [e.id for e in found.entries] == [1, 3]
    assert found.ids == [1, 2, 3]


def test_a_message_without_vector_stands_alone() -> None:
    assert texts([entry(1, "a", None), entry(2, "b", [1, 0]), entry(3, "c", [1, 0])]) == [
        ["b", "c"],
        ["a"],
    ]


def test_no_messages_make_no_groups() -> None:
    assert group([]) == []


@pytest.mark.alone
def test_two_thousand_messages_are_grouped_in_less_than_a_second() -> None:
    vectors = np.random.default_rng(1).normal(size=(2000, 512)).tolist()
    entries = [entry(n, f"message {n}", vector) for n, vector in enumerate(vectors)]

    started = time.perf_counter()
    groups = group(entries)

    assert time.perf_counter() - started < 1
    assert sum(len(found.entries) for found in groups) == 2000
