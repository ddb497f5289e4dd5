"""Purging in the background."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping

import pytest

from bot.channels.housekeeping import DailyPurge

_PATIENCE_S = 5


async def test_it_purges_again_and_again_and_says_how_much_went(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    times = threading.Semaphore(0)

    def purge(pause: Callable[[], None]) -> Mapping[str, int]:
        times.release()
        return {"turns": 3, "mails": 0}

    service = DailyPurge(purge, first_after_s=0, every_s=0.01)
    await service.start()
    for _ in range(2):
        assert await asyncio.to_thread(times.acquire, timeout=_PATIENCE_S)
    await service.stop()

    assert "purge.done turns=3 mails=0" in caplog.text


async def test_a_database_that_is_away_is_tried_again() -> None:
    outcomes: list[str] = []
    again = threading.Event()

    def purge(pause: Callable[[], None]) -> Mapping[str, int]:
        if not outcomes:
            outcomes.append("failed")
            raise OSError("away")
        again.set()
        return {}

    service = DailyPurge(purge, first_after_s=0, every_s=0.01)
    await service.start()
    came = await asyncio.to_thread(again.wait, _PATIENCE_S)
    await service.stop()

    assert came


async def test_a_server_that_stops_does_not_wait_for_the_last_batch() -> None:
    began, ended = threading.Event(), threading.Event()

    def purge(pause: Callable[[], None]) -> Mapping[str, int]:
        try:
            while True:
                pause()
                began.set()
        finally:
            ended.set()

    service = DailyPurge(purge, first_after_s=0)
    await service.start()
    assert await asyncio.to_thread(began.wait, _PATIENCE_S)
    await service.stop()

    assert await asyncio.to_thread(ended.wait, _PATIENCE_S)
