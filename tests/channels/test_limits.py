import pytest

from bot.channels.limits import RateLimit
from tests.channels.fakes import FakeClock


def test_a_burst_goes_through_and_the_next_message_waits(clock: FakeClock) -> None:
    limit = RateLimit(60, 3, clock)

    waits = [limit.wait_s("an") for _ in range(4)]

    assert waits == [0, 0, 0, pytest.approx(1.0)]


def test_the_wait_told_is_long_enough(clock: FakeClock) -> None:
    limit = RateLimit(6, 1, clock)
    limit.wait_s("an")

    clock.now_s += limit.wait_s("an")

    assert limit.wait_s("an") == 0


def test_asking_again_too_early_does_not_lengthen_the_wait(clock: FakeClock) -> None:
    limit = RateLimit(6, 1, clock)
    limit.wait_s("an")

    first = limit.wait_s("an")
    second = limit.wait_s("an")

    assert second == pytest.approx(first)


def test_the_wait_shortens_as_time_passes(clock: FakeClock) -> None:
    limit = RateLimit(6, 1, clock)
    limit.wait_s("an")

    clock.now_s += 4

    assert limit.wait_s("an") == pytest.approx(6)


@pytest.mark.parametrize("pause_s", [60, 3600, 10**9])
def test_a_long_pause_earns_no_more_than_one_burst(clock: FakeClock, pause_s: float) -> None:
    limit = RateLimit(60, 2, clock)
    limit.wait_s("an")

    clock.now_s += pause_s
    waits = [limit.wait_s("an") for _ in range(3)]

    assert waits[:2] == [0, 0]
    assert waits[2] > 0


def test_in_the_long_run_no_more_than_the_rate_goes_through(clock: FakeClock) -> None:
    limit = RateLimit(60, 5, clock)
    passed = 0

    for _ in range(600):  # ten messages a second for a minute
        passed += limit.wait_s("an") == 0
        clock.now_s += 0.1

    assert 60 <= passed <= 65


def test_visitors_do_not_wait_for_each_other(clock: FakeClock) -> None:
    limit = RateLimit(60, 1, clock)
    limit.wait_s("an")

    assert limit.wait_s("bart") == 0


def test_a_clock_that_stands_still_breaks_nothing(clock: FakeClock) -> None:
    limit = RateLimit(1, 1, clock)

    waits = [limit.wait_s("an") for _ in range(3)]

    assert waits == [0, pytest.approx(60), pytest.approx(60)]


def test_visitors_long_gone_are_forgotten_before_those_at_hand(clock: FakeClock) -> None:
    limit = RateLimit(60, 1, clock)
    limit.wait_s("long gone")
    limit.wait_s("at hand")

    for visitor in range(49_999):
        limit.wait_s(str(visitor))
        if visitor == 40_000:
            limit.wait_s("at hand")

    assert limit.wait_s("at hand") > 0
    assert limit.wait_s("long gone") == 0
