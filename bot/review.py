"""Messages that an editor should look at: Cybo did not understand them, or not well."""

from dataclasses import dataclass
from datetime import datetime

from bot.privacy.personal import mask_personal
from bot.turns import CLARIFY, TurnRecord

UNSURE, SENT_AWAY, THUMBS_DOWN, DRAFT_CHANGED = (
    "unsure",
    "sent_away",
    "thumbs_down",
    "draft_changed",
)
REASONS = (UNSURE, SENT_AWAY, THUMBS_DOWN, DRAFT_CHANGED)
DISMISSED = "dismissed"
"""Verdict on a message that teaches nothing."""


@dataclass(frozen=True)
class ToReview:
    """A message in the queue. ``text``: secrets and personal data masked.

    ``source``: the channel; ``topics``: what Cybo offered or answered.
    """

    source: str
    conversation: str
    at: datetime
    language: str
    text: str
    reason: str
    topics: tuple[str, ...]


def review_of(turn: TurnRecord) -> ToReview:
    """Make the queue's entry of a turn without an answer."""
    return ToReview(
        turn.channel,
        turn.conversation,
        turn.at,
        turn.language,
        mask_personal(turn.text),
        UNSURE if turn.outcome == CLARIFY else SENT_AWAY,
        turn.topics,
    )
