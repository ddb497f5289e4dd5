"""Actions of the confirmed request: opening the ticket, or adding to an earlier one."""

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
    asker_of,
    channel_of,
    language_of,
    proved_before,
    say,
    user_turns,
)
from actions.services import ServedAction, Services
from bot.details import DETAILS
from bot.tickets.access import Owned, Right, rights_of
from bot.tickets.caps import ALL, TooManyTickets
from bot.tickets.check import InvalidDraft
from bot.tickets.filings import cleared
from bot.tickets.model import CLOSED, Addition, Draft, Ticket
from bot.tickets.origin import origin
from bot.tickets.request import empty_request, joins_ticket, offer_to_add, ticket_details
from bot.tickets.summary import summarise_draft

_LOG = logging.getLogger(__name__)


class ActionOpenTicket(ServedAction):
    """Stores the confirmed request as a ticket."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_open_ticket"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Open the ticket, or add to the earlier one; keep the request when that fails."""
        draft = draft_of(tracker)
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
        slots = cleared(
            tracker.current_slot_values(),
            asked,
            today=self.services.today(),
            may_lack=self.services.may_lack,
        )
        return [
            ActiveLoop(FORM),
            *(SlotSet(name, value) for name, value in slots.items()),
            SlotSet("requested_slot", asked[0].detail),
        ]


def draft_of(tracker: Tracker) -> Draft:
    """Write the request as it stands in the conversation."""
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


async def offer_similar(services: Services, tracker: Tracker) -> dict[str, Any]:
    """Look for an earlier ticket to add to; without the database nothing is offered.

    Only one of this conversation's own: an address, an enterprise number and a date are
    known to many, and whoever names them learns nothing by it. The desk sees both.
    """
    try:
        draft, now = draft_of(tracker), services.now()
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
