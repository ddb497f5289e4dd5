"""Noticing what holds up the event loop: while it stands still, every visitor waits."""

import asyncio
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable

_LOG = logging.getLogger(__name__)
_BEAT_S = 0.02
STALL_S = 0.1
"""From here on a stall is written down with where it happened."""

_FRAMES = 4


class LoopMonitor:
    """Measures how late the event loop comes to a task that is due every few milliseconds.

    ``name``: of the loop, for the log; ``observe``: is told every delay, in seconds. A thread
    looks where the event loop is when it does not come: names of files and functions, no values.
    """

    def __init__(self, name: str, observe: Callable[[float], None]) -> None:
        self._name = name
        self._observe = observe
        self._task: asyncio.Task[None] | None = None
        self._stopping = threading.Event()
        self._due = 0.0
        self._where = ""

    async def start(self) -> None:
        """Begin to measure."""
        self._due = time.monotonic() + _BEAT_S
        self._task = asyncio.create_task(self._run())
        threading.Thread(
            target=self._watch,
            args=(threading.get_ident(),),
            name=f"{self._name}-monitor",
            daemon=True,
        ).start()

    async def stop(self) -> None:
        """Stop."""
        self._stopping.set()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            worked_s, self._where = time.thread_time(), ""
            self._due = time.monotonic() + _BEAT_S
            await asyncio.sleep(_BEAT_S)
            late_s = max(0.0, time.monotonic() - self._due)
            self._observe(late_s)
            if late_s >= STALL_S:
                # Little work in a long stall, nowhere in particular: the machine was busy.
                worked_s = time.thread_time() - worked_s
                _LOG.warning(
                    "loop.stalled loop=%s seconds=%.3f worked=%.3f where=%s",
                    self._name,
                    late_s,
                    worked_s,
                    self._where or "unknown",
                )

    def _watch(self, thread: int) -> None:
        """Look where the event loop stands while it is late; the latest look counts."""
        while not self._stopping.wait(_BEAT_S):
            if time.monotonic() - self._due >= STALL_S / 2:
                frame = sys._current_frames().get(thread)
                steps = traceback.extract_stack(frame)[-_FRAMES:] if frame else []
                self._where = " < ".join(
                    f"{step.filename.rpartition('/')[2]}:{step.lineno}:{step.name}"
                    for step in reversed(steps)
                )
