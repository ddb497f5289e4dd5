"""Actions of the migration request: validating, asking, summarising, opening the ticket."""

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.conversation import (
    FORM,
    Domain,
    Events,
    asked_topics,
    button,
    forget_request,
    language_of,
    say,
    slots_before_this_turn,
    user_turns,
)
from bot.details import DETAILS
from bot.details.labels import named_detail
from bot.tickets.model import CHANNELS, CLOSED, Addition, Draft, Ticket
from bot.tickets.request import (
    Step,
    advance,
    empty_request,
    joins_ticket,
    offer_to_add,
    ticket_details,
)
from bot.tickets.summary import changeable, listed_values, summarise, summarise_draft

_LOG = logging.getLogger(__name__)


class ActionStartRequest(Action):
    """Opens a request; details named earlier in the conversation stay."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_start_request"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Say what follows and set the request's own slots to their beginning."""
        say(dispatcher, "utter_request_started")
        fresh = {name: value for name, value in empty_request().items() if name not in DETAILS}
        return [SlotSet(name, value) for name, value in fresh.items()]


class ValidateMigrationRequestForm(Action):
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
        step = advance(before, stated, today=services.today())
        if step.slots.get("confirm_ticket"):
            step.slots.update(await _offer_similar(tracker))
        _answer_beside(dispatcher, tracker)
        _comment(dispatcher, step, {**before, **step.slots}, before, language_of(tracker))
        if next(tracker.get_latest_entity_values("repeated_detail"), None):
            say(dispatcher, "utter_one_filing_at_a_time")
        return [SlotSet(name, value) for name, value in step.slots.items()]


class ActionAskConfirmTicket(Action):
    """Shows every value before anything is sent."""

    def name(self) -> str:
        """Name in the domain: Rasa asks for ``confirm_ticket`` through it."""
        return "action_ask_confirm_ticket"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Summarise the request."""
        summary = summarise(tracker.current_slot_values(), language_of(tracker))
        say(dispatcher, "utter_ask_confirm_ticket", summary=summary)
        return []


class ActionAskAddToTicket(Action):
    """Offers to add the request to an earlier one about the same accounts."""

    def name(self) -> str:
        """Name in the domain: Rasa asks for ``add_to_ticket`` through it."""
        return "action_ask_add_to_ticket"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Name the earlier request and what each answer does."""
        reference = tracker.get_slot("similar_ticket")
        say(dispatcher, "utter_ask_add_to_ticket", reference=reference)
        return []


class ActionAskDetailToChange(Action):
    """Offers every detail of the request as a button."""

    def name(self) -> str:
        """Name in the domain: Rasa asks for ``detail_to_change`` through it."""
        return "action_ask_detail_to_change"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Ask what to change."""
        titles = changeable(tracker.current_slot_values(), language_of(tracker))
        say(dispatcher, "utter_ask_detail_to_change", buttons=[button(title) for title in titles])
        return []


class ActionChangeDetail(Action):
    """Clears the detail that a visitor wants to correct, so that the form asks again."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_change_detail"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Clear the named detail; ask which one when none is named."""
        named = named_detail(tracker.latest_message.get("text") or "")
        before = slots_before_this_turn(tracker)
        if not named:
            return [SlotSet("detail_to_change", None), SlotSet("confirm_ticket", None)]
        step = advance(before, {"detail_to_change": named}, today=services.today())
        return [SlotSet(name, value) for name, value in step.slots.items()]


class ActionExplainDetail(Action):
    """Explains the detail a visitor asks about, or the one the form asks for."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_explain_detail"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Explain."""
        named = named_detail(tracker.latest_message.get("text") or "")
        detail = named if named in DETAILS else tracker.get_slot("requested_slot")
        say(dispatcher, f"utter_explain_{detail}" if detail in DETAILS else "utter_explain_request")
        return []


class ActionCancelRequest(Action):
    """Drops the request that is being filled in."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_cancel_request"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Say that nothing was sent and forget the details."""
        say(dispatcher, "utter_request_cancelled")
        return forget_request()


class ActionOpenTicket(Action):
    """Stores the confirmed request as a ticket."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_open_ticket"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Open the ticket, or add to the earlier one; keep the request when that fails."""
        draft = _draft(tracker)
        try:
            ticket, response = _stored(draft, joins_ticket(tracker.current_slot_values()))
        except Exception:  # noqa: BLE001 (whatever the database does, the request is kept)
            _LOG.exception("ticket.not_stored channel=%s", draft.channel)
            say(dispatcher, "utter_ticket_not_opened")
            return [
                ActiveLoop(FORM),
                SlotSet("confirm_ticket", None),
                SlotSet("requested_slot", "confirm_ticket"),
            ]
        _LOG.info("%s reference=%s", response.removeprefix("utter_"), ticket.reference)
        code = services.ticket_codes().code(ticket.reference)
        say(dispatcher, response, reference=ticket.reference, code=code)
        return [
            *(SlotSet(name, value) for name, value in empty_request().items()),
            SlotSet("last_ticket", ticket.reference),
        ]


def _draft(tracker: Tracker) -> Draft:
    channel = tracker.get_latest_input_channel() or ""
    return Draft(
        conversation=tracker.sender_id,
        channel=channel if channel in CHANNELS else "rest",
        language=language_of(tracker),
        **ticket_details(tracker.current_slot_values()),
    )


async def _offer_similar(tracker: Tracker) -> dict[str, Any]:
    """Look for an earlier ticket to add to; without the database nothing is offered."""
    try:
        similar = services.ticket_store().find_similar(_draft(tracker), now=services.now())
        if similar and await services.desk_status(similar) in CLOSED:
            similar = None
    except Exception:  # noqa: BLE001 (opening the ticket will tell the visitor)
        _LOG.exception("ticket.similar_unknown")
        similar = None
    return offer_to_add(similar.reference if similar else None)


def _stored(draft: Draft, reference: str | None) -> tuple[Ticket, str]:
    """Store a request; gives its ticket and the response that says what was done."""
    store = services.ticket_store()
    earlier = store.find(reference) if reference else None
    if earlier:
        text = summarise_draft(draft, earlier.draft.language)
        addition = Addition(text, draft.conversation)
        if store.add(earlier.reference, addition, now=services.now()):
            return earlier, "utter_ticket_added"
    ticket, is_new = store.open(draft, now=services.now())
    return ticket, "utter_ticket_opened" if is_new else "utter_ticket_already_open"


class ActionAcknowledge(Action):
    """Answers a yes or no that nobody asked for, such as a second click on "Yes"."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_acknowledge"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Recall the ticket right after it was opened; else ask what else."""
        reference = tracker.get_slot("last_ticket")
        turns = list(user_turns(tracker))
        is_echo = len(turns) > 1 and turns[0].get("text") == turns[1].get("text")
        if reference and is_echo:
            say(dispatcher, "utter_ticket_already_open", reference=reference)
        else:
            say(dispatcher, "utter_nothing_to_confirm")
        return []


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
