"""Writing turns down in the background: no visitor waits for the desk's figures."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.turns import TurnRecord, TurnStore

_LOG = logging.getLogger(__name__)
# A turn that is in no table yet is lost when the process is killed; its conversation is not.
_EVERY_S = 1.0
# A database that is away for long must not fill the memory.
_MOST = 10_000
# The database does not answer, which says nothing of the turns.
_AWAY = (OperationalError, InterfaceError, PoolTimeout, OSError)


class TurnJournal:
    """Gathers turns and stores them once a second."""

    def __init__(self, store: TurnStore) -> None:
        self._store = store
        self._waiting: deque[TurnRecord] = deque()
        self._task: asyncio.Task[None] | None = None

    def note(self, turn: TurnRecord) -> None:
        """Take a turn, from any thread; it is stored within a second."""
        if len(self._waiting) < _MOST:
            self._waiting.append(turn)

    async def start(self) -> None:
        """Begin to store."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Store what waits, and end."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.flush()

    async def flush(self) -> None:
        """Store what waits; it goes on waiting when the database is away."""
        turns = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not turns:
            return
        try:
            await asyncio.to_thread(self._store.record, turns)
        except Exception as error:  # noqa: BLE001 (whatever ails the database, turns go on)
            _LOG.exception("journal.failed turns=%s", len(turns))
            kept = turns if isinstance(error, _AWAY) else await self._one_by_one(turns)
            self._waiting.extendleft(reversed(kept[: _MOST - len(self._waiting)]))

    async def _one_by_one(self, turns: Sequence[TurnRecord]) -> Sequence[TurnRecord]:
        """Store what can be stored; gives what has to wait for the database.

        A turn that no table takes must not keep all others out for ever.
        """
        for number, turn in enumerate(turns):
            try:
                await asyncio.to_thread(self._store.record, [turn])
            except _AWAY:
                return turns[number:]
            except Exception as error:  # noqa: BLE001 (whatever is odd about it)
                _LOG.error("journal.dropped turns=1 error=%s", type(error).__name__)
        return []

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            # Cancelling must not cut a write in two.
            await asyncio.shield(self.flush())
