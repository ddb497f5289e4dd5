"""Putting a conversation where a message stands, and following whole conversations."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bench.evaluation.dialogues import (
    Dialogue,
    Fault,
    Message,
    Played,
    dialogue_figures,
    expected_after,
    fault_of,
    read_changes,
    read_dialogues,
    written_down,
)
from bench.evaluation.driving import Examiner
from bench.evaluation.marked import Line, Mark
from bench.evaluation.staging import history, plausible, slots_when_asked
from bench.evaluation.turns import Said, State, Turn, said_last, state_of
from bot.details import CERTIFICATE_DETAILS, DETAILS, FILING_DETAILS
from bot.dialogue.assistant import FORM, Assistant
from bot.dialogue.responses import GuidanceResponses
from bot.dialogue.trackers import MaskingTrackerStore
from bot.language import LANGUAGES
from bot.settings import Settings
from bot.shell.project import read_responses
from bot.tickets.request import filings_of

PROJECT = Path(__file__).parents[2]
OUTSIDE = ("none", "offer_request", "clarify", "anything_else")


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(PROJECT / "domain.yml")


@pytest.fixture(scope="module")
def order(domain: Domain) -> tuple[str, ...]:
    return tuple(domain.required_slots_for_form(FORM))


@pytest.fixture(scope="module")
def responses() -> GuidanceResponses:
    made = GuidanceResponses(settings=Settings())
    made.responses = read_responses(PROJECT / "data")
    return made


def line(asked: str, moves: str, *marks: Mark, language: str = "nl") -> Line:
    return Line(language, asked, tuple(moves.split("+")), "woorden", marks)


@pytest.mark.parametrize("asked", [*DETAILS, "add_filing", "detail_to_change", "confirm_ticket"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_conversation_stands_at_its_question(
    asked: str, language: str, domain: Domain, order: tuple[str, ...], responses: GuidanceResponses
) -> None:
    said = line(asked, "noise", language=language)

    events = history(said, slots_when_asked(said, order), responses.render)

    tracker = DialogueStateTracker.from_events("an", events, domain.slots)
    state, missing = state_of(tracker), [s for s in order if tracker.get_slot(s) is None]
    assert (state.is_open, state.asked, missing[0]) == (True, asked, asked)
    assert said_last(events)[-1].response == f"utter_ask_{asked}"
    assert {name for name, _ in state.details} == set(order[: order.index(asked)]) & set(DETAILS)


@pytest.mark.parametrize("asked", OUTSIDE)
def test_outside_the_form_nothing_is_asked(
    asked: str, domain: Domain, order: tuple[str, ...], responses: GuidanceResponses
) -> None:
    said = line(asked, "noise")

    events = history(said, slots_when_asked(said, order), responses.render)

    tracker = DialogueStateTracker.from_events("an", events, domain.slots)
    offers = [bubble.offers for bubble in said_last(events)]
    assert (state_of(tracker).is_open, state_of(tracker).details) == (False, {})
    assert offers == {"none": [], "offer_request": ["open_migration_request"]}.get(asked, [None])


@pytest.mark.parametrize(
    ("said", "filings"),
    [
        (line("add_filing", "affirm+give", Mark("closing_date", "31/12/21", filing=2)), 1),
        (line("add_filing", "add+give", Mark("closing_date", "31/12/21", filing=3)), 2),
        (line("confirm_ticket", "correct", Mark("closing_date", "31/12/21", filing=2)), 2),
        (line("confirm_ticket", "remove"), 2),
        (line("none", "open+give", Mark("closing_date", "31/12/21", filing=1)), 0),
        (line("none", "add+give", Mark("closing_date", "31/12/21", filing=2)), 1),
    ],
)
def test_there_are_as_many_filings_as_the_message_takes_for_granted(
    said: Line, filings: int, order: tuple[str, ...]
) -> None:
    assert len(filings_of(slots_when_asked(said, order))) == filings


def test_a_correction_meets_the_value_that_it_takes_back() -> None:
    wrong = Mark("closing_date", "30/06/2022", "wrong")
    said = line("confirm_ticket", "correct", wrong, Mark("closing_date", "31/12/2022"))

    assert plausible(said, "closing_date", 1) == "2022-06-30"
    assert plausible(replace(said, marks=said.marks[1:]), "closing_date", 1) == "2021-12-31"


class SilentAgent:
    """An agent that answers every message with the same response, and notes its language."""

    def __init__(self, domain: Domain, store: MaskingTrackerStore, response: str) -> None:
        self.domain, self.tracker_store, self._response = domain, store, response

    async def handle_message(self, message: Any) -> None:
        tracker = await self.tracker_store.retrieve(message.sender_id)
        tracker = tracker or DialogueStateTracker(message.sender_id, self.domain.slots)
        tracker.update(UserUttered(message.text, {"name": "faq", "confidence": 1.0}))
        tracker.update(SlotSet("language", message.metadata["language"]))
        tracker.update(BotUttered("Woorden.", metadata={"utter_action": self._response}))
        await self.tracker_store.save(tracker)
        await message.output_channel.send_response(message.sender_id, {"text": "Woorden."})


@pytest.fixture
def examined(domain: Domain, responses: GuidanceResponses, tmp_path: Path) -> Examiner:
    store = MaskingTrackerStore(domain, url=f"sqlite:///{tmp_path / 'trackers.db'}")
    agent: Any = SilentAgent(domain, store, "utter_faq/idaas")
    tickets: Any = SimpleNamespace()
    return Examiner(Assistant(agent, store, responses, lambda: 0.0), tickets)


async def test_a_message_is_sent_where_its_question_was_asked(examined: Examiner) -> None:
    ask = await examined.judge(line("closing_date", "ask"))
    stop = await examined.judge(line("closing_date", "stop"))

    assert (ask.faults, stop.faults) == ((), ("stop: the form is open",))
    assert ask.turn.last
    assert ask.turn.last.response == "utter_ask_closing_date"
    assert ask.turn.before.details == {("enterprise_number", 1): "0403170701"}


async def test_a_conversation_ends_at_its_first_fault(examined: Examiner) -> None:
    first = Message("none", "hallo", ("ask",), {}, "none")
    second = Message("none", "nog iets", ("open",), {}, "enterprise_number")

    played = await examined.play(Dialogue("nl", "1", (first, second)))

    fault = Fault(2, "none is asked instead of enterprise_number")
    assert played.fault == fault
    assert [
        (f.label, f.share) for f in dialogue_figures([played, Played(played.dialogue, None)])
    ] == [
        ("whole dialogues without a fault", 0.5),
        ("  first fault at turn 2", 0.5),
    ]


def test_what_a_message_changes_is_read_with_its_filing() -> None:
    assert read_changes("closing_date#2=2022-12-31 | certificate_number= | language=fr") == {
        ("closing_date", 2): "2022-12-31",
        ("certificate_number", 0): None,
        ("language", 0): "fr",
    }


def test_giving_up_empties_everything_but_the_language() -> None:
    known = {("language", 0): "fr", ("closing_date", 1): "2022-12-31"}

    assert expected_after(known, Message("", "", ("stop",), {}, "none")) == {("language", 0): "fr"}


@pytest.mark.parametrize(
    ("then", "slots", "response", "is_right"),
    [
        ("closing_date", {"requested_slot": "closing_date"}, "", True),
        ("filing_model", {"requested_slot": "closing_date"}, "", False),
        ("ticket", {}, "utter_ticket_opened", True),
        ("anything_else", {}, "utter_faq/idaas", True),
        ("anything_else", {}, "utter_clarify", False),
        ("offer_request", {}, "utter_offer_request", True),
        ("none", {}, "utter_offer_request", False),
    ],
)
def test_what_is_asked_next_is_part_of_being_right(
    then: str, slots: dict[str, str], response: str, is_right: bool
) -> None:
    offers = "open_migration_request" if response == "utter_offer_request" else None
    after = State({**slots, "language": "nl"}, bool(slots))
    became = Turn(after, after, (Said(response, "", offers),))

    fault = fault_of(
        Message("", "", (), {}, then), {("language", 0): "nl"}, became, written_down(after)
    )

    assert (fault is None) is is_right


def test_a_detail_that_is_not_as_written_is_named() -> None:
    after = State({"language": "nl", "closing_date": "2022-12-31"}, is_open=False)
    message = Message("", "", (), {}, "none")

    fault = fault_of(message, {("language", 0): "nl"}, Turn(after, after), written_down(after))

    assert fault == "not as written: closing_date#1"


def test_what_a_ticket_keeps_is_what_is_written_down() -> None:
    ticket = {("closing_date", 1): "2022-12-31"}

    assert written_down(State({"language": "nl"}, is_open=False), ticket) == {
        ("closing_date", 1): "2022-12-31",
        ("language", 0): "nl",
    }


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_conversations_are_read_whole(language: str) -> None:
    dialogues = read_dialogues(
        PROJECT / "tests" / "heldout" / f"dialogues.{language}.tsv", language
    )

    names = {name for d in dialogues for m in d.messages for name, _ in m.changes}
    assert len(dialogues) == 60
    assert all(m.text for d in dialogues for m in d.messages)
    assert names >= {*FILING_DETAILS, *CERTIFICATE_DETAILS}


def test_a_language_without_conversations_has_none(tmp_path: Path) -> None:
    assert read_dialogues(tmp_path / "dialogues.en.tsv", "en") == []
