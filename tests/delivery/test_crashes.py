"""The process is killed between any two steps of a delivery; the ticket arrives once."""

import os
import signal
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.outbox import DONE, Item
from bot.delivery.ticket import WEBHOOK
from bot.delivery.worker import OutboxWorker
from bot.storage import SqlOutbox, SqlTicketStore, open_database
from bot.storage import tickets as ticket_module
from tests.delivery.conftest import make_ticket
from tests.mailbox.test_crashes import deadly, in_a_process_of_its_own

NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)


class Receiver:
    """Keeps each ticket once, as whoever heeds the idempotency key does."""

    name = WEBHOOK
    is_idempotent = True
    timeout_s = 5.0

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def deliver(self, item: Item) -> None:
        with (self._folder / "calls").open("a") as calls:
            calls.write("x")
        (self._folder / item.key).write_bytes(item.payload)

    def instead(self, item: Item) -> Item | None:
        return None


STEPS = {
    "after queuing, before the ticket's commit": (ticket_module, "queue", True),
    "before claiming": (SqlOutbox, "claim", False),
    "after claiming": (SqlOutbox, "claim", True),
    "before delivering": (Receiver, "deliver", False),
    "after delivering": (Receiver, "deliver", True),
    "before noting it": (SqlOutbox, "done", False),
    "after noting it": (SqlOutbox, "done", True),
}


@pytest.mark.parametrize("step", STEPS)
def test_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    received = tmp_path / "received"
    received.mkdir()
    url = f"sqlite:///{tmp_path}/cybo.db"

    async def work(*, now: datetime = NOW) -> None:
        engine = open_database(url)
        # Whoever confirms again after a crash makes the same ticket.
        SqlTicketStore(engine, [WEBHOOK]).open(make_ticket().draft, now=NOW)
        # The clock of the database cannot be moved on: who comes later waits for no lease.
        after = timedelta(seconds=-1) if now > NOW else timedelta(minutes=4)
        targets = [Receiver(received)]
        worker = OutboxWorker(SqlOutbox(engine), targets, lambda: now, abandoned_after=after)
        await worker.deliver_due()

    owner, name, after = STEPS[step]
    with monkeypatch.context() as patch:
        method: Any = getattr(owner, name)
        patch.setattr(owner, name, deadly(method, after=after))
        assert in_a_process_of_its_own(work) == signal.SIGKILL
    later = NOW + timedelta(hours=1)
    assert in_a_process_of_its_own(lambda: work(now=later)) == 0

    engine = open_database(url)
    assert len(SqlTicketStore(engine).list()) == 1
    assert SqlOutbox(engine).counts() == {DONE: 1}
    tickets = [name for name in os.listdir(received) if name != "calls"]
    assert len(tickets) == 1
    assert len((received / "calls").read_text()) <= 2
