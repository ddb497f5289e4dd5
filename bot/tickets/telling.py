"""What is said of how a ticket stands: the same words in the chat and by mail."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.tickets.model import Ticket

ASK_REFERENCE = "utter_ask_ticket_reference"


@dataclass(frozen=True)
class Telling:
    """A response, and what it is filled in with."""

    response: str
    values: Mapping[str, str] = field(default_factory=dict)


def tell_status(ticket: Ticket, status: str) -> Telling:
    """Say how a ticket stands, and nothing personal."""
    date = ticket.created_at.strftime("%d/%m/%Y")
    return Telling(f"utter_ticket_status_{status}", {"reference": ticket.reference, "date": date})


def tell_unknown(reference: str) -> Telling:
    """Say that there is no such ticket, or none that this person may know of."""
    return Telling("utter_ticket_unknown", {"reference": reference})


def tell_invalid(reference: str) -> Telling:
    """Say that a reference is mistyped."""
    return Telling("utter_ticket_reference_invalid", {"reference": reference})
