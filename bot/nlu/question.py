"""What Cybo asked last: a message means one thing after one question and another after another."""

from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

FORM = "migration_request_form"
# Of questions that the encoder was not tuned on, the one that is answered alike.
_ALIKE = {"add_to_ticket": "confirm_ticket"}
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
    offered = (said.metadata.get("metadata") or {}).get("offers") if said else None
    return str(offered) if offered else None


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
