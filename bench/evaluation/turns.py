"""What a turn of a conversation came to: the request before and after, and what was said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS
from bot.dialogue.assistant import FORM
from bot.tickets.request import filings_of

BRAND = "certificate_brand"
TICKET = ("utter_ticket_opened", "utter_ticket_added", "utter_ticket_already_open")

Key = tuple[str, int]
"""A detail and the number of its filing, from 1; 0 for those of the certificate."""

# What a slot may hold for a detail that the visitor does without.
_WITHOUT = frozenset({"", "none", "skipped", "unknown"})


@dataclass(frozen=True)
class State:
    """A request at one moment. ``is_open``: the form is active."""

    slots: Mapping[str, Any]
    is_open: bool

    @property
    def asked(self) -> str | None:
        """Name the slot that the form asks for."""
        return self.slots.get("requested_slot") if self.is_open else None

    @property
    def filing(self) -> int:
        """Give the number of the filing that is being filled in, from 1."""
        return int(self.slots.get("filing_index") or 0) + 1

    @property
    def filings(self) -> int:
        """Count the filings of which something is known."""
        return len(filings_of(self.slots))

    @property
    def details(self) -> dict[Key, str]:
        """Give every detail that is written down."""
        return details_of(self.slots)


@dataclass(frozen=True)
class Said:
    """One bubble of the answer. ``response``: its key, empty where a text was said again."""

    response: str
    text: str
    offers: str | None = None


@dataclass(frozen=True)
class Turn:
    """A message and what became of it. ``last``: what Cybo had said before the message."""

    before: State
    after: State
    said: tuple[Said, ...] = ()
    last: Said | None = None
    has_failed: bool = False

    def says(self, *beginnings: str) -> bool:
        """Say whether a response was given whose key begins so."""
        return any(said.response.startswith(beginnings) for said in self.said)

    @property
    def is_ticket(self) -> bool:
        """Say whether the request became a ticket, or part of one."""
        return self.says(*TICKET)

    @property
    def changed(self) -> dict[Key, str | None]:
        """Give the details that are another than before; None where one went."""
        before, after = self.before.details, self.after.details
        keys = before.keys() | after.keys()
        return {key: after.get(key) for key in keys if before.get(key) != after.get(key)}


def details_of(slots: Mapping[str, Any]) -> dict[Key, str]:
    """Give every detail in the slots of a request, or in what a ticket keeps of it."""
    stated = {
        (name, number): filing.get(name)
        for number, filing in enumerate(filings_of(slots), 1)
        for name in FILING_DETAILS
    }
    stated |= {(name, 0): slots.get(name) for name in (*CERTIFICATE_DETAILS, BRAND)}
    return {key: str(value) for key, value in stated.items() if not is_without(value)}


def is_without(value: Any) -> bool:
    """Say whether a slot holds no detail."""
    return value is None or str(value) in _WITHOUT


def state_of(tracker: DialogueStateTracker) -> State:
    """Read a conversation's request."""
    return State(tracker.current_slot_values(), tracker.active_loop_name == FORM)


def said_last(events: Iterable[Event]) -> tuple[Said, ...]:
    """Give what Cybo said after the visitor's latest message."""
    newest_first = takewhile(lambda e: not isinstance(e, UserUttered), reversed(list(events)))
    bubbles = [_said(event) for event in newest_first if isinstance(event, BotUttered)]
    return tuple(reversed(bubbles))


def _said(event: BotUttered) -> Said:
    of_response = event.metadata.get("metadata") or {}
    name = str(event.metadata.get("utter_action") or "")
    return Said(name, event.text or "", of_response.get("offers"))
