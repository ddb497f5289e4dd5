"""Telling how a ticket stands to who may know."""

import asyncio

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Domain, Events, asker_of, proved_before, say
from actions.services import ServedAction
from bot.tickets.access import NOTHING, Owned, Right
from bot.tickets.gate import offer_in
from bot.tickets.reference import is_valid_reference
from bot.tickets.telling import (
    ASK_REFERENCE,
    Telling,
    tell_invalid,
    tell_status,
    tell_unknown,
)


class ActionAnswerStatus(ServedAction):
    """Tells the state of a ticket by its reference, and nothing personal."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer_status"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Answer by the reference in the message, else by the one this conversation has.

        Whoever did not open it in this conversation also gives the code or the certificate's
        e-mail address. A wrong one, an unknown reference and too many tries get the same
        answer.
        """
        named = next(tracker.get_latest_entity_values("ticket_reference"), None)
        reference = named or tracker.get_slot("last_ticket")
        if not reference:
            say(dispatcher, ASK_REFERENCE)
            return []
        if not is_valid_reference(reference):
            _tell(dispatcher, tell_invalid(reference))
            return []
        owned, rights = await asyncio.to_thread(self._rights, tracker, reference)
        if owned and Right.STATE in rights:
            ticket = owned.ticket
            _tell(dispatcher, tell_status(ticket, await self.services.desk_status(ticket)))
            # Who gave the code need not give it again.
            return [SlotSet("last_ticket", reference)] if Right.CODE in rights else []
        if offer_in(tracker.latest_message.get("text") or ""):
            _tell(dispatcher, tell_unknown(reference))
        else:
            say(dispatcher, "utter_ask_ticket_email", reference=reference)
        return []

    def _rights(self, tracker: Tracker, reference: str) -> tuple[Owned | None, Right]:
        owned = self.services.tickets.look_up(reference)
        offer = offer_in(tracker.latest_message.get("text") or "")
        # Who offers a proof again is taken at his word: a wrong one is a wrong one.
        known = NOTHING if offer else proved_before(tracker, reference)
        asker = asker_of(tracker)
        return owned, self.services.gate.rights(owned, reference, asker, offer, known=known)


def _tell(dispatcher: CollectingDispatcher, telling: Telling) -> None:
    say(dispatcher, telling.response, **telling.values)
