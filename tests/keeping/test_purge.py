"""What is kept long enough goes, and nothing else."""

import threading
import zlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy import event, insert

from bot.delivery.outbox import PARKED, PENDING
from bot.keeping.retention import KINDS, Retention, count_due, purge
from bot.storage import SqlCounters, SqlTicketStore, SqlWrongTries, tables
from bot.storage.engine import to_column
from bot.storage.purge import EVENTS, SqlStock
from tests.keeping.conftest import NOW, House, ago

RETENTION = Retention(
    conversation_days=30,
    mail_days=90,
    ticket_days=730,
    feedback_days=60,
    delivery_days=10,
    desk_session_days=7,
)


def no_pause() -> None:
    """Go on at once."""


def purged(house: House) -> dict[str, int]:
    """Purge; gives what went, what went of nothing left out."""
    stock = SqlStock(house.engine, house.trackers)
    due = count_due(stock, RETENTION, NOW)

    gone = purge(stock, RETENTION, NOW, no_pause)

    assert gone == due, "a dry run counts what a purge removes"
    assert not any(purge(stock, RETENTION, NOW, no_pause).values()), "once is enough"
    return {kind: number for kind, number in gone.items() if number}


def test_a_conversation_goes_when_its_last_event_is_old(house: House) -> None:
    house.chat("silent", "hallo", "grijs scherm", days=31)
    house.chat("back again", "hallo", days=31)
    house.chat("back again", "en nu dit", days=29)

    gone = purged(house)

    assert gone == {"conversations": 1, "old_events": 1, "turns": 3, "reviews": 3}
    assert house.read(EVENTS.c.sender_id) == ["back again"], "the message of 29 days ago"
    assert house.read(tables.TURNS.c.text) == ["en nu dit"]


def test_counters_stay_for_ever(house: House) -> None:
    house.chat("silent", "hallo", days=1000)
    day = ago(1000).date()
    before = SqlCounters(house.engine).between(day, day)

    purged(house)

    assert before
    assert SqlCounters(house.engine).between(day, day) == before


def test_an_open_ticket_is_never_purged(house: House) -> None:
    old = house.ticket(days=1400)

    assert not purged(house)
    assert SqlTicketStore(house.engine).find(old.reference)


def test_a_network_and_wrong_tries_are_forgotten_after_a_day(house: House) -> None:
    old = house.ticket(days=1.1, network="office", conversation="old")
    new = house.ticket(days=0.5, network="office", conversation="new")
    tries = SqlWrongTries(house.engine)
    tries.note(["asker:new"], NOW - timedelta(hours=20))
    with house.engine.begin() as connection:
        hour = to_column(NOW - timedelta(hours=30))
        row = {"subject": "asker:old", "hour": hour, "number": 1}
        connection.execute(insert(tables.WRONG_TRIES).values(row))

    gone = purged(house)

    found = {t.reference: t.draft.network for t in SqlTicketStore(house.engine).list()}
    assert gone == {"wrong_tries": 1, "networks": 1}
    assert found == {old.reference: "", new.reference: "office"}
    assert tries.counts(["asker:new"], NOW - timedelta(days=1)) == {"asker:new": 1}


def test_a_closed_ticket_takes_its_filings_notes_and_deliveries_with_it(house: House) -> None:
    old = house.ticket(closed=731, days=800)
    kept = house.ticket(closed=729, days=800, conversation="widget:ben")
    for ticket in (old, kept):
        house.note(ticket, "gebeld")
    house.delivery(f"again:desk_mail:{old.reference}", days=790, reference=old.reference)

    gone = purged(house)

    assert gone == {"tickets": 1, "payloads": 1}
    assert house.read(tables.TICKETS.c.reference) == [kept.reference]
    assert house.count(tables.FILINGS) == house.count(tables.TICKET_NOTES) == 1
    assert house.read(tables.OUTBOX.c.key) == [f"request_tracker:{kept.reference}"]


def test_a_mail_goes_with_its_thread_and_its_answer(house: House) -> None:
    old = house.mail(1, days=91, raw=zlib.compress(b"\xff\x00raw"))
    kept = house.mail(2, days=89)
    house.delivery(f"mail:{old}", days=91, status=PARKED)
    house.delivery(f"mail:{kept}", days=5)

    gone = purged(house)

    assert gone == {"mails": 1, "threads": 1}
    assert house.read(tables.MAILS.c.uid) == [2]
    assert house.read(tables.MAIL_THREADS.c.name) == ["thread2"]
    assert house.read(tables.OUTBOX.c.key) == [f"mail:{kept}"]


