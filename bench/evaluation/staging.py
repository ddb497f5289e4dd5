"""Putting a conversation where a message of the examination stands."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rasa.core.actions.action import create_bot_utterance
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)

from bench.evaluation.marked import Line
from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS
from bot.dialogue.assistant import FORM
from bot.tickets.request import empty_request
from bot.tickets.summary import summarise

Render = Callable[[str, str, Mapping[str, Any]], dict[str, Any] | None]
"""Fills in a response in a language: ``GuidanceResponses.render``."""

_FIRST_WORDS = {
    "en": "Ask to have my forms moved",
    "fr": "Introduire une demande de migration",
    "nl": "Een migratieaanvraag starten",
}
# What is said last outside the form; nothing before a first message.
_LAST_SAID = {
    "offer_request": "utter_offer_request",
    "clarify": "utter_clarify",
    "anything_else": "utter_ticket_opened",
}
_LISTENING = ActionExecuted("action_listen")
_VALUES: Mapping[str, Sequence[str]] = {
    "enterprise_number": ("0403170701", "0203201340", "0417497106", "0428971513", "0874612079"),
    "closing_date": ("2022-12-31", "2021-12-31", "2020-12-31", "2019-12-31", "2018-12-31"),
    "filing_model": ("abbreviated", "full", "micro", "association_full"),
    "deposit_type": ("initial", "correction"),
    "certificate_number": ("4A7F02", "5B8E13"),
    "certificate_type": ("globalsign", "isabel"),
}
_VALUES_IN: Mapping[str, Mapping[str, Sequence[str]]] = {
    "filing_language": {"en": ("en", "nl"), "fr": ("fr", "nl"), "nl": ("nl", "fr")},
    "certificate_owner": {
        "en": ("Emma Collins", "Peter Young"),
        "fr": ("Marie Dubois", "Luc Renard"),
        "nl": ("An Peeters", "Jan Claes"),
    },
    "certificate_email": {
        "en": ("emma@example.be", "peter@example.be"),
        "fr": ("marie@example.be", "luc@example.be"),
        "nl": ("an@example.be", "jan@example.be"),
    },
}


def slots_when_asked(line: Line, order: Sequence[str]) -> dict[str, Any]:
    """Give the slots of a request at the moment of a message.

    ``order``: the slots of the form. Everything before the one that is asked is known.
    """
    slots = {**empty_request(), "language": line.language}
    number = _filing_in_turn(line)
    if line.asked not in order:
        if number > 1:
            # Somebody who speaks of the second one has told of the first.
            slots.update(_filing(line, number - 1))
            slots.update(
                filings=[_filing(line, n) for n in range(1, number - 1)], filing_index=number - 2
            )
        return slots
    known = set(order[: order.index(line.asked)])
    if number > 1:
        known |= set(order[: order.index("add_filing")]) - set(FILING_DETAILS)
    slots.update({n: plausible(line, n, number) for n in FILING_DETAILS if n in known})
    slots.update({n: plausible(line, n, 1) for n in CERTIFICATE_DETAILS if n in known})
    slots.update(filings=[_filing(line, n) for n in range(1, number)], filing_index=number - 1)
    slots["add_filing"] = False if "add_filing" in known else None
    if line.asked == "detail_to_change":
        slots["detail_to_change"] = None
    slots["requested_slot"] = line.asked
    return slots


def _filing(line: Line, number: int) -> dict[str, str]:
    return {name: plausible(line, name, number) for name in FILING_DETAILS}


def plausible(line: Line, detail: str, number: int) -> str:
    """Give the value that a detail has before a message.

    The one that the message takes back, else a fixed one that it does not name: so a
    correction changes something.
    """
    marks = [m for m in line.marks if m.detail == detail]
    wrong = [m.value for m in marks if m.role == "wrong" and m.value and m.filing in (0, number)]
    if wrong:
        return str(wrong[0])
    named = {mark.value for mark in marks}
    fixed = _VALUES.get(detail) or _VALUES_IN[detail][line.language]
    free = [value for value in fixed if value not in named] or list(fixed)
    return free[(number - 1) % len(free)]


def _filing_in_turn(line: Line) -> int:
    """Say which filing is being filled in, by those that the message names."""
    named = [mark.filing for mark in line.values if mark.filing]
    is_outside = line.asked in (*_LAST_SAID, "none")
    if line.has("remove"):
        # One of several is to go.
        return max([2, *named]) + is_outside if named or not is_outside else 1
    if not named:
        return 1
    if line.has("correct") and not line.has("add"):
        return max(named) + is_outside
    if is_outside or (line.asked in FILING_DETAILS and not line.has("add")):
        return min(named)
    return max(1, min(named) - 1)


def history(line: Line, slots: Mapping[str, Any], render: Render) -> list[Event]:
    """Give the events of a conversation up to a message, as Rasa would have kept them."""
    begun = [ActionExecuted("action_session_start"), SessionStarted(), _LISTENING]
    values = [SlotSet(name, value) for name, value in slots.items() if name != "requested_slot"]
    requested = slots.get("requested_slot")
    if requested:
        return [
            *begun,
            _first_words(line.language, "open_migration_request"),
            *values,
            ActionExecuted("action_start_request"),
            ActionExecuted(FORM),
            ActiveLoop(FORM),
            _utterance(f"utter_ask_{requested}", slots, render),
            SlotSet("requested_slot", requested),
            _LISTENING,
        ]
    if line.asked not in _LAST_SAID:
        return [*begun, *values]
    return [
        *begun,
        _first_words(line.language, "faq"),
        *values,
        _utterance(_LAST_SAID[line.asked], slots, render),
        _LISTENING,
    ]


def _first_words(language: str, intent: str) -> UserUttered:
    return UserUttered(_FIRST_WORDS[language], {"name": intent, "confidence": 1.0})


def _utterance(response: str, slots: Mapping[str, Any], render: Render) -> BotUttered:
    language = str(slots["language"])
    values = {"reference": "CYB-2026-000001", "code": "0000", "summary": ""}
    if response == "utter_ask_confirm_ticket":
        values["summary"] = summarise(slots, language)
    rendered = render(response, language, values)
    if rendered is None:
        raise LookupError(f"{response}: no such response; was the form given another question?")
    return create_bot_utterance({**rendered, "utter_action": response})
