"""Counters added up over a period, for charts and tables."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.figures.counts import (
    BUCKETS_MS,
    CONVERSATION,
    DURATION,
    LONGER,
    THUMB,
    TICKET,
    TURN,
    Count,
    percentile,
)

OUTCOMES = ("answer", "clarify", "out_of_scope", "handoff")
"""What can become of a question. Small talk, the form and errors count as ``OTHER``."""
OTHER = "other"
MAX_DAYS = 731
"""Two years; what lies further back is in the CSV."""
# More columns than days in a quarter cannot be told apart: weeks then.
_MOST_DAYS_APART = 92


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @classmethod
    def latest(cls, days: int, today: date) -> "Period":
        """Give the last ``days`` days, today among them."""
        return cls(today - timedelta(days=days - 1), today)

    @property
    def days(self) -> int:
        """Count the days."""
        return (self.last - self.first).days + 1

    def stretches(self) -> list["Period"]:
        """Cut the period into days, or a long one into weeks from its first day."""
        step = 1 if self.days <= _MOST_DAYS_APART else 7
        starts = [self.first + timedelta(days=n) for n in range(0, self.days, step)]
        return [Period(s, min(s + timedelta(days=step - 1), self.last)) for s in starts]


@dataclass(frozen=True)
class Series:
    """One kind of what is counted: a number a stretch."""

    key: str
    values: tuple[int, ...]

    @property
    def total(self) -> int:
        """Add up the values."""
        return sum(self.values)


def over_time(
    counts: Sequence[Count], name: str, stretches: Sequence[Period], keys: Sequence[str] = ()
) -> list[Series]:
    """Add up what is called ``name``; ``keys``: what is told apart, all that occurs if none.

    With ``keys``, whatever else occurs is added up under ``OTHER``.
    """
    place = {
        stretch.first + timedelta(days=n): row
        for row, stretch in enumerate(stretches)
        for n in range(stretch.days)
    }
    found: dict[str, list[int]] = {key: [0] * len(stretches) for key in keys}
    for count in counts:
        if count.name == name and count.day in place:
            key = count.key if not keys or count.key in keys else OTHER
            found.setdefault(key, [0] * len(stretches))[place[count.day]] += count.number
    series = [Series(key, tuple(values)) for key, values in found.items()]
    return series if keys else sorted(series, key=lambda s: (-s.total, s.key))


def top(counts: Sequence[Count], name: str, limit: int = 10) -> list[tuple[str, int]]:
    """Give the most frequent keys of what is called ``name``."""
    found: Counter[str] = Counter()
    for count in counts:
        if count.name == name:
            found[count.key] += count.number
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:limit]


def durations(counts: Sequence[Count]) -> list[tuple[str, int]]:
    """Give how many answers fell into each bucket, the fastest first."""
    found = dict(top(counts, DURATION, len(BUCKETS_MS) + 1))
    return [(name, found.get(name, 0)) for name in (*map(str, BUCKETS_MS), LONGER)]


@dataclass(frozen=True)
class Totals:
    """What a period comes to. ``p50``, ``p95``: buckets, None without any answer."""

    conversations: int
    turns: int
    outcomes: dict[str, int]
    tickets: int
    thumbs_up: int
    thumbs_down: int
    p50: str | None
    p95: str | None

    @property
    def answered_percent(self) -> int | None:
        """Give the share of the questions that were answered; None without questions."""
        questions = sum(self.outcomes.values())
        return round(100 * self.outcomes["answer"] / questions) if questions else None


def totals(counts: Sequence[Count]) -> Totals:
    """Add up everything."""
    found: Counter[tuple[str, str]] = Counter()
    for count in counts:
        found[count.name, count.key] += count.number
        found[count.name, ""] += count.number
    timed = [count for count in counts if count.name == DURATION]
    return Totals(
        found[CONVERSATION, ""],
        found[TURN, ""],
        {outcome: found[TURN, outcome] for outcome in OUTCOMES},
        found[TICKET, ""],
        found[THUMB, "up"],
        found[THUMB, "down"],
        percentile(timed, 0.5),
        percentile(timed, 0.95),
    )


def as_csv(counts: Sequence[Count]) -> str:
    """Write the counters themselves: a line a day, language, name and key."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("day", "language", "name", "key", "number"))
    for count in counts:
        row = (count.day.isoformat(), count.language, count.name, count.key, count.number)
        writer.writerow(row)
    return text.getvalue()
