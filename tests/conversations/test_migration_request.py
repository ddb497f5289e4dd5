"""The migration request, played through the real assistant."""

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from bot.language import LANGUAGES
from bot.shell.project import read_responses
from bot.storage import SqlTicketStore
from bot.tickets.model import Draft
from tests.conversations.script import (
    ANSWERS,
    CANCEL,
    CORRECTION,
    FULL_REQUEST,
    HUMAN,
    MISSING_FORMS,
    OTHER_LANGUAGE,
    QUESTION,
    SECRET,
    SLOTS,
    START,
    START_OVER,
    SWITCH,
    THANKS,
    TWO_QUESTIONS,
    VALUES,
    WRONG,
)

pytestmark = [pytest.mark.trained, pytest.mark.asyncio(loop_scope="session")]
EARLIER = Draft(
    conversation="the same, last week",
    channel="rest",
    language="fr",
    filings=[{k: str(VALUES[k]) for k in list(VALUES)[:5]}],
    certificate_owner="An Peeters",
    certificate_email="An@Example.be",
    certificate_number="9B:01",
    certificate_type="isabel",
)
every_language = pytest.mark.parametrize("language", LANGUAGES)
every_slot = pytest.mark.parametrize("slot", SLOTS)
RESPONSES = read_responses()


def asked(slot: str, language: str) -> str:
    """Give the first line of the form's question for a slot, up to what is filled in."""
    variations = RESPONSES[f"utter_ask_{slot}"]
    text = next(v["text"] for v in variations if v["condition"][0]["value"] == language)
    return str(text.splitlines()[0]).partition("{")[0]


async def reach(conversation: Any, slot: str) -> None:
    """Answer the form's questions until it asks for ``slot``."""
    language = conversation.language
    if slot == "add_to_ticket":
        earlier = replace(EARLIER, conversation=conversation.sender)
        conversation.store.open(earlier, now=datetime.now(timezone.utc))
    await conversation.say(START[language])
    for earlier in SLOTS[: SLOTS.index(slot)]:
        await conversation.say(ANSWERS[earlier][language])
    assert await conversation.requested() == slot


async def assert_kept(conversation: Any, slot: str) -> None:
    """The answers given before ``slot`` are all still there."""
    slots = await conversation.slots()
    for earlier in SLOTS[: SLOTS.index(slot)]:
        assert slots[earlier] == VALUES[earlier]


@every_language
async def test_a_request_becomes_a_ticket_with_every_value(
    talk: Any, ticket_store: SqlTicketStore, language: str
) -> None:
    conversation = talk(language)
    await reach(conversation, "confirm_ticket")

    replies = await conversation.say(ANSWERS["confirm_ticket"][language])

    ticket = ticket_store.list()[0].as_dict()
    assert ticket["reference"] in replies[-1].text
    assert ticket["filings"] == [{k: VALUES[k] for k in list(VALUES)[:5]}]
    assert {k: ticket[k] for k in list(VALUES)[5:9]} == {k: VALUES[k] for k in list(VALUES)[5:9]}
    assert (ticket["channel"], ticket["language"]) == ("rest", language)


@every_language
@every_slot
async def test_a_question_is_answered_and_the_same_slot_asked_again(
    talk: Any, language: str, slot: str
) -> None:
    conversation = talk(language)
    await reach(conversation, slot)

    replies = await conversation.say(QUESTION[language])

    assert (replies[0].outcome, replies[0].topics) == ("answer", ["what_is_idaas"])
    assert replies[-1].text.startswith(asked(slot, language))
    assert await conversation.requested() == slot
    await assert_kept(conversation, slot)


@every_language
@every_slot
async def test_a_wrong_value_is_refused_with_a_reason_and_asked_again(
    talk: Any, language: str, slot: str
) -> None:
    conversation = talk(language)
    await reach(conversation, slot)

    replies = await conversation.say(WRONG[slot])

    assert len(replies) == 2
    assert replies[0].outcome == "form"
    assert not replies[0].text.startswith(asked(slot, language))
    assert replies[-1].text.startswith(asked(slot, language))
    assert await conversation.requested() == slot
    await assert_kept(conversation, slot)


