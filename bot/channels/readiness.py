"""Whether this process can answer: what a load balancer asks every few seconds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

_LOG = logging.getLogger(__name__)
# However often somebody asks, the databases are not asked more often than this.
_FRESH_S = 3.0
_WITHIN_S = 2.0

Check = Callable[[], Awaitable[None]]


class Readiness:
    """Carries out checks, each of which raises what ails it, and remembers what they said."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._checks: dict[str, Check] = {}
        self._clock = clock
        self._asked_at: float | None = None
        self._found: asyncio.Future[dict[str, bool]] | None = None

    def add(self, name: str, check: Check) -> None:
        """Carry out one more check."""
        self._checks[name] = check

    async def look(self) -> dict[str, bool]:
        """Say for each check whether it passed, just now or a moment ago."""
        now = self._clock()
        if self._found is None or self._asked_at is None or now - self._asked_at >= _FRESH_S:
            self._asked_at = now
            self._found = asyncio.ensure_future(self._ask())
        # Whoever asks meanwhile waits for the same answer; who leaves does not end it.
        return dict(await asyncio.shield(self._found))

    async def _ask(self) -> dict[str, bool]:
        answers = await asyncio.gather(*(self._passes(name) for name in self._checks))
        return dict(zip(self._checks, answers, strict=True))

    async def _passes(self, name: str) -> bool:
        try:
            await asyncio.wait_for(self._checks[name](), _WITHIN_S)
        except Exception:  # noqa: BLE001 (whatever ails the database, the answer is no)
            _LOG.exception("readyz.%s", name)
            return False
        return True
