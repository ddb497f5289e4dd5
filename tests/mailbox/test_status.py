"""Mails that ask how a ticket stands: who is told, what, and where the answer goes."""

import logging
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.delivery.outbox import TryLater
from bot.delivery.request_tracker import RequestTracker
from bot.mailbox.build import status_desk
from bot.mailbox.clerk import Clerk
from bot.settings import Settings
from bot.shell.triage import DryRun, desk_of
from bot.storage import SqlTicketStore, open_database
from bot.storage.tables import TICKET_NOTES, TICKETS
from bot.tickets.code import TicketCodes
from bot.tickets.gate import Gate
from bot.tickets.model import Draft
from bot.tickets.reference import make_reference
from bot.tickets.tries import MemoryTries
from tests.mailbox.conftest import KEY, Desk, NewDesk
from tests.mailbox.fakes import NOW, plain, read_message, write_mail
from tests.mailbox.test_intake import HALF, REST

OWNER = "an@firma.example"
OTHER = "eve@kwaad.example"
UNKNOWN = make_reference(2026, 999_999)
ASK = "<utter_ask_ticket_reference nl>"


def open_ticket(desk: Desk, email: str = OWNER, number: str = "4A:7F:02") -> str:
    """Open a ticket as the chat does; gives its reference."""
    filing = {"enterprise_number": "0403170701", "closing_date": "2022-12-31"}
    filing |= {"filing_model": "micro", "deposit_type": "initial", "filing_language": "nl"}
    draft = Draft("web-1", "web", "nl", [filing], "An Peeters", email, number, "globalsign")
    return SqlTicketStore(desk.engine).open(draft, now=NOW)[0].reference


def told(reference: str, status: str = "new") -> str:
    return f"<utter_ticket_status_{status} nl reference={reference} date=24/11/2026>"


def unknown(reference: str) -> str:
    return f"<utter_ticket_unknown nl reference={reference}>"


def answers(desk: Desk) -> list[str]:
    return [plain(read_message(raw)) for raw in desk.sent()]


def recipients(desk: Desk) -> list[Sequence[str]]:
    return [to for _, to, _ in desk.submission.received]


def ask(reference: str, **given: str) -> bytes:
    given.setdefault("text", f"Hoe ver staat {reference}?")
    return write_mail(given.pop("text"), **given)


async def test_the_requester_is_told_how_the_ticket_stands(desk: Desk) -> None:
    reference = open_ticket(desk)

    outcomes = await desk.take(ask(reference))

    assert outcomes == [("answered", "status")]
    assert told(reference) in answers(desk)[0]
    assert recipients(desk) == [[OWNER]]


async def test_the_reference_may_stand_in_the_subject(desk: Desk) -> None:
    reference = open_ticket(desk)

    await desk.take(write_mail("Hoe ver staat het?", subject=f"Mijn aanvraag {reference}"))

    assert told(reference) in answers(desk)[0]


async def test_who_gives_the_code_is_told_whatever_the_address(desk: Desk) -> None:
    reference = open_ticket(desk)
    code = TicketCodes(KEY).code(reference).lower()

    await desk.take(ask(reference, text=f"Hoe ver staat {reference}? Code {code}", sender=OTHER))

    assert told(reference) in answers(desk)[0]
    assert recipients(desk) == [[OTHER]]


async def test_anothers_ticket_and_an_unknown_one_get_the_same_answer(desk: Desk) -> None:
    reference = open_ticket(desk)

    outcomes = await desk.take(ask(reference, sender=OTHER), ask(UNKNOWN, sender=OTHER))

    assert outcomes == [("answered", "status")] * 2
    foreign, none = answers(desk)
    assert unknown(reference) in foreign
    assert foreign.replace(reference, UNKNOWN) == none


async def test_a_forged_sender_reveals_nothing_to_who_forged_it(desk: Desk) -> None:
    reference = open_ticket(desk)

    await desk.take(
        ask(reference, Reply_To=OTHER),
        ask(UNKNOWN, Reply_To=OTHER),
        ask(reference, Return_Path=f"<{OTHER}>"),
    )

    assert {recipient for to in recipients(desk) for recipient in to} == {OWNER}


