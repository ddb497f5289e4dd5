"""Takes items from the outbox to their targets."""

import asyncio
import logging
import random
import traceback
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from bot.delivery.outbox import (
    DELIVERY_TIMEOUT_S,
    MOST_TRIES,
    PARKED,
    InDoubt,
    Item,
    OutboxStore,
    Refused,
    Target,
    TryLater,
    pause,
)

_LOG = logging.getLogger(__name__)
# No delivery takes longer than half of it: after it, a claimed item counts as abandoned.
_ABANDONED_AFTER = timedelta(seconds=2 * DELIVERY_TIMEOUT_S)
_IDLE_S = 1.0
# What arrived and is not noted would leave once more: worth some patience with a database.
_NOTING_PAUSES_S = (0.5, 5.0, 30.0)


class OutboxWorker:
    """Delivers what is due: to each target one item at a time, to none at another's pace."""

    def __init__(
        self,
        store: OutboxStore,
        targets: Iterable[Target],
        now: Callable[[], datetime],
        *,
        abandoned_after: timedelta = _ABANDONED_AFTER,
    ) -> None:
        self._store = store
        self._targets = {target.name: target for target in targets}
        self._now = now
        self._abandoned_after = abandoned_after
        self._wakes = {name: asyncio.Event() for name in self._targets}
        # A machine that slept finds its own leases old; what it holds is not abandoned.
        self._under_way: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to deliver in the background."""
        self._tasks = [asyncio.create_task(self._run(t)) for t in self._targets.values()]

    async def stop(self) -> None:
        """Stop; what is under way is taken up again at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def counts(self) -> Mapping[str, int]:
        """Count what waits and what left, by status."""
        return self._store.counts()

    def wake(self) -> None:
        """Look at once: something was queued."""
        for wake in self._wakes.values():
            wake.set()

    async def _run(self, target: Target) -> None:
        wake = self._wakes[target.name]
        while True:
            try:
                await self._deliver_due(target)
            except Exception:  # noqa: BLE001 (a database that is away comes back)
                _LOG.exception("outbox.failed target=%s", target.name)
            wake.clear()
            try:
                await asyncio.wait_for(wake.wait(), _IDLE_S)
            except asyncio.TimeoutError:
                continue

    async def deliver_due(self) -> int:
        """Deliver everything that is due now; gives how many items were tried."""
        tried = 0
        while some := sum(
            await asyncio.gather(*(self._deliver_due(t) for t in self._targets.values()))
        ):
            tried += some
        return tried

    async def _deliver_due(self, target: Target) -> int:
        await self._recover(target)
        tried = 0
        while item := await asyncio.to_thread(self._store.claim, [target.name], self._now()):
            tried += 1
            self._under_way.add(item.lease)
            try:
                await self._deliver(target, item)
            finally:
                self._under_way.discard(item.lease)
        return tried

    async def _recover(self, target: Target) -> None:
        """Decide on items whose worker died between claiming and noting what happened."""
        found = await asyncio.to_thread(self._store.abandoned, target.name, self._abandoned_after)
        for item in found:
            if item.lease in self._under_way:
                continue
            if not target.is_idempotent:
                await self._give_to_people(target, item)
            elif item.tries >= MOST_TRIES:
                await self._park(item, "abandoned")
            else:
                self._heard(item, await self._put_back(item, self._now(), "abandoned"))

    async def _deliver(self, target: Target, item: Item) -> None:
        try:
            await asyncio.wait_for(target.deliver(item), target.timeout_s)
        except Refused as error:
            await self._park(item, str(error))
        except TryLater as error:
            await self._retry(item, str(error))
        except (InDoubt, asyncio.TimeoutError) as error:
            if target.is_idempotent:
                await self._retry(item, str(error) or "timed out")
            else:
                await self._give_to_people(target, item)
        except Exception as error:  # noqa: BLE001 (whatever it is, people hear of it in the end)
            words = _words_of(error)
            _LOG.error("outbox.unforeseen id=%s target=%s error=%s", item.id, item.target, words)
            await self._retry(item, words)
        else:
            await self._note_arrival(item)

    async def _note_arrival(self, item: Item) -> None:
        for pause_s in (*_NOTING_PAUSES_S, None):
            try:
                is_noted = await asyncio.to_thread(self._store.done, item, self._now())
            except Exception:
                if pause_s is None:
                    raise
                await asyncio.sleep(pause_s)
            else:
                self._heard(item, is_noted)
                _LOG.info(
                    "outbox.delivered id=%s target=%s tries=%s", item.id, item.target, item.tries
                )
                return

    async def _retry(self, item: Item, error: str) -> None:
        if item.tries >= MOST_TRIES:
            await self._park(item, error)
            return
        wait = pause(item.tries, random.random())  # noqa: S311 (spreads load, guards nothing)
        self._heard(item, await self._put_back(item, self._now() + wait, error))
        _LOG.warning(
            "outbox.later id=%s target=%s tries=%s wait_s=%.0f",
            item.id,
            item.target,
            item.tries,
            wait.total_seconds(),
        )

    async def _put_back(self, item: Item, at: datetime, error: str) -> bool:
        return await asyncio.to_thread(self._store.later, item, at, error)

    async def _park(self, item: Item, error: str) -> None:
        if self._heard(item, await asyncio.to_thread(self._store.park, item, error)):
            _LOG.error("outbox.parked id=%s target=%s tries=%s", item.id, item.target, item.tries)

    async def _give_to_people(self, target: Target, item: Item) -> None:
        instead = target.instead(item)
        status = await asyncio.to_thread(self._store.doubt, item, instead, self._now())
        if not self._heard(item, bool(status)):
            return
        _LOG.error(
            "outbox.%s id=%s target=%s instead=%s",
            status,
            item.id,
            item.target,
            instead.target if instead and status != PARKED else "nothing",
        )
        self.wake()

    def _heard(self, item: Item, is_held: bool) -> bool:
        """Say whether the outcome was taken down; somebody else may hold the item by now."""
        if not is_held:
            _LOG.warning("outbox.lost id=%s target=%s tries=%s", item.id, item.target, item.tries)
        return is_held


def _words_of(error: Exception) -> str:
    """Name an error that nobody foresaw; its own words may be words of a ticket."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
