"""The form of the migration request: what each message does to it, and what is said about it."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import (
    FORM,
    Domain,
    Events,
    asked_topics,
    intent_of_latest,
    language_of,
    say,
    slots_before_this_turn,
    user_turns,
    varied,
)
from actions.questions import (
    ActionHandOver,
    ActionHandOverWithWords,
    ActionOutOfScope,
    ActionSwitchLanguage,
)
from actions.request import ActionExplainDetail, ActionPause
from actions.services import ServedAction
from actions.ticket import draft_of, offer_similar
from bot.details import DETAILS
from bot.tickets.check import problems_of
from bot.tickets.filings import cleared, missing_of
from bot.tickets.lines import names_without
from bot.tickets.request import advance, next_question
from bot.tickets.several import stated_elsewhere
from bot.tickets.step import Step
from bot.tickets.summary import listed_filing, listed_values


class ActionClarifyBeside(Action):
    """Says that a question beside an answer was not understood.

    Topics to choose from would only stand in the way of the form.
    """

    def name(self) -> str:
        """Name of its own: no rule calls it."""
        return "action_clarify_beside"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Ask for other words, never with the same sentence twice in a row."""
        ways = ("utter_clarify_beside", "utter_clarify_beside_again")
        say(dispatcher, varied(tracker, *ways))
        return []


# What answers a message that fills something in besides.
_BESIDE: dict[str, type[Action]] = {
    "change_language": ActionSwitchLanguage,
    "explain_detail": ActionExplainDetail,
    "nlu_fallback": ActionClarifyBeside,
    "out_of_scope": ActionOutOfScope,
    "pause": ActionPause,
    "report_no_solution": ActionHandOverWithWords,
    "request_human": ActionHandOver,
}


class ValidateMigrationRequestForm(ServedAction):
    """Checks what the visitor stated and tells what was wrong, noted or changed."""

    def name(self) -> str:
        """Name in the domain: Rasa calls it whenever the form runs."""
        return f"validate_{FORM}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Apply the stated values to the request."""
        before = slots_before_this_turn(tracker)
        before["requested_slot"] = tracker.get_slot("requested_slot")
        stated, elsewhere = _stated(tracker, before), _elsewhere(tracker, before)
        if not stated and not elsewhere:
            return _asked_next(tracker.current_slot_values())
        step = advance(
            before,
            stated,
            today=self.services.today(),
            may_lack=self.services.may_lack,
            elsewhere=elsewhere,
        )
        if step.slots.get("confirm_ticket") and not self._ask_again(tracker, step):
            step.slots.update(await offer_similar(self.services, tracker))
        await _answer_beside(dispatcher, tracker, domain)
        _comment(dispatcher, step, {**before, **step.slots}, before, language_of(tracker))
        _tell_of_repeated(dispatcher, tracker, step)
        _tell_of_skipped(dispatcher, tracker, step)
        now = {**tracker.current_slot_values(), **step.slots}
        return [*(SlotSet(name, value) for name, value in step.slots.items()), *_asked_next(now)]

    def _ask_again(self, tracker: Tracker, step: Step) -> bool:
        """Clear what no ticket may hold, so that the form asks for it and loses nothing else."""
        rules: dict[str, Any] = {
            "today": self.services.today(),
            "may_lack": self.services.may_lack,
        }
        wrong = list(problems_of(draft_of(tracker), **rules))
        step.slots.update(cleared(tracker.current_slot_values(), wrong, **rules))
        step.refused += [error for error in wrong if error.detail in DETAILS]
        return bool(wrong)


