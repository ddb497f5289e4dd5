"""Reading a conversation's tracker."""

from collections.abc import Iterator
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.language import DEFAULT_LANGUAGE, LANGUAGES
from bot.tickets.access import NOTHING, Asker, Proofs
from bot.tickets.model import CHANNELS
from bot.tickets.origin import origin
from bot.tickets.request import empty_request

Domain = dict[str, Any]
Events = list[dict[str, Any]]

FORM = "migration_request_form"
_TITLED = {
    "ask_ticket_status": "utter_ask_ticket_reference",
    "open_migration_request": "utter_request_started",
    "report_no_solution": "utter_hand_over_with_words",
    "request_human": "utter_hand_over",
}


def language_of(tracker: Tracker) -> str:
    """Give the language that the conversation is in; the default when the slot holds none."""
    language = tracker.get_slot("language")
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def channel_of(tracker: Tracker) -> str:
    """Name the channel of the latest message; a caller of Rasa's own is one of REST's."""
    channel = tracker.get_latest_input_channel() or ""
    return channel if channel in CHANNELS else "rest"


def asker_of(tracker: Tracker) -> Asker:
    """Say who asks about tickets in this conversation."""
    return Asker(channel_of(tracker), tracker.sender_id, network=origin())


def proved_before(tracker: Tracker, reference: str) -> Proofs:
    """Say what this conversation has proved of a ticket already.

    The slot names what was opened here, or proved by its code, and nothing else.
    """
    return Proofs(has_code=True) if reference == tracker.get_slot("last_ticket") else NOTHING


def title_of(intent: str, language: str, domain: Domain) -> str | None:
    """Give the button title of a topic (``faq/...``) or dialogue move, if it has one."""
    variation = _variation(_TITLED.get(intent, f"utter_{intent}"), language, domain)
    title = (variation.get("metadata") or {}).get("title")
    return str(title) if title else None


def _variation(response: str, language: str, domain: Domain) -> dict[str, Any]:
    for variation in domain.get("responses", {}).get(response, []):
        condition = variation.get("condition") or [{}]
        if condition[0].get("value") == language:
            return dict(variation)
    return {}


def button(title: str) -> dict[str, str]:
    """Make a button that sends what its title says, so that typing it works as well."""
    return {"title": title, "payload": title}


def next_steps(tracker: Tracker, domain: Domain) -> dict[str, str]:
    """Give the intents that the last answer goes on to and that were not answered, with titles."""
    language = language_of(tracker)
    answers = [name.removeprefix("utter_") for name in _said(tracker) if "_faq/" in name]
    variation = _variation(f"utter_{answers[0]}", language, domain) if answers else {}
    intents = [name.removeprefix("utter_") for name in domain.get("responses", {})]
    named = {title_of(intent, language, domain): intent for intent in [*intents, *_TITLED]}
    titles = [shown["title"] for shown in variation.get("buttons") or []]
    return {
        named[title]: title for title in titles if title in named and named[title] not in answers
    }


def user_turns(tracker: Tracker) -> Iterator[dict[str, Any]]:
    """Give the visitor's messages of this session, newest first."""
    for event in reversed(tracker.events):
        if event.get("event") == "session_started":
            return
        if event.get("event") == "user":
            yield event


def intent_of(turn: dict[str, Any]) -> str:
    """Name the intent of a visitor's message."""
    return str((turn.get("parse_data", {}).get("intent") or {}).get("name") or "")


def intent_of_latest(tracker: Tracker) -> str:
    """Name the intent of the latest message."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def asked_topics(tracker: Tracker) -> list[str]:
    """Name the topics (``faq/...``) that the latest message asks about, or its small talk."""
    message, intent = tracker.latest_message, intent_of_latest(tracker)
    if intent == "several_questions":
        return list(message.get("topics") or [])
    selected = message.get("response_selector", {}).get(intent, {})
    return [selected["response"]["intent_response_key"]] if "response" in selected else []


def unclear_turns(tracker: Tracker) -> int:
    """Count how many of the latest messages in a row Cybo had no answer to."""
    count = 0
    for turn in user_turns(tracker):
        if intent_of(turn) not in {"nlu_fallback", "out_of_scope"}:
            break
        count += 1
    return count


def slots_before_this_turn(tracker: Tracker) -> dict[str, Any]:
    """Give the slot values as they were before the visitor's latest message."""
    latest = max(
        (row for row, event in enumerate(tracker.events) if event.get("event") == "user"),
        default=0,
    )
    slots: dict[str, Any] = {}
    for event in tracker.events[:latest]:
        if event.get("event") == "slot":
            slots[event["name"]] = event.get("value")
    return slots


def varied(tracker: Tracker, *responses: str) -> str:
    """Choose among responses that say the same: a new one, else the one said longest ago."""
    said = list(_said(tracker))
    return max(responses, key=lambda name: said.index(name) if name in said else len(said))


def _said(tracker: Tracker) -> Iterator[str]:
    """Name the responses of this session, newest first."""
    for event in reversed(tracker.events):
        if event.get("event") == "session_started":
            return
        if event.get("event") == "bot":
            yield str((event.get("metadata") or {}).get("utter_action"))


def forget_request() -> Events:
    """End the form and clear every slot of the request."""
    return [ActiveLoop(None), *clear_request()]


def clear_request() -> Events:
    """Clear every slot of the request, what the form was asking included."""
    cleared = {**empty_request(), "requested_slot": None}
    return [SlotSet(name, value) for name, value in cleared.items()]


def say(dispatcher: CollectingDispatcher, response: str, **values: Any) -> None:
    """Utter a response of `data/responses/`, with values for its placeholders."""
    dispatcher.utter_message(response=response, **values)
