"""Takes items from the outbox to their targets."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from bot.delivery.outbox import (
    MOST_TRIES,
    InDoubt,
    Item,
    OutboxStore,
    Refused,
    Target,
    TryLater,
    pause,
)

_LOG = logging.getLogger(__name__)
# No delivery may take longer: after it, a claimed item counts as abandoned.
DELIVERY_TIMEOUT_S = 120
_ABANDONED_AFTER = timedelta(seconds=2 * DELIVERY_TIMEOUT_S)
_IDLE_S = 1.0


class OutboxWorker:
    """Delivers what is due, one item at a time."""

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
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to deliver in the background."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop; what is under way is taken up again at the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def counts(self) -> Mapping[str, int]:
        """Count what waits and what left, by status."""
        return self._store.counts()

    def wake(self) -> None:
        """Look at once: something was queued."""
        self._wake.set()

    async def _run(self) -> None:
        while True:
            try:
                await self.deliver_due()
            except Exception:  # noqa: BLE001 (a database that is away comes back)
                _LOG.exception("outbox.failed")
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), _IDLE_S)
            except asyncio.TimeoutError:
                continue

    async def deliver_due(self) -> int:
        """Deliver everything that is due now; gives how many items were tried."""
        await self._recover()
        tried = 0
        names = list(self._targets)
        while item := await asyncio.to_thread(self._store.claim, names, self._now()):
            tried += 1
            await self._deliver(item)
        return tried

    async def _recover(self) -> None:
        """Decide on items whose worker died between claiming and noting what happened."""
        limit = self._now() - self._abandoned_after
        for item in await asyncio.to_thread(self._store.abandoned, limit):
            target = self._targets.get(item.target)
            if target is None:
                continue
            if target.is_idempotent:
                self._store.later(item, self._now(), "abandoned")
            else:
                self._give_to_people(target, item)

    async def _deliver(self, item: Item) -> None:
        target = self._targets[item.target]
        try:
            await asyncio.wait_for(target.deliver(item), DELIVERY_TIMEOUT_S)
        except (TryLater, asyncio.TimeoutError) as error:
            if isinstance(error, asyncio.TimeoutError) and not target.is_idempotent:
                self._give_to_people(target, item)
            else:
                self._retry(item, str(error) or "timed out")
        except InDoubt:
            if target.is_idempotent:
                self._retry(item, "in doubt")
            else:
                self._give_to_people(target, item)
        except Refused as error:
            self._park(item, str(error))
        else:
            self._store.done(item, self._now())
            _LOG.info("outbox.delivered id=%s target=%s tries=%s", item.id, item.target, item.tries)

    def _retry(self, item: Item, error: str) -> None:
        if item.tries >= MOST_TRIES:
            self._park(item, error)
            return
        wait = pause(item.tries, random.random())  # noqa: S311 (spreads load, guards nothing)
        self._store.later(item, self._now() + wait, error)
        _LOG.warning(
            "outbox.later id=%s target=%s tries=%s wait_s=%.0f",
            item.id,
            item.target,
            item.tries,
            wait.total_seconds(),
        )

    def _park(self, item: Item, error: str) -> None:
        self._store.park(item, error)
        _LOG.error("outbox.parked id=%s target=%s tries=%s", item.id, item.target, item.tries)

    def _give_to_people(self, target: Target, item: Item) -> None:
        instead = target.instead(item)
        self._store.doubt(item, instead, self._now())
        _LOG.error(
            "outbox.doubtful id=%s target=%s instead=%s",
            item.id,
            item.target,
            instead.target if instead else "nothing",
        )
