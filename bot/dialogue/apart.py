"""The assistant on an event loop and a thread of its own, for who serves many at once.

A turn computes: 10 ms as a rule, a tenth of a second for 4,000 letters of somebody who means
harm. On the loop that answers the network everything else waited meanwhile. Here a turn
competes with other turns only; the network is answered between two of its steps.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import Any, TypeVar

from bot.dialogue.assistant import Assistant, Incoming
from bot.dialogue.history import Progress, Reply, Turn
from bot.dialogue.responses import GuidanceResponses
from bot.reading.model import Reading

# Actions that wait for a database hold one each.
_THREADS = 16
_PATIENCE_S = 30.0
_T = TypeVar("_T")


class AssistantApart:
    """Does what channels ask of ``Assistant``, from any event loop; ``stop`` ends its thread.

    What it was asked last comes to its end before the thread does. Who observes the assistant is
    called on that thread.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="actions"))
        self._thread = Thread(target=self._loop.run_forever, name="dialogue", daemon=True)
        self._thread.start()

    @property
    def responses(self) -> GuidanceResponses:
        """Give the answers that this assistant was trained with."""
        return self._assistant.responses

    async def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Do something on the loop of the dialogue, such as watching it."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def stop(self) -> None:
        """End; whoever is still waiting for an answer gets it first."""
        await self.run(_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join)
        self._loop.close()

    async def handle(self, message: Incoming) -> list[Reply]:
        """Answer one message."""
        return await self.run(self._assistant.handle(message))

    async def masked(self, message: Incoming) -> str:
        """Give a message as it is understood and kept."""
        return await self.run(self._assistant.masked(message))

    async def parse(self, text: str, sender: str = "") -> dict[str, Any]:
        """Say what the model makes of a text."""
        return await self.run(self._assistant.parse(text, sender))

    def read(self, text: str, asked: str | None = None) -> Reading:
        """Say what a passage of a mail does and states, in the thread that asks."""
        return self._assistant.read(text, asked)

    async def answered(self, sender: str, message_id: str) -> Turn | None:
        """Give a turn of the latest session, by the id of its message."""
        return await self.run(self._assistant.answered(sender, message_id))

    async def turn(self, sender: str, message_id: str) -> Turn | None:
        """Give a turn of any session, by the id of its message."""
        return await self.run(self._assistant.turn(sender, message_id))

    async def latest_turns(self, sender: str, most: int) -> list[Turn]:
        """Give the last turns, oldest first."""
        return await self.run(self._assistant.latest_turns(sender, most))

    async def is_full(self, sender: str, most: int) -> bool:
        """Say whether the latest session has so many turns, and would go on."""
        return await self.run(self._assistant.is_full(sender, most))

    async def progress(self, sender: str) -> Progress | None:
        """Say which question of the migration request is open, if one is."""
        return await self.run(self._assistant.progress(sender))

    async def language(self, sender: str) -> str | None:
        """Give the conversation's language."""
        return await self.run(self._assistant.language(sender))

    async def tracker_json(self, sender: str) -> dict[str, Any]:
        """Give the conversation as Rasa's HTTP API prints it."""
        return await self.run(self._assistant.tracker_json(sender))

    async def probe(self) -> None:
        """Parse a message in each language."""
        await self.run(self._assistant.probe())

    async def check_database(self) -> None:
        """Read from the trackers' database; raises whatever the database raises."""
        await self.run(self._assistant.check_database())


async def _others() -> None:
    """Wait for everything else that is under way on this loop."""
    if others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others, timeout=_PATIENCE_S)
    await asyncio.get_running_loop().shutdown_default_executor()
