"""How tickets come to stand where they stand, and nobody waits for the database."""

import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from rasa_sdk.executor import ActionExecutor
from sqlalchemy import select
from sqlalchemy.engine import Engine

from actions.handed import actions_with
from actions.services import Services
from bot.storage import SqlTicketStore, open_database
from bot.storage.engine import connect, migrations, writing
from bot.storage.tables import AUDIT, FILINGS, TICKET_NOTES, TICKETS
from bot.tickets.access import Owned
from bot.tickets.gate import Gate
from bot.tickets.model import Addition, Draft, Ticket
from bot.tickets.status import steps_between
from bot.tickets.tries import MemoryTries
from tests.actions.test_schema import (
    CERTIFICATE,
    COMPLETE,
    REFERENCE,
    FakeTicketStore,
    Turn,
    executor,
    responses,
    run,
    store,
)
from tests.desk.conftest import engine
from tests.desk.seed import FILING, NOW

__all__ = ["engine", "executor", "responses", "run", "store"]

KEY = b"k" * 32
DRAFT = Draft("an", "web", "nl", [FILING], **CERTIFICATE)
CONFIRMED = Turn(
    {**COMPLETE, "requested_slot": "confirm_ticket"}, "ja", stated={"confirm_ticket": True}
)


# How a ticket stands


@pytest.mark.parametrize("status", ["resolved", "rejected"])
def test_the_same_request_after_its_ticket_was_closed_is_a_new_one(
    engine: Engine, status: str
) -> None:
    store = SqlTicketStore(engine)
    first, _ = store.open(DRAFT, now=NOW)
    store.take_over(first.reference, status, now=NOW)

    second, is_new = store.open(DRAFT, now=NOW)
    third, is_third = store.open(DRAFT, now=NOW)

    assert is_new
    assert second.reference != first.reference
    assert (third, is_third) == (second, False)
    assert [ticket.status for ticket in store.list()] == ["new", status]


async def test_the_same_request_is_a_new_one_when_the_desks_tool_closed_the_ticket(
    store: FakeTicketStore,
) -> None:
    class Tool:
        async def status(self, reference: str) -> str:
            return "resolved"

    executor = ActionExecutor()
    services = Services(store, Gate(KEY, MemoryTries(), lambda: NOW), Tool(), lambda: NOW, NOW.date)
    for action in actions_with(services):
        executor.register_action(action)
    call = Turn(COMPLETE).call("action_open_ticket", "nl")
    await executor.run({**call, "domain": {}})
    first = store.list()[-1].reference

    await executor.run({**call, "domain": {}})

    assert store.list()[-1].reference != first
    assert store.tickets[first].status == "resolved"


@pytest.mark.parametrize(
    ("before", "after", "steps"),
    [
        ("new", "in_progress", ("in_progress",)),
        ("new", "resolved", ("in_progress", "resolved")),
        ("resolved", "rejected", ("in_progress", "rejected")),
        ("in_progress", "new", ()),
        ("new", "new", ()),
        ("new", "odd", ()),
        ("odd", "resolved", ()),
    ],
)
def test_a_status_changes_by_possible_steps_alone(
    before: str, after: str, steps: Sequence[str]
) -> None:
    assert steps_between(before, after) == steps


def test_what_the_desks_tool_says_is_noted_and_audited(engine: Engine) -> None:
    store = SqlTicketStore(engine)
    ticket, _ = store.open(DRAFT, now=NOW)

    changed = store.take_over(ticket.reference, "resolved", now=NOW)
    again = store.take_over(ticket.reference, "resolved", now=NOW)

    with engine.connect() as connection:
        notes = [(row.kind, row.author) for row in connection.execute(select(TICKET_NOTES))]
        audit = [(row.user, row.action, row.detail) for row in connection.execute(select(AUDIT))]
    assert (changed, again) == (True, False)
    assert notes == [("status", "Request Tracker")] * 2
    assert audit == [
        ("Request Tracker", "ticket_status_changed", "new > in_progress"),
        ("Request Tracker", "ticket_status_changed", "in_progress > resolved"),
    ]


# Nobody waits for the database


class _SlowStore(FakeTicketStore):
    """Notes in which thread the database is called."""

    def __init__(self, *tickets: Ticket) -> None:
        super().__init__(*tickets)
        self.threads: set[int] = set()

    def _here(self) -> None:
        self.threads.add(threading.get_ident())

    def open(self, draft: Draft, *, now: datetime) -> tuple[Ticket, bool]:
        self._here()
        return super().open(draft, now=now)

    def look_up(self, reference: str) -> Owned | None:
        self._here()
        return super().look_up(reference)

    def similar(self, draft: Draft, *, now: datetime) -> Sequence[Owned]:
        self._here()
        return super().similar(draft, now=now)

    def add(self, reference: str, addition: Addition, *, now: datetime) -> Ticket | None:
        self._here()
        return super().add(reference, addition, now=now)


async def test_no_action_calls_the_database_on_the_event_loop() -> None:
    store = _SlowStore(Ticket(REFERENCE, "new", NOW, DRAFT))
    executor = ActionExecutor()
    services = Services(store, Gate(KEY, MemoryTries(), lambda: NOW), None, lambda: NOW, NOW.date)
    for action in actions_with(services):
        executor.register_action(action)
    joining = {"similar_ticket": REFERENCE, "add_to_ticket": "true", "last_ticket": REFERENCE}
    named = (("ticket_reference", REFERENCE),)

    for action, turn in (
        ("validate_migration_request_form", CONFIRMED),
        ("action_open_ticket", Turn(COMPLETE)),
        ("action_open_ticket", Turn({**COMPLETE, **joining})),
        ("action_answer_status", Turn(text=f"{REFERENCE} BBBB-2222", entities=named)),
    ):
        await executor.run({**turn.call(action, "nl"), "domain": {}})

    assert store.additions
    assert store.threads
    assert threading.get_ident() not in store.threads


def test_a_database_of_before_gets_the_table_and_the_column(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'cybo.db'}")
    config = migrations()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        row = dict.fromkeys(("reference", "fingerprint", "status", "conversation"), "x")
        row |= {"channel": "web", "language": "nl", "created_at": datetime(2026, 11, 1)}
        connection.execute(TICKETS.insert().values(**row, **CERTIFICATE))
        filing = {**FILING, "ticket_id": 1, "position": 1}
        connection.execute(FILINGS.insert().values(filing))

    open_database(f"sqlite:///{tmp_path / 'cybo.db'}")

    [ticket] = SqlTicketStore(engine).list()
    assert ticket.draft.network == ""
    assert len(ticket.draft.filings) == 1
