"""Computing the vectors of the review queue in the background, so that its page opens at once."""

import asyncio
import logging
from collections.abc import Callable

_LOG = logging.getLogger(__name__)
_EVERY_S = 5.0


class ReviewVectors:
    """Gives each queued message its vector. ``fill``: does so for a few; says for how many."""

    def __init__(self, fill: Callable[[], int]) -> None:
        self._fill = fill
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to compute."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop; what lacks a vector gets it after the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                # Between two batches visitors get their turn.
                pause = 0.1 if await asyncio.to_thread(self._fill) else _EVERY_S
            except Exception:  # noqa: BLE001 (a database that is away comes back)
                _LOG.exception("review_vectors.failed")
                pause = _EVERY_S
            await asyncio.sleep(pause)
