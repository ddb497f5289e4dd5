"""Taking over how tickets stand in the desk's tool: what is closed there is closed here."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from bot.errors import HelpdeskError

_LOG = logging.getLogger(__name__)
_EVERY_S = 3600.0
# The desk's people work with that tool: it is asked one ticket after the other, unhurried.
_PAUSE_S = 0.2


class Desk(Protocol):
    """The desk's tool; see ``RequestTracker``."""

    async def status(self, reference: str) -> str | None:
        """Say how a ticket stands there; None when it is not known there."""


class Tickets(Protocol):
    """Where tickets are kept; see ``SqlTicketStore``."""

    def open_references(self) -> Sequence[str]:
        """Name the tickets that are not closed, oldest first."""

    def take_over(self, reference: str, status: str, *, now: datetime) -> bool:
        """Note how a ticket stands; False when it stood so already."""


class StatusWatch:
    """Asks once an hour. A ticket that is closed there starts to age here (`retention.yml`)."""

    def __init__(
        self,
        desk: Desk,
        tickets: Tickets,
        now: Callable[[], datetime],
        *,
        every_s: float = _EVERY_S,
        pause_s: float = _PAUSE_S,
    ) -> None:
        self._desk = desk
        self._tickets = tickets
        self._now = now
        self._every_s = every_s
        self._pause_s = pause_s
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> int:
        """Ask for every open ticket; gives how many had changed.

        Raises: HelpdeskError, when the tool does not answer.
        """
        changed = 0
        for reference in await asyncio.to_thread(self._tickets.open_references):
            status = await self._desk.status(reference)
            if status:
                changed += await asyncio.to_thread(
                    self._tickets.take_over, reference, status, now=self._now()
                )
            await asyncio.sleep(self._pause_s)
        return changed

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            try:
                changed = await self.look()
            except HelpdeskError as error:
                _LOG.warning("status.unknown error=%s", type(error).__name__)
            except Exception:  # noqa: BLE001 (in an hour the database may be well again)
                _LOG.exception("status.failed")
            else:
                _LOG.info("status.looked changed=%s", changed)
