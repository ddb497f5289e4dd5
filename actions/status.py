"""Telling how a ticket stands to who may know."""

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.conversation import Domain, Events, say
from bot.patterns import Linear
from bot.tickets.code import find_codes
from bot.tickets.model import Ticket
from bot.tickets.reference import is_valid_reference
from bot.tickets.telling import (
    ASK_REFERENCE,
    Telling,
    tell_invalid,
    tell_status,
    tell_unknown,
)

_ADDRESS = Linear(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


class ActionAnswerStatus(Action):
    """Tells the state of a ticket by its reference, and nothing personal."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer_status"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Answer by the reference in the message, else by the one just opened.

        Whoever did not open it in this conversation also gives the code or the certificate's
        e-mail address. A wrong one, an unknown reference and too many tries get the same
        answer.
        """
        named = next(tracker.get_latest_entity_values("ticket_reference"), None)
        own = tracker.get_slot("last_ticket")
        reference = named or own
        text = tracker.latest_message.get("text") or ""
        if not reference:
            say(dispatcher, ASK_REFERENCE)
        elif not is_valid_reference(reference):
            _tell(dispatcher, tell_invalid(reference))
        elif reference != own and not (find_codes(text) or _ADDRESS.search(text)):
            say(dispatcher, "utter_ask_ticket_email", reference=reference)
        elif ticket := _allowed_ticket(tracker.sender_id, reference, own, text):
            _tell(dispatcher, tell_status(ticket, await services.desk_status(ticket)))
        else:
            _tell(dispatcher, tell_unknown(reference))
        return []


def _allowed_ticket(conversation: str, reference: str, own: str | None, text: str) -> Ticket | None:
    """Find a ticket for who opened it or proves to know more of it than its reference."""
    ticket = services.ticket_store().find(reference)
    if reference == own:
        return ticket
    tries = services.wrong_tries()
    if tries.is_too_many(conversation, reference):
        return None
    is_known = services.ticket_codes().is_in(text, reference)
    address = ticket.draft.certificate_email.lower() if ticket else None
    if ticket and (is_known or address in _addresses(text)):
        return ticket
    tries.note(conversation, reference)
    return None


def _tell(dispatcher: CollectingDispatcher, telling: Telling) -> None:
    say(dispatcher, telling.response, **telling.values)


def _addresses(text: str) -> list[str]:
    return [found.lower().rstrip(".") for found in _ADDRESS.findall(text)]
