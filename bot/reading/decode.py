"""From the scores of the encoder's heads to a reading."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.reading.model import SAME, VALUE, Names, Reading, Stated

Array = NDArray[Any]
OUTSIDE = 0
"""The label of a piece that belongs to no detail."""
# Words that could mean two values are asked again.
_CLEAR = 0.8
# "Both abbreviated" speaks half of the first filing and half of the second.
_OF_ONE_FILING = 0.65
# A second value right after a first one: the piece must say that it begins, not merely lean to it.
_ANEW = 9
_NAME = "certificate_owner"
# What stands behind a value and is no part of it: "0403.170.701!!"
_AROUND = ",;:!?…"
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
        detail, _, role = kinds.names[kind].partition("!")
        # A name may end in a full stop: "Ets. Dupont S.A."
        around = _AROUND if detail == _NAME else _AROUND + "."
        begin, stop = _trimmed(text, places[start][0], places[end - 1][1], around)
        if begin < stop:
            likely_kind = (first + inside)[start:end, kind]
            certainty = float(np.average(likely_kind, weights=widths[start:end]))
            filing = _filing(scores.filings[start:end])
            meant = _meant(detail, scores.values[start:end], names)
            stated.append(Stated(detail, role or VALUE, begin, stop, filing, certainty, meant))
    moves = dict(zip(names.moves, map(float, likely), strict=True))
    return Reading(moves, tuple(_whole_details(text, stated)))


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


def _whole_details(text: str, stated: Sequence[Stated]) -> list[Stated]:
    """Join neighbouring words of one detail that were given different roles: "Tim" and "Segers".

    The role of the longer part that is surer counts.
    """
    whole: list[Stated] = []
    for mark in stated:
        last = whole[-1] if whole else None
        is_split = (
            last is not None
            and (last.detail, last.filing) == (mark.detail, mark.filing)
            and last.role != mark.role
            and SAME not in {last.role, mark.role}
            and not text[last.end : mark.start].strip()
        )
        if last and is_split:
            surer = max(last, mark, key=lambda part: part.certainty * (part.end - part.start))
            whole[-1] = replace(surer, start=last.start, end=mark.end)
        else:
            whole.append(mark)
    return whole


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


def _filing(scores: Array) -> int:
    """Give the filing that a detail's pieces speak of; none, where they speak of several."""
    shares = _softmax(scores).mean(axis=0)
    best = int(shares.argmax())
    return best if shares[best] >= _OF_ONE_FILING else 0


def _meant(detail: str, scores: Array, names: Names) -> str:
    """Give the value of a closed list that a detail's pieces together speak for."""
    columns = [n for n, name in enumerate(names.values) if name.startswith(f"{detail}=")]
    if not columns:
        return ""
    shares = _softmax(scores[:, columns].mean(axis=0)[None, :])[0]
    best = int(shares.argmax())
    return names.values[columns[best]].partition("=")[2] if shares[best] >= _CLEAR else ""


def _trimmed(text: str, start: int, end: int, around: str) -> tuple[int, int]:
    """Leave out the blanks that a piece begins with, and the marks behind a value."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in around):
        end -= 1
    return start, end


def _softmax(scores: Array) -> Array:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    softened: Array = shares / shares.sum(axis=1, keepdims=True)
    return softened
