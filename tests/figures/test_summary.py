"""Adding up counters over a period."""

from datetime import date, timedelta

import pytest

from bot.figures import Count
from bot.figures.summary import Period, as_csv, durations, over_time, top, totals

FIRST = date(2026, 11, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


COUNTS = [
    Count(day(0), "nl", "turn", "answer", 6),
    Count(day(0), "fr", "turn", "answer", 2),
    Count(day(0), "nl", "turn", "smalltalk", 3),
    Count(day(2), "nl", "turn", "clarify", 2),
    Count(day(2), "nl", "conversation", "web", 4),
    Count(day(2), "nl", "topic", "fees", 5),
    Count(day(0), "fr", "topic", "fees", 1),
    Count(day(0), "fr", "topic", "access", 2),
    Count(day(0), "nl", "duration", "20", 9),
    Count(day(0), "nl", "duration", "longer", 1),
    Count(day(9), "nl", "turn", "answer", 99),
]


def test_numbers_are_added_up_by_day_and_kind() -> None:
    period = Period(day(0), day(2))

    series = over_time(COUNTS, "turn", period.stretches(), ("answer", "clarify"))

    assert [(one.key, one.values, one.total) for one in series] == [
        ("answer", (8, 0, 0), 8),
        ("clarify", (0, 0, 2), 2),
        ("other", (3, 0, 0), 3),
    ]


def test_without_keys_all_that_occurs_is_told_apart_the_most_frequent_first() -> None:
    series = over_time(COUNTS, "topic", Period(day(0), day(2)).stretches())

    assert [(one.key, one.values) for one in series] == [("fees", (1, 0, 5)), ("access", (2, 0, 0))]


@pytest.mark.parametrize(
    ("days", "stretches", "last"), [(1, 1, 1), (92, 92, 1), (93, 14, 2), (365, 53, 1)]
)
def test_a_long_period_is_cut_into_weeks(days: int, stretches: int, last: int) -> None:
    period = Period.latest(days, day(0))

    found = period.stretches()

    assert (period.days, len(found), found[-1].days) == (days, stretches, last)
    assert (found[0].first, found[-1].last) == (period.first, day(0))
    assert sum(stretch.days for stretch in found) == days


def test_totals_of_a_period() -> None:
    found = totals(COUNTS[:-1])

    assert (found.conversations, found.turns, found.tickets) == (4, 13, 0)
    assert found.outcomes == {"answer": 8, "clarify": 2, "out_of_scope": 0, "handoff": 0}
    assert found.answered_percent == 80
    assert (found.p50, found.p95) == ("20", "longer")


def test_nothing_counted_comes_to_nothing() -> None:
    found = totals([])

    assert (found.turns, found.answered_percent, found.p50) == (0, None, None)
    assert top([], "topic") == []


def test_the_most_frequent_come_first() -> None:
    assert top(COUNTS, "topic") == [("fees", 6), ("access", 2)]
    assert top(COUNTS, "topic", 1) == [("fees", 6)]


def test_durations_keep_the_order_of_their_buckets() -> None:
    assert [name for name, _ in durations(COUNTS)] == "5 10 20 50 100 250 1000 longer".split()
    assert dict(durations(COUNTS))["20"] == 9


def test_the_csv_holds_the_counters_themselves() -> None:
    assert as_csv(COUNTS[:1]).splitlines() == [
        "day,language,name,key,number",
        "2026-11-01,nl,turn,answer,6",
    ]