async def test_a_mistyped_reference_is_called_so(desk: Desk) -> None:
    reference = open_ticket(desk)
    wrong = reference[:-1] + str((int(reference[-1]) + 1) % 10)

    await desk.take(ask(wrong))

    assert f"<utter_ticket_reference_invalid nl reference={wrong}>" in answers(desk)[0]


async def test_whoever_guesses_codes_is_soon_told_nothing(new_desk: NewDesk) -> None:
    desk = new_desk(mail_per_sender_hour=50)
    reference = open_ticket(desk)
    code = TicketCodes(KEY).code(reference)
    wrong = [
        f"Hoe ver staat {reference}? {guess}" for guess in ("BBBB2222", "CCCC3333", "DDDD4444")
    ]
    wrong += [f"Hoe ver staat {reference}? {guess}" for guess in ("FFFF6666", "GGGG7777")]
    right = f"Hoe ver staat {reference}? {code}"

    await desk.take(*[write_mail(text, sender=OTHER) for text in [*wrong, right]])
    await desk.take(write_mail(right, sender="b@x.example"), write_mail(right))

    assert [told(reference) in answer for answer in answers(desk)] == [False, True, True]
    assert desk.counts.outcomes[1:6] == [("left", "same_answer_before")] * 5


async def test_several_references_get_several_answers(desk: Desk) -> None:
    first, second = open_ticket(desk), open_ticket(desk, number="9B:01:77")

    await desk.take(write_mail(f"Hoe ver staat het met {first} en {second}?"))

    assert told(first) in answers(desk)[0]
    assert told(second) in answers(desk)[0]


async def test_without_a_reference_the_senders_open_tickets_are_told(desk: Desk) -> None:
    open_ticket(desk, OTHER)
    closed = open_ticket(desk)
    with desk.engine.begin() as connection:
        is_it = TICKETS.c.reference == closed
        connection.execute(update(TICKETS).where(is_it).values(status="resolved"))
    first, second = open_ticket(desk, number="1A:11"), open_ticket(desk, number="2B:22")

    await desk.take(write_mail("Hoe ver staat mijn dossier?"))

    [answer] = answers(desk)
    assert [told(reference) in answer for reference in (first, second, closed)] == [
        True,
        True,
        False,
    ]
    assert answer.count("<utter_") == 2


async def test_who_has_none_is_asked_for_the_reference(desk: Desk) -> None:
    open_ticket(desk)

    assert await desk.take(write_mail("Hoe ver staat het?", sender=OTHER)) == [
        ("answered", "status")
    ]
    assert ASK in answers(desk)[0]


async def test_who_has_many_is_told_of_some_and_asked_which(desk: Desk) -> None:
    references = [open_ticket(desk, number=f"{number}A:7F:02") for number in range(1, 8)]

    await desk.take(write_mail("Hoe ver staat het?"))

    [answer] = answers(desk)
    assert [told(reference) in answer for reference in references] == [False] * 2 + [True] * 5
    assert ASK in answer


async def test_a_thread_with_a_ticket_is_about_that_ticket(desk: Desk) -> None:
    await desk.take(write_mail(HALF + REST))
    [ticket] = SqlTicketStore(desk.engine).list()
    open_ticket(desk, number="9B:01:77")
    confirmation = read_message(desk.sent()[0])

    outcomes = await desk.take(write_mail("Hoe ver staat het nu?", reply_to=confirmation))

    assert outcomes == [("answered", "status")]
    answer = answers(desk)[1]
    assert told(ticket.reference) in answer
    assert answer.count("<utter_ticket_status") == 1
    with desk.engine.connect() as connection:
        assert connection.execute(select(TICKET_NOTES)).all() == [], "no news for the desk"


async def test_a_status_question_that_may_not_be_answered_is_no_news_either(
    new_desk: NewDesk,
) -> None:
    desk = new_desk(mail_modes="send, ticket_status=off")
    await desk.take(write_mail(HALF + REST))
    confirmation = read_message(desk.sent()[0])

    outcomes = await desk.take(write_mail("Hoe ver staat het nu?", reply_to=confirmation))

    assert outcomes == [("left", "mode_off")]
    with desk.engine.connect() as connection:
        assert connection.execute(select(TICKET_NOTES)).all() == []