@every_language
@every_slot
async def test_cancelling_ends_the_request_and_forgets_it(
    talk: Any, language: str, slot: str
) -> None:
    conversation = talk(language)
    await reach(conversation, slot)

    replies = await conversation.say(CANCEL[language])

    slots = await conversation.slots()
    tracker = await conversation.assistant.tracker(conversation.sender)
    assert len(replies) == 1
    assert tracker.active_loop_name is None
    assert slots["requested_slot"] is None
    assert not any(slots[name] for name in VALUES)


@every_language
@every_slot
async def test_a_correction_is_taken_at_any_time(talk: Any, language: str, slot: str) -> None:
    conversation = talk(language)
    await reach(conversation, slot)

    replies = await conversation.say(CORRECTION[language])

    slots = await conversation.slots()
    # After the summary a correction shows it again.
    expected = {SLOTS[0]: SLOTS[1], "add_to_ticket": "confirm_ticket"}.get(slot, slot)
    assert slots["requested_slot"] == expected
    assert replies[-1].text.startswith(asked(expected, language))
    assert slots["enterprise_number"] == "0203201340"
    assert slots["filings"] == []


@every_language
@every_slot
async def test_a_secret_is_refused_and_never_stored(talk: Any, language: str, slot: str) -> None:
    conversation = talk(language)
    await reach(conversation, slot)

    replies = await conversation.say(SECRET[language])

    tracker = await conversation.assistant.tracker_json(conversation.sender)
    assert "48213759" not in str(tracker)
    assert len(replies) == 2
    assert await conversation.requested() == slot
    await assert_kept(conversation, slot)


@every_language
@every_slot
async def test_a_change_of_language_keeps_everything(talk: Any, language: str, slot: str) -> None:
    conversation = talk(language)
    await reach(conversation, slot)
    other = OTHER_LANGUAGE[language]

    replies = await conversation.say(SWITCH[other])

    assert {reply.language for reply in replies} == {other}
    assert replies[-1].text.startswith(asked(slot, other))
    assert (await conversation.slots())["language"] == other
    await assert_kept(conversation, slot)


@every_language
@every_slot
@pytest.mark.parametrize("aside", [THANKS, HUMAN], ids=["thanks", "human"])
async def test_small_talk_and_a_call_for_a_person_lose_nothing(
    talk: Any, language: str, slot: str, aside: dict[str, str]
) -> None:
    conversation = talk(language)
    await reach(conversation, slot)

    replies = await conversation.say(aside[language])

    assert replies[0].outcome in {"smalltalk", "handoff"}
    assert replies[-1].text.startswith(asked(slot, language))
    await assert_kept(conversation, slot)


@every_language
async def test_several_details_in_one_message_fill_several_slots(talk: Any, language: str) -> None:
    conversation = talk(language)
    await conversation.say(START[language])

    await conversation.say(
        f"0403.170.701, 31/12/2022, {ANSWERS['filing_model'][language]}, an@example.be, GlobalSign"
    )

    slots = await conversation.slots()
    for name in ("enterprise_number", "closing_date", "filing_model", "certificate_email"):
        assert slots[name] == VALUES[name]
    assert slots["certificate_type"] == "globalsign"
    assert slots["requested_slot"] == "deposit_type"


@every_language
async def test_details_named_before_the_request_are_not_asked_again(
    talk: Any, language: str
) -> None:
    conversation = talk(language)
    await conversation.say("0403.170.701")

    await conversation.say(START[language])

    assert (await conversation.slots())["enterprise_number"] == "0403170701"
    assert await conversation.requested() == "closing_date"


@every_language
async def test_two_filings_go_into_one_ticket(
    talk: Any, ticket_store: SqlTicketStore, language: str
) -> None:
    conversation = talk(language)
    await reach(conversation, "add_filing")
    await conversation.say(ANSWERS["confirm_ticket"][language])
    for slot, text in {"enterprise_number": "0203.201.340", "closing_date": "30/06/2023"}.items():
        assert await conversation.requested() == slot
        await conversation.say(text)
    for slot in ("filing_model", "deposit_type", "filing_language", "add_filing"):
        assert await conversation.requested() == slot
        await conversation.say(ANSWERS[slot][language])

    replies = await conversation.say(ANSWERS["confirm_ticket"][language])

    ticket = ticket_store.list()[0].as_dict()
    assert ticket["reference"] in replies[-1].text
    assert [filing["enterprise_number"] for filing in ticket["filings"]] == [
        "0403170701",
        "0203201340",
    ]


