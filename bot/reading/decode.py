"""From the scores of the encoder's heads to a reading."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.reading.model import VALUE, Names, Reading, Stated

Array = NDArray[Any]
OUTSIDE = 0
"""The label of a piece that belongs to no detail."""
# Words that could mean two values are asked again.
_CLEAR = 0.8
# A second value right after a first one: the piece must say that it begins, not merely lean to it.
_ANEW = 9
_SEAMS = frozenset(':=()";,')


@dataclass(frozen=True)
class Scores:
    """What the heads make of a message, a row a piece; of ``moves``: shape ``(moves,)``."""

    moves: Array
    labels: Array
    filings: Array
    values: Array


def decode(text: str, places: Sequence[tuple[int, int]], scores: Scores, names: Names) -> Reading:
    """Turn the heads' scores into a reading; ``places``: the characters that each piece covers."""
    likely = 1 / (1 + np.exp(-scores.moves.astype(np.float64)))
    kinds = _Kinds.of(names.details)
    first, inside = kinds.split(_softmax(scores.labels))
    starts_word = _word_starts(text, places)
    widths = np.array([len(text[start:end].strip()) for start, end in places])
    best = _same_in_a_word(first + inside, starts_word, widths)
    stated = []
    for start, end, kind in _runs(best, first, inside, starts_word):
        begin, stop = _trimmed(text, places[start][0], places[end - 1][1])
        if begin < stop:
            detail, _, role = kinds.names[kind].partition("!")
            likely_kind = (first + inside)[start:end, kind]
            certainty = float(np.average(likely_kind, weights=widths[start:end]))
            filing = int(scores.filings[start:end].sum(axis=0).argmax())
            meant = _meant(detail, scores.values[start:end], names)
            stated.append(Stated(detail, role or VALUE, begin, stop, filing, certainty, meant))
    return Reading(dict(zip(names.moves, map(float, likely), strict=True)), tuple(stated))


@dataclass(frozen=True)
class _Kinds:
    """The kinds of detail that labels in BIO notation speak of; the first is none."""

    names: list[str]
    firsts: list[int]
    insides: list[int]

    @classmethod
    def of(cls, labels: Sequence[str]) -> "_Kinds":
        kinds = list(dict.fromkeys(label[2:] for label in labels if label != "O"))
        place = {label: n for n, label in enumerate(labels)}
        firsts = [place[f"B-{kind}"] for kind in kinds]
        return cls(["", *kinds], firsts, [place[f"I-{kind}"] for kind in kinds])

    def split(self, shares: Array) -> tuple[Array, Array]:
        """Give how likely each piece begins and continues each kind; none is continued."""
        nothing = np.zeros((len(shares), 1))
        outside = shares[:, [OUTSIDE]]
        return (
            np.hstack([nothing, shares[:, self.firsts]]),
            np.hstack([outside, shares[:, self.insides]]),
        )


def _word_starts(text: str, places: Sequence[tuple[int, int]]) -> list[bool]:
    """Say of each piece whether a word begins with it: after a blank, or a mark beside a value."""
    covered = [text[start:end] for start, end in places]
    before = ["", *covered]
    return [
        not piece or piece[0].isspace() or piece[0] in _SEAMS or last[-1:] in _SEAMS
        for piece, last in zip(covered, before, strict=False)
    ]


def _same_in_a_word(likely: Array, starts_word: Sequence[bool], widths: Array) -> list[int]:
    """Choose one kind for all pieces of a word: none, where most of its letters belong to none."""
    weighed = likely * widths[:, None]
    edges = [n for n, is_start in enumerate(starts_word) if is_start or n == 0]
    best = [OUTSIDE] * len(likely)
    for start, end in pairwise([*edges, len(best)]):
        nothing, *kinds = weighed[start:end].sum(axis=0)
        if sum(kinds) > nothing:
            best[start:end] = [1 + int(np.argmax(kinds))] * (end - start)
    return best


def _runs(
    best: Sequence[int], first: Array, inside: Array, starts_word: Sequence[bool]
) -> Iterator[tuple[int, int, int]]:
    """Give pieces of one kind in a row: first piece, end and kind."""
    start = 0
    for place in range(1, len(best) + 1):
        if place < len(best) and best[place] == best[start]:
            kind = best[place]
            is_new = starts_word[place] and first[place, kind] > _ANEW * inside[place, kind]
            if not is_new:
                continue
        if best[start]:
            yield start, place, best[start]
        start = place


def _meant(detail: str, scores: Array, names: Names) -> str:
    """Give the value of a closed list that a detail's pieces together speak for."""
    columns = [n for n, name in enumerate(names.values) if name.startswith(f"{detail}=")]
    if not columns:
        return ""
    shares = _softmax(scores[:, columns].mean(axis=0)[None, :])[0]
    best = int(shares.argmax())
    return names.values[columns[best]].partition("=")[2] if shares[best] >= _CLEAR else ""


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out the blanks that a piece begins with."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _softmax(scores: Array) -> Array:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    softened: Array = shares / shares.sum(axis=1, keepdims=True)
    return softened