async def test_another_sender_is_told_nothing_of_a_threads_ticket(desk: Desk) -> None:
    await desk.take(write_mail(HALF + REST))
    confirmation = read_message(desk.sent()[0])

    await desk.take(write_mail("Hoe ver staat het?", sender=OTHER, reply_to=confirmation))

    assert ASK in answers(desk)[1]


async def test_a_question_beside_it_is_answered_too(desk: Desk) -> None:
    reference = open_ticket(desk)

    outcomes = await desk.take(
        write_mail(f"Hoe ver staat {reference}? En welke browser moet ik dan gebruiken?")
    )

    assert outcomes == [("answered", "status")]
    assert told(reference) in answers(desk)[0]
    assert "<utter_faq/browsers nl>" in answers(desk)[0]


async def test_what_an_unfinished_request_lacks_is_how_it_stands(desk: Desk) -> None:
    await desk.take(write_mail(HALF))

    outcomes = await desk.take(
        write_mail("En hoe ver staat het nu?", reply_to=read_message(desk.sent()[0]))
    )

    assert outcomes == [("left", "same_answer_before")]


@pytest.mark.parametrize(
    "text", ["{} intrekken aub.", "Hoe ver staat {}? Het certificaatnummer is nu 9B:01:77."]
)
async def test_a_mail_that_wants_more_than_the_status_is_for_people(desk: Desk, text: str) -> None:
    reference = open_ticket(desk)

    outcomes = await desk.take(write_mail(text.format(reference)))

    assert outcomes == [("left", "names_ticket")]
    assert desk.sent() == []


async def test_machines_modes_and_quotas_are_respected(new_desk: NewDesk) -> None:
    desk = new_desk(mail_modes="send, ticket_status.nl=draft", mail_per_sender_hour=1)
    reference = open_ticket(desk)
    text = f"Hoe ver staat {reference}?"

    outcomes = await desk.take(
        write_mail(text, Auto_Submitted="auto-replied"),
        write_mail(text, X_Auto_Response_Suppress="All"),
        write_mail(text),
        write_mail(f"{text} En wat kost het?"),
    )

    assert [outcome for outcome, _ in outcomes] == ["ignored", "left", "drafted", "left"]
    assert desk.sent() == []


@pytest.mark.parametrize(("says", "status"), [("in_progress", "in_progress"), (None, "unknown")])
async def test_the_desks_tool_is_asked_and_nothing_is_invented(
    new_desk: NewDesk, monkeypatch: pytest.MonkeyPatch, says: str | None, status: str
) -> None:
    async def answer(self: RequestTracker, reference: str) -> str:
        if says is None:
            raise TryLater("away")
        return says

    monkeypatch.setattr(RequestTracker, "status", answer)
    desk = new_desk(rt_url="https://rt.example", rt_password="x")
    reference = open_ticket(desk)

    await desk.take(ask(reference))

    assert told(reference, status) in answers(desk)[0]


async def test_the_log_names_no_code_and_no_address(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    reference = open_ticket(desk)
    code = TicketCodes(KEY).code(reference)

    await desk.take(ask(reference, text=f"Hoe ver staat {reference}? {code}", sender=OTHER))

    text = "\n".join(record.getMessage() for record in caplog.records)
    assert re.search(r"mail\.settled .*reason=status category=question", text)
    assert code not in text
    assert OTHER not in text


async def test_the_dry_run_looks_at_the_tickets_there_are(desk: Desk) -> None:
    reference = open_ticket(desk)
    clerk = Clerk(desk.parser, desk.responses, desk.settings)
    gate = Gate(KEY, MemoryTries(), desk.clock)
    tickets = status_desk(desk.settings, desk.engine, gate)

    known = await DryRun(clerk, NOW.date(), tickets).triage(ask(reference))
    unheard_of = await DryRun(clerk, NOW.date()).triage(ask(reference))

    assert (known["category"], known["should_reply"], known["topics"]) == ("question", True, [])
    assert told(reference) in known["reply"]["text"]
    assert unknown(reference) in unheard_of["reply"]["text"]


def test_the_dry_run_makes_no_database(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)

    assert desk_of(settings) is None
    assert list(tmp_path.iterdir()) == []
    open_database(settings.tickets_url)
    assert desk_of(settings) is not None
