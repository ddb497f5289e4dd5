"""Purging once a day in the background."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping

_LOG = logging.getLogger(__name__)
# Not while visitors wait for a server that has just started.
_FIRST_AFTER_S = 300.0
_EVERY_S = 86_400.0
_BEAT_S = 60.0
# Between two batches whoever else wants to write gets his turn.
_PAUSE_S = 0.05


class Heartbeat:
    """Does something small in a thread once a minute. ``work``: says what to log, if anything."""

    def __init__(self, work: Callable[[], str], *, every_s: float = _BEAT_S) -> None:
        self._work = work
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            try:
                if words := await asyncio.to_thread(self._work):
                    _LOG.error(words)
            except Exception:  # noqa: BLE001 (in a minute it may be well again)
                _LOG.exception("heartbeat.failed")


class _Stopping(Exception):
    """The server stops; the rest waits for its next start."""


class DailyPurge:
    """Runs ``purge`` once a day.

    ``purge``: is given what to call between two batches, gives how many went, by kind.
    """

    def __init__(
        self,
        purge: Callable[[Callable[[], None]], Mapping[str, int]],
        *,
        first_after_s: float = _FIRST_AFTER_S,
        every_s: float = _EVERY_S,
    ) -> None:
        self._purge = purge
        self._first_after_s = first_after_s
        self._every_s = every_s
        self._stopping = threading.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; the batch under way is finished."""
        self._stopping.set()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        wait_s = self._first_after_s
        while True:
            await asyncio.sleep(wait_s)
            wait_s = self._every_s
            try:
                gone = await asyncio.to_thread(self._purge, self._pause)
            except _Stopping:
                return
            except Exception:  # noqa: BLE001 (tomorrow the database may be well again)
                _LOG.exception("purge.failed")
            else:
                kinds = " ".join(f"{kind}={number}" for kind, number in gone.items())
                _LOG.info("purge.done %s", kinds)

    def _pause(self) -> None:
        if self._stopping.wait(_PAUSE_S):
            raise _Stopping
