"""Who may know of a ticket: nobody by guessing, and no chat of somebody else."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.language import LANGUAGES
from bot.storage import SqlTicketStore, SqlWrongTries
from bot.storage.desk_tickets import DeskTickets
from bot.storage.engine import writing
from bot.storage.mails import MailWork
from bot.storage.tables import OUTBOX, WRONG_TRIES
from bot.storage.threads import begin_thread
from bot.tickets.access import EMAIL, Asker, Owned, Right
from bot.tickets.code import find_codes
from bot.tickets.gate import Gate, offer_in
from bot.tickets.model import Draft
from bot.tickets.reference import make_reference
from bot.tickets.tries import Offer
from tests.actions.test_schema import (
    CERTIFICATE,
    COMPLETE,
    REFERENCE,
    FakeTicketStore,
    Run,
    Turn,
    executor,
    responses,
    run,
    slots_set,
    store,
    told,
)
from tests.desk.conftest import Visitors, accounts, clock, engine, said, visit
from tests.desk.seed import FILING, NOW, open_ticket

__all__ = ["accounts", "clock", "engine", "executor", "responses", "run", "said", "store", "visit"]

KEY = b"k" * 32
DRAFT = Draft("an", "web", "nl", [FILING], **CERTIFICATE)
CONFIRMED = Turn(
    {**COMPLETE, "requested_slot": "confirm_ticket"}, "ja", stated={"confirm_ticket": True}
)


@pytest.fixture
def gate(engine: Engine) -> Gate:
    return Gate(KEY, SqlWrongTries(engine), lambda: NOW)


@pytest.fixture
def owned(engine: Engine) -> Owned:
    ticket, _ = SqlTicketStore(engine).open(DRAFT, now=NOW)
    return Owned(ticket)


def stranger(number: int) -> Asker:
    return Asker("web", f"stranger-{number}", network=f"network-{number}")


# A chat hands out nothing of somebody else's ticket


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_chat_offers_no_ticket_that_somebody_else_opened(
    run: Run, store: FakeTicketStore, language: str
) -> None:
    store.candidates = [Owned(store.tickets[REFERENCE])]

    answer = await run(CONFIRMED.call("validate_migration_request_form", language))

    assert slots_set(answer)["similar_ticket"] is None
    assert REFERENCE not in str(answer["responses"])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_chat_adds_nothing_to_a_ticket_that_is_not_its_own(
    run: Run, store: FakeTicketStore, language: str
) -> None:
    joining = {**COMPLETE, "similar_ticket": REFERENCE, "add_to_ticket": "true"}

    answer = await run(Turn(joining).call("action_open_ticket", language))

    assert store.additions == []
    assert told(answer) == ["utter_ticket_opened"]
    assert slots_set(answer)["last_ticket"] != REFERENCE


async def test_a_chat_that_gave_the_code_is_offered_the_ticket(
    run: Run, store: FakeTicketStore
) -> None:
    store.candidates = [Owned(store.tickets[REFERENCE])]
    known = replace(CONFIRMED, slots={**CONFIRMED.slots, "last_ticket": REFERENCE})

    answer = await run(known.call("validate_migration_request_form", "nl"))

    assert slots_set(answer)["similar_ticket"] == REFERENCE


@pytest.mark.parametrize(
    ("proof", "remembered"), [("code", REFERENCE), ("address", None), ("wrong", None)]
)
async def test_only_the_code_is_remembered_as_a_proof(
    run: Run, proof: str, remembered: str | None
) -> None:
    proofs = {"code": Gate(KEY, None, None).codes.code(REFERENCE), "address": "an@example.be"}  # type: ignore[arg-type]
    text = f"{REFERENCE} {proofs.get(proof, 'K7P2-QXRT')}"
    turn = Turn(text=text, entities=(("ticket_reference", REFERENCE),))

    answer = await run(turn.call("action_answer_status", "nl"))

    assert slots_set(answer).get("last_ticket") == remembered


def test_the_desk_is_told_which_open_ticket_a_new_one_may_be_the_same_as(engine: Engine) -> None:
    store = SqlTicketStore(engine, ["webhook"])
    first, _ = store.open(DRAFT, now=NOW)

    store.open(replace(DRAFT, conversation="bart"), now=NOW)

    with engine.connect() as connection:
        payloads = [row.payload.decode() for row in connection.execute(select(OUTBOX))]
    assert f'"similar": ["{first.reference}"]' in payloads[1]
    assert '"similar": []' in payloads[0]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_of_a_ticket_links_to_those_it_may_be_the_same_as(
    visit: Visitors, accounts: Accounts, engine: Engine, language: str
) -> None:
    first = open_ticket(engine)
    second = open_ticket(engine, conversation="bart")
    other = open_ticket(engine, conversation="eve", certificate_email="eve@example.be")
    browser = await visit("an")

    page = await browser.open(f"/desk/tickets/{second.reference}?lang={language}")

    assert f'<a href="/desk/tickets/{first.reference}">' in page
    assert other.reference not in page


@pytest.mark.parametrize(
    ("sender", "joins"),
    [("an@example.be", True), ("bart@example.be", True), ("eve@example.be", False), (None, False)],
)
def test_only_a_verified_sender_joins_a_ticket_by_mail(
    engine: Engine, sender: str | None, joins: bool
) -> None:
    with writing(engine) as connection:
        begin_thread(connection, "abcdefgh", "bart@example.be", "nl", NOW)
    by_mail = replace(DRAFT, conversation="mail:abcdefgh", channel=EMAIL)
    ticket, _ = SqlTicketStore(engine).open(by_mail, now=NOW)
    again = replace(by_mail, conversation="mail:bcdefghi")

    with writing(engine) as connection:
        found = MailWork(connection, 1, NOW, (), b"k" * 32).find_similar(again, sender)

    assert found == (ticket if joins else None)


async def test_a_chat_that_is_named_like_a_thread_gets_no_letters_of_its_sender(
    engine: Engine,
) -> None:
    with writing(engine) as connection:
        begin_thread(connection, "abcdefgh", "bart@example.be", "nl", NOW)
    forged = replace(DRAFT, conversation="mail:abcdefgh", channel="rest")
    ticket, _ = SqlTicketStore(engine).open(forged, now=NOW)

    file = DeskTickets(engine).file(ticket.reference)

    assert file
    assert file.requester == "an@example.be"


# Codes


def test_a_message_counts_for_two_codes_however_many_it_holds(gate: Gate, owned: Owned) -> None:
    reference = owned.ticket.reference
    guesses = " ".join(["BBBB-2222"] * 1000)
    right = gate.codes.code(reference)

    late = gate.rights(owned, reference, stranger(1), offer_in(f"{guesses} {right}"))
    second = gate.rights(owned, reference, stranger(2), offer_in(f"BBBB-2222 {right}"))

    assert late == Right.NONE
    assert Right.STATE in second


@pytest.mark.parametrize("unit", ["23467892 ", "2346-", "2346 ", "CYB", "CYB-", "@", "2346789B"])
def test_looking_for_codes_takes_time_in_proportion_to_the_text(unit: str) -> None:
    def seconds(chars: int) -> float:
        text = unit * (chars // len(unit))
        started = time.process_time()
        find_codes(text)
        offer_in(text)
        return time.process_time() - started

    assert seconds(1_000_000) < 3


def test_wrong_tries_of_strangers_do_not_close_a_ticket_for_who_has_the_code(
    gate: Gate, owned: Owned
) -> None:
    reference = owned.ticket.reference
    right = offer_in(gate.codes.code(reference))
    for number in range(40):
        gate.rights(owned, reference, stranger(number), Offer(("BBBB-2222", f"CCCC-{number}")))

    was_wrong = gate.rights(owned, reference, stranger(3), right)
    with_code = gate.rights(owned, reference, Asker("web", "wife", network="home"), right)
    opener = gate.rights(owned, reference, Asker("web", "an"), Offer())
    by_mail = gate.rights(owned, reference, Asker(EMAIL, sender="an@example.be"), Offer())

    assert was_wrong == Right.NONE
    assert Right.STATE in with_code
    assert Right.STATE in opener
    assert Right.STATE in by_mail


def test_a_network_tires_however_many_conversations_it_begins(gate: Gate, owned: Owned) -> None:
    reference = owned.ticket.reference
    right = offer_in(gate.codes.code(reference))
    for number in range(50):
        other = make_reference(2026, 1000 + number)
        asker = Asker("web", f"visitor-{number}", network="office")
        gate.rights(None, other, asker, Offer((f"BBBB-{number}",)))

    same = gate.rights(owned, reference, Asker("web", "new", network="office"), right)
    other = gate.rights(owned, reference, Asker("web", "new", network="elsewhere"), right)

    assert same == Right.NONE
    assert Right.STATE in other


def test_an_address_cannot_be_tried_on_one_reference_after_the_other(
    gate: Gate, owned: Owned
) -> None:
    for number in range(10):
        reference = make_reference(2026, 1000 + number)
        gate.rights(None, reference, stranger(number), offer_in("an@example.be"))

    reference = owned.ticket.reference
    found = gate.rights(owned, reference, stranger(99), offer_in("an@example.be"))
    code = gate.rights(owned, reference, stranger(99), offer_in(gate.codes.code(reference)))

    assert found == Right.NONE
    assert Right.STATE in code


def test_a_restart_forgets_no_wrong_try_and_another_process_counts_the_same(
    engine: Engine, owned: Owned
) -> None:
    reference = owned.ticket.reference
    for _ in range(5):
        Gate(KEY, SqlWrongTries(engine), lambda: NOW).rights(
            owned, reference, stranger(1), Offer(("BBBB-2222",))
        )

    def later(hours: int) -> Right:
        other = Gate(KEY, SqlWrongTries(engine), lambda: NOW + timedelta(hours=hours))
        return other.rights(owned, reference, stranger(1), offer_in(other.codes.code(reference)))

    assert later(0) == Right.NONE
    assert later(23) == Right.NONE
    assert Right.STATE in later(25)


def test_wrong_tries_are_kept_under_pseudonyms_and_for_a_day(engine: Engine) -> None:
    tries = SqlWrongTries(engine)
    asker = Asker("web", "widget:geheim", network="office")
    offer = offer_in("an@example.be BBBB-2222")
    Gate(KEY, tries, lambda: NOW).rights(None, REFERENCE, asker, offer)
    with engine.connect() as connection:
        kept = str(connection.execute(select(WRONG_TRIES)).all())

    tries.note(["asker:other"], NOW + timedelta(days=2))

    with engine.connect() as connection:
        left = [row.subject for row in connection.execute(select(WRONG_TRIES))]
    assert "code:" in kept
    assert not [word for word in ("an@", "BBBB", "geheim", "office", REFERENCE) if word in kept]
    assert left == ["asker:other"]


def test_an_unknown_reference_counts_like_a_known_one(engine: Engine, gate: Gate) -> None:
    gate.rights(None, REFERENCE, stranger(1), Offer(("BBBB-2222",)))

    with engine.connect() as connection:
        assert len(connection.execute(select(WRONG_TRIES)).all()) == 4