def _stated(tracker: Tracker, before: dict[str, Any]) -> dict[str, Any]:
    """Give what the message states: slots that the form asks for, and the two beside them.

    Rasa hands a form's validation the former only. A brand counts when it is new, or was
    named before the form began; of skipped details all that the message names.
    """
    stated = dict(tracker.slots_to_validate())
    brand = tracker.get_slot("certificate_brand")
    has_type = tracker.get_slot("certificate_type") is not None
    if brand and (brand != before.get("certificate_brand") or not has_type):
        stated["certificate_brand"] = brand
    if removed := next(tracker.get_latest_entity_values("filing_to_remove"), None):
        stated["filing_to_remove"] = removed
    if skipped := tracker.get_slot("skipped_detail"):
        stated["skipped_detail"] = [skipped, *tracker.get_latest_entity_values("skipped_detail")]
    elif intent_of_latest(tracker) == "skip_detail" and before["requested_slot"] in DETAILS:
        stated["skipped_detail"] = before["requested_slot"]
    return stated


def _elsewhere(tracker: Tracker, before: dict[str, Any]) -> dict[int, dict[str, str]]:
    """Give what is said of other filings: now, or before the form began."""
    messages = [tracker.latest_message]
    if before["requested_slot"] is None:
        messages = [turn.get("parse_data") or {} for turn in user_turns(tracker)]
    stated: dict[int, dict[str, str]] = {}
    for message in messages:
        for number, values in stated_elsewhere(message.get("entities") or []).items():
            stated[number] = {**values, **stated.get(number, {})}
    return stated


def _asked_next(slots: dict[str, Any]) -> Events:
    """Say what the form asks next where something is missing; else Rasa finds it itself.

    To Rasa a required slot without a value is one to ask for: Rasa's own `FormValidationAction`
    overrides it in this way too.
    """
    return [SlotSet("requested_slot", next_question(slots))] if missing_of(slots) else []


def _tell_of_repeated(dispatcher: CollectingDispatcher, tracker: Tracker, step: Step) -> None:
    """Say which of several values for one detail was noted."""
    detail = next(tracker.get_latest_entity_values("repeated_detail"), None)
    if detail in DETAILS and step.known.get(detail):
        values = listed_values(step.known, [detail], language_of(tracker))
        say(dispatcher, "utter_last_of_several", values=values)


def _tell_of_skipped(dispatcher: CollectingDispatcher, tracker: Tracker, step: Step) -> None:
    """Say what the request goes without, and why it cannot go without something else."""
    language = language_of(tracker)
    if step.left_out:
        response = varied(tracker, "utter_left_out", "utter_left_out_too")
        say(dispatcher, response, detail=names_without(step.left_out, language))
    if step.needed:
        asked = tracker.get_slot("requested_slot")
        # One is enough: the others are asked in their turn.
        detail = asked if asked in step.needed else step.needed[0]
        ways = (f"utter_needed_{detail}", "utter_needed_again", "utter_needed_still")
        say(dispatcher, varied(tracker, *ways), detail=names_without([detail], language))


async def _answer_beside(
    dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
) -> None:
    """Answer what the same message asks or shows besides its values."""
    intent = intent_of_latest(tracker)
    if intent == "share_secret":
        say(dispatcher, "utter_secret_refused")
    elif intent in {"faq", "chitchat", "several_questions"}:
        for topic in asked_topics(tracker):
            say(dispatcher, f"utter_{topic}")
    elif intent in _BESIDE:
        await _BESIDE[intent]().run(dispatcher, tracker, domain)


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
        say(dispatcher, "utter_changed", values=listed_values(step.known, step.changed, language))
    # The answer to the question itself needs no echo: the summary shows it.
    noted = [name for name in step.noted if name != before.get("requested_slot")]
    told = [listed_values(step.known, step.noted, language)] if noted else []
    told += [listed_filing(after, number, language) for number in step.elsewhere]
    if told:
        say(dispatcher, "utter_noted", values="\n".join(told))
    if step.removed:
        say(dispatcher, "utter_filing_removed", number=str(step.removed))
    if step.is_queued:
        say(dispatcher, "utter_filing_follows")
    if step.turned_to:
        say(dispatcher, "utter_next_filing", number=str(step.turned_to))