def test_a_mail_stays_while_its_ticket_is_open(house: House) -> None:
    opened = house.ticket(days=100, conversation="mail:thread1")
    closed = house.ticket(days=100, closed=2, conversation="mail:thread2")
    house.mail(1, days=100, reference=opened.reference)
    house.mail(2, days=100, reference=closed.reference)

    purged(house)

    assert house.read(tables.MAILS.c.uid) == [1]
    assert house.read(tables.MAIL_THREADS.c.name) == ["thread1"]


def test_a_mail_that_nothing_became_of_yet_stays(house: House) -> None:
    house.mail(1, days=91, outcome=None)

    assert not purged(house)


def test_what_arrived_long_ago_is_known_but_no_longer_what_it_said(house: House) -> None:
    house.delivery("desk:1", days=11, target="desk_mail")
    house.delivery("desk:2", days=9)
    house.delivery("desk:3", days=11, status=PENDING)

    assert purged(house) == {"payloads": 1}
    assert house.read(tables.OUTBOX.c.key) == ["desk:1", "desk:2", "desk:3"]
    assert house.read(tables.OUTBOX.c.recipient) == ["", "x@example.be", "x@example.be"]


def test_a_delivery_of_something_long_gone_goes_too(house: House) -> None:
    ticket = house.ticket(days=800)
    house.deliver_all(days=800)
    house.delivery("status:nobody-knows", days=731)

    gone = purged(house)

    assert gone == {"payloads": 2, "deliveries": 1}
    assert house.read(tables.OUTBOX.c.key) == [f"request_tracker:{ticket.reference}"]


def test_thumbs_and_sign_ins_go_at_their_own_time(house: House) -> None:
    for days in (59, 61):
        house.thumb(f"widget:{days}", "te lang", days=days)
    for days in (6, 8):
        house.session(f"token{days}", days)

    assert purged(house) == {"feedback": 1, "desk_sessions": 1}
    assert house.read(tables.FEEDBACK.c.conversation) == ["widget:59"]
    assert house.read(tables.DESK_SESSIONS.c.token_hash) == ["token6"]


def test_a_purge_waits_for_nobody_and_nobody_waits_for_it(house: House) -> None:
    """Tickets are opened while a thousand turns go, batch by batch."""
    for number in range(10):
        house.chat(f"old{number}", *["hallo"] * 100, days=31)
    in_between: list[str] = []

    def pause() -> None:
        opening = threading.Thread(target=open_ticket)
        opening.start()
        opening.join(timeout=5)

    def open_ticket() -> None:
        opened = house.ticket(conversation=f"widget:{len(in_between)}")
        in_between.append(opened.reference)

    gone = purge(SqlStock(house.engine, house.trackers), RETENTION, NOW, pause)

    assert (gone["conversations"], gone["turns"]) == (10, 1000)
    assert len(in_between) >= 5, "one after each batch"
    assert house.count(tables.TICKETS) == len(in_between)


def test_somebody_who_comes_back_in_that_moment_keeps_the_conversation(house: House) -> None:
    house.chat("an", "hallo", days=31)
    house.chat("ben", "hallo", days=31)
    once: list[Callable[[], None]] = [lambda: house.chat("an", "ik ben er weer")]

    @event.listens_for(house.trackers, "before_cursor_execute")
    def come_back(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("BEGIN IMMEDIATE") and once:
            once.pop()()

    if house.trackers.dialect.name == "postgresql":
        pytest.skip("the moment can only be hit where a transaction begins with a statement")
    purge(SqlStock(house.engine, house.trackers), RETENTION, NOW, no_pause)

    assert not once
    assert house.read(EVENTS.c.data) == ['{"event": "user", "text": "ik ben er weer"}']


def test_without_trackers_there_is_nothing_to_purge(house: House) -> None:
    EVENTS.metadata.drop_all(house.trackers)

    assert not purged(house)


def test_every_kind_has_a_limit() -> None:
    assert set(RETENTION.limits(NOW)) == set(KINDS)


def test_the_trackers_table_is_the_one_that_rasa_makes() -> None:
    rasas = SQLTrackerStore.SQLEvent.__table__.c

    assert EVENTS.name == "events"
    assert {c.name: type(c.type) for c in EVENTS.c} == {
        c.name: type(rasas[c.name].type) for c in EVENTS.c
    }
