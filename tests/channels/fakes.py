"""Stand-ins for what the gateway talks to."""

from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.assistant import Incoming, Reply


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

    async def handle(self, message: Incoming) -> list[Reply]:
        self.received.append(message)
        if self.clock:
            self.clock.now_s += self.turn_s
        if self.failure:
            raise self.failure
        return self.replies

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
