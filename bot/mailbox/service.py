"""Watches the mailbox for as long as the process runs."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from bot.mailbox.imap import ImapMailbox, MailboxUnreachable
from bot.mailbox.intake import Intake

_LOG = logging.getLogger(__name__)
# A server may drop an idle connection after half an hour (RFC 2177); firewalls much sooner.
# Looking again this often also finds what an announcement missed.
_IDLE_S = 25.0
_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 300.0


class MailService:
    """Receives mail in the background. ``queued`` is called when answers may wait to leave."""

    def __init__(
        self,
        intake: Intake,
        queued: Callable[[], None],
        connect: Callable[[], ImapMailbox],
        poll_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._intake = intake
        self._queued = queued
        self._new_mailbox = connect
        self._poll_s = poll_s
        self._clock = clock
        self._mailbox: ImapMailbox | None = None
        self._task: asyncio.Task[None] | None = None
        self._fetched_at: float | None = None

    @property
    def age_s(self) -> float | None:
        """Give the seconds since the mailbox was last read through; None before the first time."""
        return None if self._fetched_at is None else self._clock() - self._fetched_at

    async def start(self) -> None:
        """Begin watching."""
        self._task = asyncio.create_task(self._receive())

    async def stop(self) -> None:
        """Stop watching; what is under way is found again at the next start."""
        if self._task is None:
            return
        self._task.cancel()
        if self._mailbox:
            self._mailbox.interrupt()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _receive(self) -> None:
        pause = _FIRST_PAUSE_S
        while True:
            try:
                await self._watch()
            except MailboxUnreachable as error:
                _LOG.warning("mailbox.unreachable wait_s=%.0f %s", pause, error)
            except Exception:  # noqa: BLE001 (a database that is away comes back)
                _LOG.exception("mailbox.failed wait_s=%.0f", pause)
            # A connection that worked for a while is tried again at once.
            age = self.age_s
            pause = _FIRST_PAUSE_S if age is not None and age < _LONGEST_PAUSE_S else pause
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _watch(self) -> None:
        """Handle what comes until the connection breaks."""
        mailbox = self._mailbox = self._new_mailbox()
        try:
            await asyncio.to_thread(mailbox.connect)
            while True:
                if await self._intake.run_once(mailbox):
                    self._queued()
                self._fetched_at = self._clock()
                if not await asyncio.to_thread(mailbox.wait, min(_IDLE_S, self._poll_s)):
                    await asyncio.sleep(self._poll_s)
        finally:
            with suppress(MailboxUnreachable):
                await asyncio.to_thread(mailbox.close)
