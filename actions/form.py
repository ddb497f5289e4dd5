"""The form of the migration request: what each message does to it, and what is said about it."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import (
    FORM,
    Domain,
    Events,
    asked_topics,
    language_of,
    say,
    slots_before_this_turn,
)
from actions.services import ServedAction
from actions.ticket import draft_of, offer_similar
from bot.details import DETAILS
from bot.tickets.check import problems_of
from bot.tickets.filings import cleared
from bot.tickets.request import Step, advance
from bot.tickets.summary import listed_values


class ValidateMigrationRequestForm(ServedAction):
    """Checks what the visitor stated and tells what was wrong, noted or changed."""

    def name(self) -> str:
        """Name in the domain: Rasa calls it whenever the form runs."""
        return f"validate_{FORM}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Apply the stated values to the request."""
        stated = tracker.slots_to_validate()
        if not stated:
            return []
        before = slots_before_this_turn(tracker)
        before["requested_slot"] = tracker.get_slot("requested_slot")
        step = advance(before, stated, today=self.services.today())
        if step.slots.get("confirm_ticket") and not self._ask_again(tracker, step):
            step.slots.update(await offer_similar(self.services, tracker))
        _answer_beside(dispatcher, tracker)
        _comment(dispatcher, step, {**before, **step.slots}, before, language_of(tracker))
        if next(tracker.get_latest_entity_values("repeated_detail"), None):
            say(dispatcher, "utter_one_filing_at_a_time")
        return [SlotSet(name, value) for name, value in step.slots.items()]

    def _ask_again(self, tracker: Tracker, step: Step) -> bool:
        """Clear what no ticket may hold, so that the form asks for it and loses nothing else."""
        today = self.services.today()
        wrong = list(problems_of(draft_of(tracker), today=today))
        step.slots.update(cleared(tracker.current_slot_values(), wrong, today=today))
        step.refused += [error for error in wrong if error.detail in DETAILS]
        return bool(wrong)


def _answer_beside(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Answer what the same message asks or shows besides its values."""
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    if intent == "share_secret":
        say(dispatcher, "utter_secret_refused")
    elif intent in {"faq", "several_questions"}:
        for topic in asked_topics(tracker):
            say(dispatcher, f"utter_{topic}")


def _comment(
    dispatcher: CollectingDispatcher,
    step: Step,
    after: dict[str, Any],
    before: dict[str, Any],
    language: str,
) -> None:
    for refused in step.refused:
        say(dispatcher, f"utter_refuse_{refused.detail}_{refused.reason}")
    if step.changed:
        say(dispatcher, "utter_changed", values=listed_values(after, step.changed, language))
    # The answer to the question itself needs no echo: the summary shows it.
    if [name for name in step.noted if name != before.get("requested_slot")]:
        say(dispatcher, "utter_noted", values=listed_values(after, step.noted, language))
