"""One message of a conversation at a time."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockStore


class ConversationLocks(LockStore):
    """Locks of this process that wake the next message at once.

    Rasa's own in-memory store looks every second whether its turn has come, so that a
    double click costs the second answer a second.
    """

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._waiting: Counter[str] = Counter()

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = 60, wait_time_in_seconds: float = 1
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold the conversation; forget its lock when nobody waits for it."""
        self._waiting[conversation_id] += 1
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        try:
            async with lock:
                yield TicketLock(conversation_id)
        finally:
            self._waiting[conversation_id] -= 1
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id], self._locks[conversation_id]

    def get_lock(self, conversation_id: str) -> TicketLock | None:
        """Rasa's interface for stores outside the process; nothing is kept here."""
        return None

    def save_lock(self, lock: TicketLock) -> None:
        """Rasa's interface for stores outside the process; nothing is kept here."""

    def delete_lock(self, conversation_id: str) -> None:
        """Rasa's interface for stores outside the process; nothing is kept here."""
