"""Examines the heads on the tenth of the data that they have not seen."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.reading.decode import OUTSIDE
from scripts.encoder.labels import Labels

Compared = tuple[NDArray[Any], NDArray[Any]]
"""What was found, and what should have been."""


def measure(
    labels: Labels, lengths: Sequence[int], moves: Compared, details: Compared, filings: Compared
) -> dict[str, float]:
    """Give shares from 0 to 1: whole sets of moves, details by span, and pieces' filings.

    ``lengths``: the pieces of each example. ``moves``: scores, and ones and zeros, a row an
    example; ``details`` and ``filings``: numbers, one a piece.
    """
    inside = details[1] > OUTSIDE
    wanted, found = (_all_spans(labels, lengths, numbers) for numbers in (details[1], details[0]))
    count = Counter[str]()
    for ours, theirs in zip(found, wanted, strict=True):
        count.update(found=len(ours), wanted=len(theirs), right=len(ours & theirs))
        count["exact"] += ours == theirs
    return {
        "moves all right": _share((_chosen(moves[0]) == (moves[1] > 0)).all(1).sum(), len(lengths)),
        "details precision": _share(count["right"], count["found"]),
        "details recall": _share(count["right"], count["wanted"]),
        "messages with every detail right": _share(count["exact"], len(lengths)),
        "pieces of details with the right filing": _share(
            (filings[0] == filings[1])[inside].sum(), inside.sum()
        ),
        "number of messages": len(lengths),
        "number of details": count["wanted"],
    }


def _chosen(scores: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Choose the moves that are likelier than not, or else the likeliest."""
    chosen = scores > 0
    none = ~chosen.any(axis=1)
    chosen[none, scores[none].argmax(axis=1)] = True
    return chosen


def _share(part: float, whole: float) -> float:
    return round(float(part) / float(whole), 4) if whole else 0.0


def _all_spans(
    labels: Labels, lengths: Sequence[int], numbers: NDArray[Any]
) -> list[set[tuple[int, int, str]]]:
    ends = np.cumsum(lengths)
    parts = np.split(numbers, ends[:-1])
    return [set(_spans([labels.details[number] for number in part])) for part in parts]


def _spans(labels: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Give the details that labels in BIO notation name: first piece, end and kind."""
    start, kind = 0, ""
    for place, label in enumerate([*labels, "O"]):
        goes_on = kind and label == f"I-{kind}"
        if kind and not goes_on:
            yield start, place, kind
            kind = ""
        if not goes_on and label != "O":
            start, kind = place, label[2:]
