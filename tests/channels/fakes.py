"""Stand-ins for what the gateway talks to."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.assistant import Incoming
from bot.dialogue.history import Progress, Reply, Turn
from bot.feedback import Feedback
from bot.privacy import mask_secrets


@dataclass
class FakeClock:
    """A clock that moves when a test says so."""

    now_s: float = 1000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class FakeAssistant:
    """Obeys the interface of ``Assistant`` and remembers what it was asked."""

    replies: list[Reply] = field(
        default_factory=lambda: [Reply("Een antwoord.", "answer", "nl", ["grey_screen"])]
    )
    failure: Exception | None = None
    database_failure: Exception | None = None
    probe_failure: Exception | None = None
    clock: FakeClock | None = None
    turn_s: float = 0.0
    received: list[Incoming] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    open_question: Progress | None = None

    async def handle(self, message: Incoming) -> list[Reply]:
        self.received.append(message)
        await asyncio.sleep(0)
        if self.clock:
            self.clock.now_s += self.turn_s
        if self.failure:
            raise self.failure
        return self.replies

    async def masked(self, message: Incoming) -> str:
        return mask_secrets(message.text).text

    async def latest_turns(self, sender: str, most: int) -> list[Turn]:
        if self.failure:
            return []
        return [
            Turn(message.id or "", message.text, 0.0, self.replies)
            for message in self.received
            if message.sender == sender
        ][-most:]

    async def turn(self, sender: str, message_id: str) -> Turn | None:
        turns = await self.latest_turns(sender, len(self.received) or 1)
        return next((turn for turn in turns if turn.id == message_id), None)

    async def answered(self, sender: str, message_id: str) -> Turn | None:
        return await self.turn(sender, message_id)

    async def is_full(self, sender: str, most: int) -> bool:
        return sum(message.sender == sender for message in self.received) >= most

    async def progress(self, sender: str) -> Progress | None:
        return self.open_question

    async def language(self, sender: str) -> str | None:
        return self.replies[0].language

    async def tracker_json(self, sender: str) -> dict[str, Any]:
        self.looked_up.append(sender)
        if self.failure:
            raise self.failure
        slots = {"language": "nl", "requested_slot": "closing_date"}
        return {"sender_id": sender, "slots": slots, "events": []}

    async def check_database(self) -> None:
        if self.database_failure:
            raise self.database_failure

    async def probe(self) -> None:
        if self.probe_failure:
            raise self.probe_failure


@dataclass
class FakeFeedbackStore:
    """Obeys the interface of ``FeedbackStore``."""

    recorded: list[Feedback] = field(default_factory=list)

    def record(self, feedback: Feedback) -> None:
        self.recorded.append(feedback)
