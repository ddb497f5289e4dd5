"""Actions of the migration request: validating, asking, summarising, opening the ticket."""

import asyncio
import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import (
    FORM,
    Domain,
    Events,
    asked_topics,
    asker_of,
    button,
    channel_of,
    forget_request,
    language_of,
    proved_before,
    say,
    slots_before_this_turn,
    user_turns,
)
from actions.services import ServedAction, Services
from bot.details import DETAILS
from bot.details.labels import named_detail
from bot.tickets.access import Owned, Right, rights_of
from bot.tickets.caps import ALL, TooManyTickets
from bot.tickets.check import InvalidDraft, problems_of
from bot.tickets.filings import cleared
from bot.tickets.model import CLOSED, Addition, Draft, Ticket
from bot.tickets.origin import origin
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
            step.slots.update(await _offer_similar(self.services, tracker))
        _answer_beside(dispatcher, tracker)
        _comment(dispatcher, step, {**before, **step.slots}, before, language_of(tracker))
        if next(tracker.get_latest_entity_values("repeated_detail"), None):
            say(dispatcher, "utter_one_filing_at_a_time")
        return [SlotSet(name, value) for name, value in step.slots.items()]

    def _ask_again(self, tracker: Tracker, step: Step) -> bool:
        """Clear what no ticket may hold, so that the form asks for it and loses nothing else."""
        today = self.services.today()
        wrong = list(problems_of(_draft(tracker), today=today))
        step.slots.update(cleared(tracker.current_slot_values(), wrong, today=today))
        step.refused += [error for error in wrong if error.detail in DETAILS]
        return bool(wrong)


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


class ActionOpenTicket(ServedAction):
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
            ticket, response = await self._stored(tracker, draft)
        except InvalidDraft as error:
            return self._ask_for(dispatcher, tracker, error)
        except TooManyTickets as error:
            _LOG.warning("ticket.too_many kind=%s channel=%s", error.kind, draft.channel)
            kind = "all" if error.kind == ALL else "own"
            return _keep(dispatcher, f"utter_ticket_limit_{kind}")
        except Exception:  # noqa: BLE001 (whatever the database does, the request is kept)
            _LOG.exception("ticket.not_stored channel=%s", draft.channel)
            return _keep(dispatcher, "utter_ticket_not_opened")
        _LOG.info("%s reference=%s", response.removeprefix("utter_"), ticket.reference)
        code = self.services.gate.codes.code(ticket.reference)
        say(dispatcher, response, reference=ticket.reference, code=code)
        return [
            *(SlotSet(name, value) for name, value in empty_request().items()),
            SlotSet("last_ticket", ticket.reference),
        ]

    async def _stored(self, tracker: Tracker, draft: Draft) -> tuple[Ticket, str]:
        """Store a request; gives its ticket and the response that says what was done."""
        store, now = self.services.tickets, self.services.now()
        if earlier := joins_ticket(tracker.current_slot_values()):
            joined = await asyncio.to_thread(self._added, tracker, draft, earlier)
            if joined:
                return joined, "utter_ticket_added"
        ticket, is_new = await asyncio.to_thread(store.open, draft, now=now)
        if not is_new and (status := await self.services.desk_status(ticket)) in CLOSED:
            # Closed in the desk's tool since we last asked there: it takes in nothing more.
            await asyncio.to_thread(store.take_over, ticket.reference, status, now=now)
            ticket, is_new = await asyncio.to_thread(store.open, draft, now=now)
        return ticket, "utter_ticket_opened" if is_new else "utter_ticket_already_open"

    def _added(self, tracker: Tracker, draft: Draft, reference: str) -> Ticket | None:
        """Add to an earlier ticket; None when this conversation may not, or there is none."""
        owned = self.services.tickets.look_up(reference)
        if owned is None or not _may_add(tracker, owned):
            return None
        text = summarise_draft(draft, owned.ticket.draft.language)
        addition = Addition(text, draft.conversation)
        return self.services.tickets.add(reference, addition, now=self.services.now())

    def _ask_for(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, invalid: InvalidDraft
    ) -> Events:
        """Ask again for what no ticket may hold; everything else stays."""
        _LOG.warning("ticket.invalid details=%s", ",".join(e.detail for e in invalid.details))
        asked = [error for error in invalid.details if error.detail in DETAILS]
        if not asked:
            return _keep(dispatcher, "utter_ticket_not_opened")
        for error in asked:
            say(dispatcher, f"utter_refuse_{error.detail}_{error.reason}")
        say(dispatcher, f"utter_ask_{asked[0].detail}")
        slots = cleared(tracker.current_slot_values(), asked, today=self.services.today())
        return [
            ActiveLoop(FORM),
            *(SlotSet(name, value) for name, value in slots.items()),
            SlotSet("requested_slot", asked[0].detail),
        ]


def _draft(tracker: Tracker) -> Draft:
    return Draft(
        conversation=tracker.sender_id,
        channel=channel_of(tracker),
        language=language_of(tracker),
        **ticket_details(tracker.current_slot_values()),
        network=origin(),
    )


def _may_add(tracker: Tracker, owned: Owned) -> bool:
    proofs = proved_before(tracker, owned.ticket.reference)
    return Right.ADD in rights_of(owned, asker_of(tracker), proofs)


async def _offer_similar(services: Services, tracker: Tracker) -> dict[str, Any]:
    """Look for an earlier ticket to add to; without the database nothing is offered.

    Only one of this conversation's own: an address, an enterprise number and a date are
    known to many, and whoever names them learns nothing by it. The desk sees both.
    """
    try:
        draft, now = _draft(tracker), services.now()
        candidates = await asyncio.to_thread(services.tickets.similar, draft, now=now)
        own = [owned.ticket for owned in candidates if _may_add(tracker, owned)]
        similar = own[0] if own else None
        if similar and await services.desk_status(similar) in CLOSED:
            similar = None
    except Exception:  # noqa: BLE001 (opening the ticket will tell the visitor)
        _LOG.exception("ticket.similar_unknown")
        similar = None
    return offer_to_add(similar.reference if similar else None)


def _keep(dispatcher: CollectingDispatcher, response: str) -> Events:
    """Say why no ticket was opened, and keep the request: a yes tries again."""
    say(dispatcher, response)
    return [
        ActiveLoop(FORM),
        SlotSet("confirm_ticket", None),
        SlotSet("requested_slot", "confirm_ticket"),
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