@every_language
async def test_another_number_at_the_question_begins_the_next_filing(
    talk: Any, language: str
) -> None:
    conversation = talk(language)
    await reach(conversation, "add_filing")

    await conversation.say("0203.201.340")

    slots = await conversation.slots()
    assert slots["filings"][0]["enterprise_number"] == VALUES["enterprise_number"]
    assert slots["enterprise_number"] == "0203201340"
    assert slots["requested_slot"] == "closing_date"


@every_language
async def test_a_second_filing_can_be_dropped_again(talk: Any, language: str) -> None:
    conversation = talk(language)
    await reach(conversation, "add_filing")
    await conversation.say(ANSWERS["confirm_ticket"][language])

    replies = await conversation.say(ANSWERS["add_filing"][language])

    assert await conversation.requested() == "confirm_ticket"
    assert "0403.170.701" in replies[-1].text


@every_language
async def test_yes_to_an_offered_request_starts_it(talk: Any, language: str) -> None:
    conversation = talk(language)
    answer = await conversation.say(MISSING_FORMS[language])

    await conversation.say(ANSWERS["confirm_ticket"][language])

    assert answer[0].topics == ["missing_forms"]
    assert await conversation.requested() == "enterprise_number"


@every_language
async def test_a_first_message_with_everything_leaves_little_to_ask(
    talk: Any, language: str
) -> None:
    conversation = talk(language)

    await conversation.say(FULL_REQUEST[language])

    slots = await conversation.slots()
    assert slots["requested_slot"] is not None
    for name in ("enterprise_number", "closing_date", "filing_model", "certificate_owner",
                 "certificate_email", "certificate_number", "certificate_type"):  # fmt: skip
        assert slots[name] == VALUES[name], name


@every_language
async def test_the_offices_code_is_kept_beside_the_model(talk: Any, language: str) -> None:
    conversation = talk(language)
    await reach(conversation, "filing_model")

    await conversation.say("m02-f")

    slots = await conversation.slots()
    assert (slots["filing_model"], slots["filing_model_code"]) == ("full", "m02-f")


@every_language
@pytest.mark.parametrize("owner", ["Marie Dubois", "Jan Peeters", "Peter Smith", "Dr. An Wouters"])
async def test_a_name_never_changes_the_language(talk: Any, language: str, owner: str) -> None:
    conversation = talk(language)
    await reach(conversation, "certificate_owner")

    replies = await conversation.say(owner)

    assert replies[-1].language == language
    assert (await conversation.slots())["certificate_owner"] == owner.removeprefix("Dr. ")


@every_language
async def test_no_at_the_summary_lets_one_detail_be_changed(talk: Any, language: str) -> None:
    conversation = talk(language)
    await reach(conversation, "confirm_ticket")

    offered = await conversation.say(ANSWERS["add_filing"][language])
    date_button = offered[-1].buttons[1]["payload"]
    await conversation.say(date_button)
    assert await conversation.requested() == "closing_date"
    summary = await conversation.say("30/06/2022")

    assert await conversation.requested() == "confirm_ticket"
    assert "30/06/2022" in summary[-1].text
    assert "31/12/2022" not in summary[-1].text


@every_language
async def test_confirming_twice_opens_one_ticket(
    talk: Any, ticket_store: SqlTicketStore, language: str
) -> None:
    conversation = talk(language)
    await reach(conversation, "confirm_ticket")
    yes = ANSWERS["confirm_ticket"][language]

    first = await conversation.say(yes)
    count = len(ticket_store.list())
    second = await conversation.say(yes)

    reference = ticket_store.list()[0].reference
    assert len(ticket_store.list()) == count
    assert reference in first[-1].text
    assert reference in second[-1].text


