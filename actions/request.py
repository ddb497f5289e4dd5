"""Actions of the migration request: validating, asking, summarising, opening the ticket."""

import logging
import re
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
from bot.tickets.model import CHANNELS, Draft, Ticket
from bot.tickets.reference import is_valid_reference
from bot.tickets.request import Step, advance, empty_request, ticket_details
from bot.tickets.summary import changeable, listed_values, summarise

_LOG = logging.getLogger(__name__)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


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
        """Open the ticket and give its reference; keep the request when that fails."""
        channel = tracker.get_latest_input_channel() or ""
        draft = Draft(
            conversation=tracker.sender_id,
            channel=channel if channel in CHANNELS else "rest",
            language=language_of(tracker),
            **ticket_details(tracker.current_slot_values()),
        )
        try:
            ticket, is_new = services.ticket_store().open(draft, now=services.now())
        except Exception:  # noqa: BLE001 (whatever the database does, the request is kept)
            _LOG.exception("ticket.not_stored channel=%s", draft.channel)
            say(dispatcher, "utter_ticket_not_opened")
            return [
                ActiveLoop(FORM),
                SlotSet("confirm_ticket", None),
                SlotSet("requested_slot", "confirm_ticket"),
            ]
        _LOG.info("ticket.opened reference=%s new=%s", ticket.reference, is_new)
        response = "utter_ticket_opened" if is_new else "utter_ticket_already_open"
        say(dispatcher, response, reference=ticket.reference)
        return [
            *(SlotSet(name, value) for name, value in empty_request().items()),
            SlotSet("last_ticket", ticket.reference),
        ]


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


class ActionAnswerStatus(Action):
    """Tells the state of a ticket by its reference, and nothing personal."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer_status"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Answer by the reference in the message, else by the one just opened.

        Whoever did not open it in this conversation also gives the certificate's e-mail
        address. A wrong address and an unknown reference get the same answer.
        """
        named = next(tracker.get_latest_entity_values("ticket_reference"), None)
        own = tracker.get_slot("last_ticket")
        reference = named or own
        address = _address_in(tracker)
        if not reference:
            say(dispatcher, "utter_ask_ticket_reference")
        elif not is_valid_reference(reference):
            say(dispatcher, "utter_ticket_reference_invalid", reference=reference)
        elif reference != own and not address:
            say(dispatcher, "utter_ask_ticket_email", reference=reference)
        else:
            ticket = services.ticket_store().find(reference)
            if ticket and (reference == own or address == ticket.draft.certificate_email.lower()):
                await _tell_status(dispatcher, ticket)
            else:
                say(dispatcher, "utter_ticket_unknown", reference=reference)
        return []


async def _tell_status(dispatcher: CollectingDispatcher, ticket: Ticket) -> None:
    status = await services.desk_status(ticket)
    say(
        dispatcher,
        f"utter_ticket_status_{status}",
        reference=ticket.reference,
        date=ticket.created_at.strftime("%d/%m/%Y"),
    )


def _address_in(tracker: Tracker) -> str:
    """Find an e-mail address in the latest message."""
    found = _ADDRESS.search(tracker.latest_message.get("text") or "")
    return found[0].lower().rstrip(".") if found else ""


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
