"""Requests that join an earlier ticket: which one, kept once, never before their ticket."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from bot.delivery.ticket import WEBHOOK
from bot.storage import SqlOutbox, SqlTicketStore, open_database
from bot.storage.tables import OUTBOX, TICKET_NOTES, TICKETS
from bot.tickets.access import Owned
from bot.tickets.model import Addition, Draft
from tests.storage.test_ticket_store import DRAFT, FILING, NOW

Change = Callable[[Draft], Draft]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path}/cybo.db")


@pytest.fixture
def store(engine: Engine) -> SqlTicketStore:
    return SqlTicketStore(engine, [WEBHOOK])


def again(draft: Draft = DRAFT) -> Draft:
    """The same request, said in another conversation."""
    return replace(draft, conversation="visitor-2", certificate_number="9B:01")


def test_the_same_accounts_and_requester_are_found(store: SqlTicketStore) -> None:
    ticket, _ = store.open(DRAFT, now=NOW)
    one_of_them = replace(again(), filings=[{**FILING, "closing_date": "2021-12-31"}])
    in_capitals = replace(again(), certificate_email="ELODIE@Example.be")

    for draft in (again(), one_of_them, in_capitals):
        assert store.similar(draft, now=NOW + timedelta(days=7)) == [Owned(ticket)]


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: replace(draft, certificate_email="bart@example.be"),
        lambda draft: replace(draft, filings=[{**FILING, "closing_date": "2020-12-31"}]),
        lambda draft: replace(draft, filings=[{**FILING, "enterprise_number": "0203201340"}]),
    ],
    ids=["requester", "closing date", "enterprise number"],
)
def test_another_request_is_not_similar(store: SqlTicketStore, change: Change) -> None:
    store.open(DRAFT, now=NOW)

    assert store.similar(change(again()), now=NOW) == []


def test_after_seven_days_it_is_another_request(store: SqlTicketStore) -> None:
    store.open(DRAFT, now=NOW)

    assert store.similar(again(), now=NOW + timedelta(days=7, seconds=1)) == []


@pytest.mark.parametrize("status", ["resolved", "rejected"])
def test_a_closed_ticket_is_joined_by_nothing(
    engine: Engine, store: SqlTicketStore, status: str
) -> None:
    store.open(DRAFT, now=NOW)
    with engine.begin() as connection:
        connection.execute(update(TICKETS).values(status=status))

    assert store.similar(again(), now=NOW) == []


def test_a_draft_that_is_a_ticket_already_joins_no_other(store: SqlTicketStore) -> None:
    store.open(DRAFT, now=NOW)
    store.open(again(), now=NOW)

    assert store.similar(DRAFT, now=NOW) == []


def test_the_newest_comes_first(store: SqlTicketStore) -> None:
    oldest, _ = store.open(DRAFT, now=NOW)
    newest, _ = store.open(again(), now=NOW + timedelta(days=1))
    third = replace(DRAFT, conversation="visitor-3")

    found = store.similar(third, now=NOW + timedelta(days=2))

    assert [owned.ticket for owned in found] == [newest, oldest]


def test_an_addition_is_kept_and_queued_once(engine: Engine, store: SqlTicketStore) -> None:
    ticket, _ = store.open(DRAFT, now=NOW)
    addition = Addition("- date de clôture : 31/12/2022", "visitor-2")

    for _ in range(2):
        assert store.add(ticket.reference, addition, now=NOW) == ticket

    with engine.connect() as connection:
        [note] = connection.execute(select(TICKET_NOTES)).all()
        keys = [row.key for row in connection.execute(select(OUTBOX).order_by(OUTBOX.c.id))]
    assert (note.kind, note.author, note.text) == ("addition", "requester", addition.text)
    assert keys == [f"webhook:{ticket.reference}", f"webhook:{ticket.reference}/{note.id}"]


def test_nothing_is_added_to_a_ticket_that_is_not_there(store: SqlTicketStore) -> None:
    assert store.add("CYB-2026-000999-9", Addition("x", "visitor-2"), now=NOW) is None


def test_an_addition_never_overtakes_its_ticket(engine: Engine, store: SqlTicketStore) -> None:
    ticket, _ = store.open(DRAFT, now=NOW)
    store.add(ticket.reference, Addition("x", "visitor-2"), now=NOW)
    outbox = SqlOutbox(engine)

    first = outbox.claim([WEBHOOK], NOW)
    assert first is not None
    assert outbox.claim([WEBHOOK], NOW) is None, "it is still being sent"
    outbox.later(first, NOW + timedelta(minutes=5), "busy")
    assert outbox.claim([WEBHOOK], NOW) is None, "it waits for its next try"
    later = NOW + timedelta(minutes=6)
    again = outbox.claim([WEBHOOK], later)
    assert again is not None
    outbox.park(again, "refused")
    assert outbox.claim([WEBHOOK], NOW + timedelta(days=1)) is None, "it waits for people"
    outbox.retry(again.id, later)
    once_more = outbox.claim([WEBHOOK], later)
    assert once_more is not None
    outbox.done(once_more, later)
    second = outbox.claim([WEBHOOK], NOW)

    assert second is not None
    assert second.after == first.key
