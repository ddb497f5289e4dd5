"""Talking to the real assistant, in databases of its own that are gone afterwards."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from actions.handed import actions_with
from actions.services import services_of
from bench.evaluation.dialogues import (
    Dialogue,
    Fault,
    Played,
    expected_after,
    fault_of,
    written_down,
)
from bench.evaluation.judging import Judged, judge
from bench.evaluation.marked import TODAY, Line
from bench.evaluation.staging import history, slots_when_asked
from bench.evaluation.turns import Key, Turn, details_of, said_last, state_of
from bot.dialogue.assistant import FORM, Assistant, Incoming
from bot.settings import read_settings
from bot.storage import SqlTicketStore, open_database
from bot.tickets.store import TicketStore

# Databases in memory, where the machine has such a folder: a commit need not reach a disk.
_IN_MEMORY = Path("/dev/shm")


@dataclass
class Examiner:
    """Plays messages and conversations to an assistant, each as somebody else."""

    assistant: Assistant
    tickets: TicketStore
    _numbers: Iterator[int] = field(default_factory=count)

    async def judge(self, line: Line) -> Judged:
        """Send a message where its question has just been asked."""
        sender = f"examined-{next(self._numbers)}"
        slots = slots_when_asked(line, self._order)
        await self._begin(sender, history(line, slots, self.assistant.responses.render))
        return judge(line, await self._send(sender, line.text, line.language))

    async def play(self, dialogue: Dialogue) -> Played:
        """Hold a conversation up to its first fault."""
        sender = f"examined-{next(self._numbers)}"
        expected: dict[Key, str] = {("language", 0): dialogue.language}
        for number, message in enumerate(dialogue.messages, 1):
            turn = await self._send(sender, message.text, dialogue.language)
            expected = expected_after(expected, message)
            found = written_down(turn.after, await self._ticket(turn))
            if reason := fault_of(message, expected, turn, found):
                return Played(dialogue, Fault(number, reason))
            if turn.is_ticket:
                # The request is the desk's now: what follows begins with nothing.
                expected = {key: value for key, value in expected.items() if key[0] == "language"}
        return Played(dialogue, None)

    @property
    def _order(self) -> Sequence[str]:
        return tuple(self.assistant._agent.domain.required_slots_for_form(FORM))

    async def _begin(self, sender: str, events: Sequence[Event]) -> None:
        agent = self.assistant._agent
        tracker = DialogueStateTracker(sender, agent.domain.slots)
        tracker.update_with_events(list(events), agent.domain)
        await agent.tracker_store.save(tracker)

    async def _send(self, sender: str, text: str, language: str) -> Turn:
        tracker = await self.assistant.tracker(sender)
        before, last = state_of(tracker), said_last(tracker.events)
        replies = await self.assistant.handle(Incoming(sender, text, "rest", language))
        has_failed = any(reply.outcome == "error" for reply in replies)
        tracker = await self.assistant.tracker(sender)
        said = () if has_failed else said_last(tracker.events)
        return Turn(before, state_of(tracker), said, last[-1] if last else None, has_failed)

    async def _ticket(self, turn: Turn) -> dict[Key, str] | None:
        """Give what stands in the ticket that a turn opened."""
        reference = turn.after.slots.get("last_ticket")
        if not (turn.is_ticket and reference):
            return None
        owned = await asyncio.to_thread(self.tickets.look_up, str(reference))
        return details_of(_slots_of(owned.ticket.draft)) if owned else None


def _slots_of(draft: Any) -> Mapping[str, Any]:
    return {**vars(draft), "filings": [dict(filing) for filing in draft.filings]}


@contextmanager
def examiner(environ: Mapping[str, str]) -> Iterator[Examiner]:
    """Load the trained model for as long as it is examined.

    Raises: ModelMissing, naming the command that trains one.
    """
    folder = _IN_MEMORY if _IN_MEMORY.is_dir() else None
    with TemporaryDirectory(prefix="examined-", dir=folder) as data:
        kept = {n: v for n, v in environ.items() if n != "CYBO_DATABASE_URL"}
        settings = read_settings({**kept, "CYBO_DATA_DIR": data})
        assistant = Assistant.load(settings)
        database = open_database(settings.tickets_url)
        # Hundreds of requests are confirmed with few addresses: no limits.
        tickets = SqlTicketStore(database, may_lack=settings.request_may_lack)
        served = replace(
            services_of(settings, database), tickets=tickets, tool=None, today=lambda: TODAY
        )
        assistant.use_actions(actions_with(served))
        yield Examiner(assistant, tickets)
