"""Rasa's own form, with our validation: what it asks when something is missing."""

from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from rasa.core.actions.action import ActionExtractSlots
from rasa.core.actions.forms import FormAction
from rasa.core.channels import CollectingOutputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException

from actions.handed import actions_with
from actions.services import Services
from bot.dialogue.in_process_actions import InProcessActions
from bot.dialogue.responses import GuidanceResponses
from bot.settings import Settings
from bot.tickets.gate import Gate
from bot.tickets.request import begun_request
from bot.tickets.tries import MemoryTries
from tests.actions.test_schema import CERTIFICATE, FILING, MAY_LACK, TODAY, FakeTicketStore

PROJECT = Path(__file__).parents[2]
FORM = "migration_request_form"
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=timezone.utc)


@dataclass
class Conversation:
    """A conversation in which the form runs; no model is needed."""

    domain: Domain
    responses: GuidanceResponses
    endpoint: InProcessActions
    tracker: DialogueStateTracker = field(init=False)

    def __post_init__(self) -> None:
        self.tracker = DialogueStateTracker("an", self.domain.slots)
        begun = {"language": "nl", **begun_request()}
        for name, value in begun.items():
            self.tracker.update(SlotSet(name, value))

    async def says(self, intent: str, **stated: Any) -> list[str]:
        """Say something with these entities; gives the responses."""
        entities = [{"entity": name, "value": value} for name, value in stated.items()]
        self.tracker.update(ActionExecuted("action_listen"))
        self.tracker.update(UserUttered("…", {"name": intent}, entities), self.domain)
        channel = CollectingOutputChannel()
        extracting = ActionExtractSlots(self.endpoint)
        events = await extracting.run(channel, self.responses, self.tracker, self.domain)
        self.tracker.update_with_events(events, self.domain)
        form = FormAction(FORM, self.endpoint)
        events = await form.run(channel, self.responses, self.tracker, self.domain)
        self.tracker.update(ActionExecuted(FORM))
        self.tracker.update_with_events(events, self.domain)
        return [e.metadata["utter_action"] for e in events if isinstance(e, BotUttered)]

    def slot(self, name: str) -> Any:
        return self.tracker.get_slot(name)


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load([str(PROJECT / "domain.yml"), str(PROJECT / "data" / "responses")])


@pytest.fixture
def conversation(domain: Domain) -> Conversation:
    endpoint = InProcessActions()
    endpoint.domain = domain.as_dict()
    gate = Gate(b"k" * 32, MemoryTries(), lambda: NOW)
    services = Services(FakeTicketStore(), gate, None, lambda: NOW, lambda: TODAY, MAY_LACK)
    endpoint.use(actions_with(services))
    responses = GuidanceResponses(domain=domain, settings=Settings())
    return Conversation(domain, responses, endpoint)


async def test_a_request_without_number_and_brand_comes_to_its_end(
    conversation: Conversation,
) -> None:
    await conversation.says("give_details", **FILING)
    known = {n: v for n, v in CERTIFICATE.items() if n not in MAY_LACK}
    await conversation.says("give_details", **known)

    without_number = await conversation.says("skip_detail", skipped_detail="certificate_number")
    without_brand = await conversation.says("skip_detail")
    added = await conversation.says("deny", add_filing="false")
    summary = conversation.tracker.latest_bot_utterance.text
    await conversation.says("affirm", confirm_ticket="true")

    assert without_number == ["utter_left_out", "utter_ask_certificate_type"]
    assert without_brand == ["utter_left_out_too", "utter_ask_add_filing"]
    assert added == ["utter_ask_confirm_ticket"]
    assert summary.count("ontbreekt (het Contact Center kan ernaar vragen)") == 2
    assert conversation.slot("missing") == ["certificate_number", "certificate_type"]
    assert (conversation.slot("requested_slot"), conversation.tracker.active_loop_name) == (
        None,
        None,
    )


async def test_what_is_needed_is_asked_again_in_other_words_each_time(
    conversation: Conversation,
) -> None:
    await conversation.says("give_details", enterprise_number=FILING["enterprise_number"])

    said = [await conversation.says("skip_detail") for _ in range(3)]

    assert [first for first, _ in said] == [
        "utter_needed_closing_date",
        "utter_needed_again",
        "utter_needed_still",
    ]
    assert {question for _, question in said} == {"utter_ask_closing_date"}


async def test_a_missing_detail_given_at_the_end_is_missing_no_more(
    conversation: Conversation,
) -> None:
    known = {n: v for n, v in CERTIFICATE.items() if n != "certificate_number"}
    await conversation.says("give_details", **FILING, **known)
    await conversation.says("skip_detail", skipped_detail="certificate_number")
    await conversation.says("deny", add_filing="false")

    said = await conversation.says("give_details", certificate_number="4A:7F:02")

    assert said == ["utter_noted", "utter_ask_confirm_ticket"]
    assert conversation.slot("missing") == []


async def test_what_is_skipped_while_the_request_is_opened_is_not_asked(
    conversation: Conversation,
) -> None:
    said = await conversation.says(
        "open_migration_request", skipped_detail="certificate_number", certificate_brand="LuxTrust"
    )
    given = {n: v for n, v in CERTIFICATE.items() if n not in MAY_LACK}
    asked = await conversation.says("give_details", **FILING, **given)

    assert said[-1] == "utter_ask_enterprise_number"
    assert asked[-1] == "utter_ask_add_filing"
    assert conversation.slot("certificate_brand") == "LuxTrust"
    assert conversation.slot("certificate_type") == "other"


async def test_an_unlisted_brand_alone_answers_the_question(conversation: Conversation) -> None:
    known = {n: v for n, v in CERTIFICATE.items() if n != "certificate_type"}
    await conversation.says("give_details", **FILING, **known)

    said = await conversation.says("give_details", certificate_brand="LuxTrust")

    assert said == ["utter_ask_add_filing"]
    assert conversation.slot("certificate_type") == "other"


async def test_a_message_that_states_nothing_is_left_to_the_rules(
    conversation: Conversation,
) -> None:
    await conversation.says("give_details", **FILING)
    await conversation.says("give_details", certificate_owner="An Peeters")
    await conversation.says("skip_detail", skipped_detail="certificate_number")

    with pytest.raises(RasaException):
        await conversation.says("pause")

    assert conversation.slot("requested_slot") == "certificate_email"
