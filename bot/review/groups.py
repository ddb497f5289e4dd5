"""Messages that mean about the same, so that an editor decides once for all of them.

Around the message with the most neighbours a group is formed of all of them, then around
the next one that is left: largest groups first. The vectors are equal across languages,
and so are the groups. Measured on the development set (978 messages, 25/11/2026), the
share of grouped messages that have the topic of most of their group: 85 % at 0.55, 92 % at
0.60, 95 % at 0.65; at 0.60 a third of these deliberately different messages find a group.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.review.entries import Entry
from bot.understanding.text import fold

MIN_COSINE = 0.60


@dataclass(frozen=True)
class Group:
    """Messages of one meaning; the first represents the others. No text comes twice.

    ``repeats``: entries with a text of the group that are not shown themselves, by the
    entry that is shown.
    """

    entries: tuple[Entry, ...]
    repeats: dict[int, tuple[int, ...]]

    @property
    def ids(self) -> list[int]:
        """Name every entry that a decision on the group is about."""
        return [number for entry in self.entries for number in self.ids_of(entry)]

    def ids_of(self, entry: Entry) -> tuple[int, ...]:
        """Name an entry and those of the same words."""
        return (entry.id, *self.repeats.get(entry.id, ()))


def group(entries: Sequence[Entry], *, min_cosine: float = MIN_COSINE) -> list[Group]:
    """Group entries by likeness, largest groups first; one without a vector stays alone."""
    first: dict[tuple[str, str], Entry] = {}
    again: dict[int, list[int]] = {}
    for entry in entries:
        # The same words may mean something else in another language ("fin", "pour").
        shown = first.setdefault((entry.language, fold(entry.text)), entry)
        if shown is not entry:
            again.setdefault(shown.id, []).append(entry.id)
    repeats = {number: tuple(others) for number, others in again.items()}
    placed = [entry for entry in first.values() if entry.vector is not None]
    alone = [[entry] for entry in first.values() if entry.vector is None]
    groups = sorted([*_around_leaders(placed, min_cosine), *alone], key=len, reverse=True)
    return [
        Group(tuple(found), {e.id: repeats[e.id] for e in found if e.id in repeats})
        for found in groups
    ]


def _around_leaders(entries: Sequence[Entry], min_cosine: float) -> list[list[Entry]]:
    if not entries:
        return []
    vectors = np.vstack([entry.vector for entry in entries if entry.vector is not None])
    cosines = vectors @ vectors.T
    near = cosines >= min_cosine
    # float16 may leave a message a hair away from itself.
    np.fill_diagonal(near, val=True)
    # Of two with as many neighbours, the one closer to them represents them better.
    closeness = np.where(near, cosines, 0).sum(axis=1) / (len(entries) + 1)
    neighbours = near.sum(axis=1)
    is_left = np.ones(len(entries), dtype=bool)
    groups = []
    while is_left.any():
        leader = int(np.argmax(np.where(is_left, neighbours + closeness, -1)))
        members = np.flatnonzero(near[leader] & is_left)
        is_left[members] = False
        neighbours = neighbours - near[:, members].sum(axis=1)
        order = [leader, *(int(m) for m in members if m != leader)]
        groups.append([entries[row] for row in sorted(order, key=lambda r: -cosines[leader, r])])
    return groups