@every_language
async def test_the_same_request_filled_in_again_is_the_same_ticket(
    talk: Any, ticket_store: SqlTicketStore, language: str
) -> None:
    conversation = talk(language)
    for _ in range(2):
        await reach(conversation, "confirm_ticket")
        replies = await conversation.say(ANSWERS["confirm_ticket"][language])

    tickets = [t for t in ticket_store.list() if t.draft.conversation == conversation.sender]
    assert len(tickets) == 1
    assert tickets[0].reference in replies[-1].text


@every_language
async def test_the_state_of_a_ticket_tells_nothing_personal(
    talk: Any, ticket_store: SqlTicketStore, language: str
) -> None:
    owner = talk(language)
    await reach(owner, "confirm_ticket")
    await owner.say(ANSWERS["confirm_ticket"][language])
    reference = ticket_store.list()[0].reference
    stranger = talk(language)
    await stranger.say("hallo")

    asked = await stranger.say(f"status {reference}")
    also_asked = await stranger.say("status CYB-2026-999999-5")
    mistyped = await stranger.say(f"status {reference[:-1]}{(int(reference[-1]) + 1) % 10}")
    known = await stranger.say(f"status {reference} an@example.be")
    not_allowed = await stranger.say(f"status {reference} eve@example.be")
    unknown = await stranger.say("status CYB-2026-999999-5 eve@example.be")

    assert reference in known[-1].text
    assert not any(personal in known[-1].text for personal in ("Peeters", "an@", "4A:7F", "0403"))

    def said(replies: Any, named: str) -> str:
        return str(replies[-1].text).replace(named, "REFERENCE")

    assert said(asked, reference) == said(also_asked, "CYB-2026-999999-5")
    assert said(not_allowed, reference) == said(unknown, "CYB-2026-999999-5")
    assert len({reply[-1].text for reply in (asked, mistyped, known, not_allowed)}) == 4


@every_language
async def test_a_ticket_that_cannot_be_stored_is_not_lost(
    talk: Any,
    ticket_store: SqlTicketStore,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    conversation = talk(language)
    await reach(conversation, "confirm_ticket")

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(SqlTicketStore, "open", fail)
        failed = await conversation.say(ANSWERS["confirm_ticket"][language])
    replies = await conversation.say(ANSWERS["confirm_ticket"][language])

    assert failed[0].outcome == "error"
    assert ticket_store.list()[0].reference in replies[-1].text


@every_language
@pytest.mark.parametrize(
    "text", ["wat is IDAAS?", "C'est quoi IDAAS ?", "What is IDAAS?", "annuleren", "annuler"]
)
async def test_the_owner_slot_swallows_no_question_and_no_cancel(
    talk: Any, language: str, text: str
) -> None:
    conversation = talk(language)
    await reach(conversation, "certificate_owner")

    await conversation.say(text)

    assert (await conversation.slots())["certificate_owner"] is None


@every_language
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Isabel Janssens", "Isabel Janssens"),
        ("Jan De Cock", "Jan De Cock"),
        ("Seán O'Brien", "Seán O'Brien"),
        ("NV Test & Zonen", "NV Test & Zonen"),
        ("jean-pierre lambert", "jean-pierre lambert"),
    ],
)
async def test_names_of_all_kinds_are_owners(
    talk: Any, language: str, typed: str, kept: str
) -> None:
    conversation = talk(language)
    await reach(conversation, "certificate_owner")

    await conversation.say(typed)

    assert (await conversation.slots())["certificate_owner"] == kept


@every_language
async def test_two_questions_in_the_form_get_two_answers_and_the_question_again(
    talk: Any, language: str
) -> None:
    conversation = talk(language)
    await reach(conversation, "closing_date")

    replies = await conversation.say(TWO_QUESTIONS[language])

    assert [reply.topics for reply in replies[:2]] == [["what_is_idaas"], ["browsers"]]
    assert asked("closing_date", language) in replies[-1].text
    await assert_kept(conversation, "closing_date")


@every_language
async def test_who_begins_again_gets_the_first_question(talk: Any, language: str) -> None:
    conversation = talk(language)
    await reach(conversation, "deposit_type")

    replies = await conversation.say(START_OVER[language])

    slots = await conversation.slots()
    assert await conversation.requested() == "enterprise_number"
    assert asked("enterprise_number", language) in replies[-1].text
    assert {slots[slot] for slot in SLOTS[:3]} == {None}
