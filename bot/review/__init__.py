"""What Cybo did not understand: queued, decided on by an editor, and taken as examples."""

from bot.review.entries import (
    DISMISSED,
    DRAFT_CHANGED,
    OUT_OF_SCOPE,
    REASONS,
    SENT_AWAY,
    THUMBS_DOWN,
    TOPIC_PREFIX,
    UNSURE,
    Entry,
    ToReview,
    review_of,
    thumb_origin,
    thumb_review,
)
from bot.review.groups import Group, group

__all__ = [
    "DISMISSED",
    "DRAFT_CHANGED",
    "OUT_OF_SCOPE",
    "REASONS",
    "SENT_AWAY",
    "THUMBS_DOWN",
    "TOPIC_PREFIX",
    "UNSURE",
    "Entry",
    "Group",
    "ToReview",
    "group",
    "review_of",
    "thumb_origin",
    "thumb_review",
]
