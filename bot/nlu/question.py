"""What Cybo asked last: a message means one thing after one question and another after another."""

from collections.abc import Mapping
from typing import Any

from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.details.choices import says_association

FORM = "migration_request_form"
# Of questions that the encoder was not tuned on, the one that is answered alike.
_ALIKE = {"add_to_ticket": "confirm_ticket"}
# An answer further back has scrolled away: whoever asks again may read it again.
_RECENT_TURNS = 3
OFFER, CLARIFY, ELSE = "offer_request", "clarify", "anything_else"


def requested_slot(tracker: DialogueStateTracker | None) -> str | None:
    """Give the slot that the form asks for; None outside the form."""
    if tracker is None or tracker.active_loop_name != FORM:
        return None
    slot = tracker.get_slot("requested_slot")
    return str(slot) if slot else None


def offered_intent(tracker: DialogueStateTracker | None) -> str | None:
    """Give the intent that Cybo's last words offered to go on with; None inside the form."""
    if tracker is None or tracker.active_loop_name:
        return None
    said = next((e for e in reversed(tracker.events) if isinstance(e, BotUttered)), None)
    offered = _told(said).get("offers") if said else None
    return str(offered) if offered else None


def answered_topics(tracker: DialogueStateTracker | None) -> frozenset[str]:
    """Name the topics of the guidance that the last turns answered."""
    found: set[str] = set()
    turns = 0
    for event in reversed(tracker.events if tracker else ()):
        if isinstance(event, SessionStarted) or turns >= _RECENT_TURNS:
            break
        turns += isinstance(event, UserUttered)
        if isinstance(event, BotUttered) and _told(event).get("outcome") == "answer":
            found.add(str(_told(event).get("topic") or ""))
    return frozenset(found - {""})


def has_handed_over(tracker: DialogueStateTracker | None) -> bool:
    """Say whether Cybo's last words named people to turn to."""
    events = reversed(tracker.events if tracker else ())
    said = next((event for event in events if isinstance(event, BotUttered)), None)
    return said is not None and _told(said).get("outcome") == "handoff"


def speaks_for_an_association(tracker: DialogueStateTracker | None) -> bool:
    """Say whether the visitor named an association: its models are others than a company's."""
    for event in reversed(tracker.events if tracker else ()):
        if isinstance(event, SessionStarted):
            break
        if isinstance(event, UserUttered) and says_association(event.text or ""):
            return True
    return False


def _told(event: BotUttered) -> Mapping[str, Any]:
    return event.metadata.get("metadata") or {}


def asked_last(tracker: DialogueStateTracker | None) -> str | None:
    """Name the question that the visitor answers, as the training data do; None for none."""
    if tracker is None:
        return None
    if slot := requested_slot(tracker):
        return _ALIKE.get(slot, slot)
    if offered_intent(tracker):
        return OFFER
    done = _since_last_message(tracker)
    if done is None:
        return None
    return CLARIFY if "action_clarify" in done else ELSE


def _since_last_message(tracker: DialogueStateTracker) -> set[str] | None:
    """Name the actions that answered the last message; None where there was none."""
    names: set[str] = set()
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return names
        if isinstance(event, SessionStarted):
            return None
        if isinstance(event, ActionExecuted) and event.action_name:
            names.add(event.action_name)
    return None
