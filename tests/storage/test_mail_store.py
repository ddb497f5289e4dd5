"""The journal of the mailbox in a real database."""

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.engine import Engine

from bot.delivery.outbox import Item
from bot.storage import SqlKeptMails, SqlMailStore, SqlOutbox, SqlTicketStore, open_database
from bot.tickets.model import Draft
from bot.triage.quotas import AnswersSoFar
from bot.triage.records import ANSWERED, IGNORED, LEFT, Settlement, Thread
from bot.triage.request import Request

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=timezone.utc)
SENDER = "an@firma.example"
FILING = {
    "enterprise_number": "0403170701",
    "closing_date": "2022-12-31",
    "filing_model": "full",
    "deposit_type": "initial",
    "filing_language": "nl",
}
DRAFT = Draft("mail:aaaaaaaa", "email", "nl", [FILING], "An", SENDER, "4A:7F:02", "globalsign")


@pytest.fixture
def engine(database_url: str) -> Engine:
    return open_database(database_url)


@pytest.fixture
def store(engine: Engine) -> SqlMailStore:
    journal = SqlMailStore(engine, "desk@mail.example", ["webhook"])
    journal.register(7, [1, 2, 3], NOW)
    return journal


def ids(store: SqlMailStore) -> dict[int, int]:
    return {uid: mail_id for mail_id, uid in store.undecided(7)}


def answer(store: SqlMailStore, uid: int, thread: Thread | None = None, **more: object) -> Thread:
    """Answer a mail, in a thread of its own unless given; gives the thread."""
    with store.settling(ids(store)[uid], NOW) as work:
        assert work
        thread = thread or work.begin_thread("aaaaaaaa", SENDER, "nl")
        known = {
            "language": "nl",
            "fingerprint": f"f{uid}",
            "message_id": f"<{uid}@firma.example>",
            "sender": SENDER,
            "text": f"tekst {uid}",
            "attachments": [{"name": "café.pdf", "size_bytes": 3}],
            "thread_id": thread.id,
            "answer_id": f"<answer-{uid}@mail.example>",
            "answer_to": SENDER,
            "answer_hash": "same",
        }
        work.settle(Settlement(ANSWERED, "answered", **{**known, **more}))  # type: ignore[arg-type]
    return thread


def test_new_mails_are_noted_once_and_in_order(store: SqlMailStore) -> None:
    assert store.register(7, [3, 4], NOW) == 1
    assert store.highest_uid(7) == 4
    assert store.highest_uid(8) == 0
    assert [uid for _, uid in store.undecided(7)] == [1, 2, 3, 4]


def test_a_mail_gets_one_outcome(store: SqlMailStore) -> None:
    mail_id = ids(store)[1]
    answer(store, 1)

    with store.settling(mail_id, NOW) as work:
        assert work is None
    assert store.counts() == {("answered", "answered"): 1, ("", ""): 2}


def test_a_failure_leaves_nothing_behind(store: SqlMailStore, engine: Engine) -> None:
    def fail_halfway() -> None:
        with store.settling(ids(store)[1], NOW) as work:
            assert work
            work.begin_thread("aaaaaaaa", SENDER, "nl")
            work.queue(Item("smtp", "mail:1", SENDER, b"\x00\xff"))
            work.open_ticket(DRAFT)
            raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        fail_halfway()

    assert len(ids(store)) == 3
    assert SqlOutbox(engine).counts() == {}
    assert list(SqlTicketStore(engine).list()) == []


def test_a_thread_is_found_by_its_mark_or_its_mails_but_only_by_its_sender(
    store: SqlMailStore,
) -> None:
    thread = answer(store, 1)

    with store.settling(ids(store)[2], NOW) as work:
        assert work
        assert work.find_thread(["aaaaaaaa"], [], SENDER) == thread
        assert work.find_thread([], ["<1@firma.example>"], SENDER) == thread
        assert work.find_thread(["aaaaaaaa"], ["<1@firma.example>"], "eve@x.example") is None
        assert work.find_thread([], [], SENDER) is None


def test_a_thread_remembers_its_request_and_its_ticket(store: SqlMailStore, engine: Engine) -> None:
    thread = answer(store, 1)
    request = Request((FILING,), {"certificate_owner": "Élodie"})

    with store.settling(ids(store)[2], NOW) as work:
        assert work
        ticket = work.open_ticket(DRAFT)
        work.keep_request(thread, request, ticket.reference)
        kept = work.find_thread(["aaaaaaaa"], [], SENDER)

    assert kept
    assert (kept.request, kept.ticket_reference) == (request, ticket.reference)
    assert SqlOutbox(engine).counts() == {"pending": 1}


def test_answers_are_counted_for_the_quotas(store: SqlMailStore) -> None:
    thread = answer(store, 1)
    answer(store, 2, thread, answer_hash="other")
    assert store.note_bounce(["<answer-1@mail.example>", "<unknown@mail.example>"]) == 1

    def so_far(sender: str, after: timedelta) -> AnswersSoFar:
        with store.settling(ids(store)[3], NOW + after) as work:
            assert work
            return work.answers_so_far(sender, sender, thread.id, "same")

    assert so_far(SENDER, timedelta(minutes=1)) == AnswersSoFar(
        to_sender_hour=2,
        to_recipient_hour=2,
        to_domain_hour=2,
        in_thread=2,
        in_hour=2,
        same_to_recipient=1,
        bounced=1,
    )
    assert so_far("eve@x.example", timedelta(hours=2)) == AnswersSoFar(in_thread=2)


def test_the_same_mail_under_another_number_is_known(store: SqlMailStore) -> None:
    answer(store, 1)

    with store.settling(ids(store)[2], NOW) as work:
        assert work
        assert work.is_known("f1")
        assert not work.is_known("f2")


def test_what_is_decided_is_marked_on_the_server_once(store: SqlMailStore) -> None:
    answer(store, 1)
    [(mail_id, uid)] = store.unmarked(7)[ANSWERED]

    store.mark([mail_id], NOW)

    assert uid == 1
    assert store.unmarked(7) == {}


def test_mails_of_an_older_numbering_are_closed(store: SqlMailStore) -> None:
    with store.settling(ids(store)[1], NOW) as work:
        assert work
        work.settle(Settlement(LEFT, "mode_off"))

    assert store.close_renumbered(8, NOW) == 2
    assert store.counts() == {(LEFT, "mode_off"): 1, (IGNORED, "renumbered"): 2}


def test_a_thread_is_read_back_in_order(store: SqlMailStore, engine: Engine) -> None:
    thread = answer(store, 2)
    answer(store, 3, thread)
    kept = SqlKeptMails(engine)

    assert [line.text for line in kept.of_thread("aaaaaaaa")] == ["tekst 2", "tekst 3"]
    assert kept.of_thread("unknown") == []
