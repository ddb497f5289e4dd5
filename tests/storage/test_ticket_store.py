"""Tickets in the database: one reference each, one ticket a request, nothing half written."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from threading import Barrier

import pytest
from sqlalchemy import event

from bot.storage import SqlTicketStore, open_database
from bot.tickets.check import InvalidDraft
from bot.tickets.model import Draft
from bot.tickets.reference import is_valid_reference

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=timezone.utc)
FILING = {
    "enterprise_number": "0403170701",
    "closing_date": "2022-12-31",
    "filing_model": "full",
    "filing_model_code": "m02-f",
    "deposit_type": "initial",
    "filing_language": "nl",
}
DRAFT = Draft(
    conversation="visitor-1",
    channel="web",
    language="fr",
    filings=[FILING, {**FILING, "closing_date": "2021-12-31"}],
    certificate_owner="Élodie D’Hondt 🙂",
    certificate_email="elodie@example.be",
    certificate_number="4A:7F:02",
    certificate_type="globalsign",
)
THREADS = 4


@pytest.fixture
def store(database_url: str) -> SqlTicketStore:
    return SqlTicketStore(open_database(database_url))


def of_visitor(name: str) -> Draft:
    return replace(DRAFT, conversation=name)


def test_a_ticket_is_read_back_as_it_was_written(store: SqlTicketStore) -> None:
    ticket, is_new = store.open(DRAFT, now=NOW)

    assert is_new
    assert ticket.draft == DRAFT
    assert ticket.created_at == NOW
    assert ticket.status == "new"
    assert store.find(ticket.reference) == ticket


def test_a_filing_without_office_code_is_stored_without(store: SqlTicketStore) -> None:
    plain = {name: value for name, value in FILING.items() if name != "filing_model_code"}

    ticket, _ = store.open(replace(DRAFT, filings=[plain]), now=NOW)

    assert ticket.as_dict()["filings"] == [plain]


def test_the_moment_is_stored_in_utc(store: SqlTicketStore) -> None:
    in_brussels = datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))

    ticket, _ = store.open(DRAFT, now=in_brussels)

    assert ticket.as_dict()["created_at"] == "2026-07-01T10:00:00Z"


def test_references_are_valid_and_count_up_within_a_year(store: SqlTicketStore) -> None:
    tickets = [store.open(of_visitor(f"visitor-{n}"), now=NOW)[0] for n in range(3)]

    assert all(is_valid_reference(ticket.reference) for ticket in tickets)
    assert [ticket.reference[:15] for ticket in tickets] == [
        "CYB-2026-000001",
        "CYB-2026-000002",
        "CYB-2026-000003",
    ]


def test_a_new_year_begins_at_one(store: SqlTicketStore) -> None:
    store.open(DRAFT, now=NOW)

    ticket, _ = store.open(of_visitor("visitor-2"), now=NOW.replace(year=2027))

    assert ticket.reference.startswith("CYB-2027-000001-")


def test_the_same_request_confirmed_twice_is_one_ticket(store: SqlTicketStore) -> None:
    first, _ = store.open(DRAFT, now=NOW)

    again, is_new = store.open(DRAFT, now=NOW + timedelta(minutes=1))

    assert not is_new
    assert again == first
    assert list(store.list()) == [first]


def test_a_request_confirmed_twice_uses_up_no_number(store: SqlTicketStore) -> None:
    store.open(DRAFT, now=NOW)
    store.open(DRAFT, now=NOW)

    ticket, _ = store.open(of_visitor("visitor-2"), now=NOW)

    assert ticket.reference.startswith("CYB-2026-000002-")


def test_tickets_are_listed_newest_first_even_within_a_second(store: SqlTicketStore) -> None:
    moments = {"old": NOW, "new": NOW + timedelta(hours=1), "newest": NOW + timedelta(hours=1)}
    for visitor, moment in moments.items():
        store.open(of_visitor(visitor), now=moment)

    assert [ticket.draft.conversation for ticket in store.list()] == ["newest", "new", "old"]


def test_an_unknown_reference_finds_nothing(store: SqlTicketStore) -> None:
    assert store.find("CYB-2026-000123-8") is None
    assert list(store.list()) == []


@pytest.mark.parametrize(
    "broken",
    [
        replace(DRAFT, certificate_owner=None),  # type: ignore[arg-type]
        replace(DRAFT, filings=[FILING, {**FILING, "closing_date": None}]),  # type: ignore[dict-item]
    ],
)
def test_a_request_that_cannot_be_stored_leaves_nothing_behind(
    store: SqlTicketStore, broken: Draft
) -> None:
    with pytest.raises(InvalidDraft):
        store.open(broken, now=NOW)

    ticket, _ = store.open(of_visitor("visitor-2"), now=NOW)
    assert list(store.list()) == [ticket]
    assert ticket.reference.startswith("CYB-2026-000001-")


def together(opening: Callable[[int], tuple[object, bool]]) -> list[tuple[object, bool]]:
    barrier = Barrier(THREADS)

    def start(thread: int) -> tuple[object, bool]:
        barrier.wait()
        return opening(thread)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(start, range(THREADS)))


def test_threads_that_open_tickets_together_get_references_of_their_own(database_url: str) -> None:
    stores = [SqlTicketStore(open_database(database_url)) for _ in range(THREADS)]

    def open_five(thread: int) -> tuple[object, bool]:
        drafts = [of_visitor(f"visitor-{thread}-{n}") for n in range(5)]
        opened = [stores[thread].open(draft, now=NOW) for draft in drafts]
        return [ticket.reference for ticket, _ in opened], all(is_new for _, is_new in opened)

    results = together(open_five)

    assert all(is_new for _, is_new in results)
    numbers = sorted(int(ticket.reference[9:15]) for ticket in stores[0].list())
    assert numbers == list(range(1, 5 * THREADS + 1))


def test_threads_that_confirm_the_same_request_together_get_one_ticket(database_url: str) -> None:
    store = SqlTicketStore(open_database(database_url))

    results = together(lambda _: store.open(DRAFT, now=NOW))

    assert [is_new for _, is_new in results].count(True) == 1
    assert [ticket for ticket, _ in results] == [store.list()[0]] * THREADS
    assert len(store.list()) == 1


def test_a_ticket_is_read_while_another_process_writes(database_url: str) -> None:
    engine = open_database(database_url)
    # A reader that has to wait fails at once instead of after ten seconds.
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 50"))
    store = SqlTicketStore(engine)
    ticket, _ = store.open(DRAFT, now=NOW)

    with open_database(database_url).begin():
        found = store.find(ticket.reference)

    assert found == ticket


def test_a_database_opened_again_keeps_its_tickets(database_url: str) -> None:
    ticket, _ = SqlTicketStore(open_database(database_url)).open(DRAFT, now=NOW)

    reopened = SqlTicketStore(open_database(database_url))

    assert reopened.find(ticket.reference) == ticket
