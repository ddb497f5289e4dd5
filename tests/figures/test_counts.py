"""Durations are counted in buckets; percentiles are read from them."""

from datetime import date

import pytest

from bot.figures import DURATION, Count, bucket, percentile


@pytest.mark.parametrize(("ms", "name"), [(0.4, "5"), (5, "5"), (5.1, "10"), (2000, "longer")])
def test_a_duration_falls_into_the_bucket_that_ends_above_it(ms: float, name: str) -> None:
    assert bucket(ms) == name


def test_a_percentile_is_the_bucket_below_which_that_share_lies() -> None:
    day = date(2026, 11, 24)
    durations = [
        Count(day, "nl", DURATION, "10", 90),
        Count(day, "fr", DURATION, "20", 8),
        Count(day, "fr", DURATION, "longer", 2),
    ]

    assert percentile(durations, 0.5) == "10"
    assert percentile(durations, 0.95) == "20"
    assert percentile(durations, 0.99) == "longer"
    assert percentile([], 0.5) is None
