"""Actions of the migration request: starting, asking, changing, explaining, stopping."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import (
    FORM,
    Domain,
    Events,
    button,
    clear_request,
    forget_request,
    language_of,
    say,
    slots_before_this_turn,
    varied,
)
from actions.services import ServedAction
from bot.details import DETAILS
from bot.details.labels import named_detail
from bot.tickets.request import advance, begun_request
from bot.tickets.summary import changeable, summarise

# After which a conversation expires, where a domain does not say.
_RASAS_MINUTES = 60


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
        return [SlotSet(name, value) for name, value in begun_request().items()]


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


class ActionChangeDetail(ServedAction):
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
        step = advance(before, {"detail_to_change": named}, today=self.services.today())
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


class ActionPause(Action):
    """Gives a visitor time: to look for what is asked, or to come back later."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_pause"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Say once how long a request stays open; then, and without one, a friendly word."""
        place = "_request" if tracker.active_loop_name == FORM else ""
        response = varied(tracker, f"utter_pause{place}", f"utter_pause{place}_again")
        session = domain.get("session_config") or {}
        minutes = session.get("session_expiration_time", _RASAS_MINUTES)
        say(dispatcher, response, minutes=f"{minutes:.0f}")
        return []


class ActionRestartRequest(Action):
    """Clears what the request holds; the form goes on with its first question."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_restart_request"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Begin the request anew."""
        say(dispatcher, "utter_request_started_over")
        return clear_request()


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
