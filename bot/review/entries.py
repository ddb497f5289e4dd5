"""Messages that an editor should look at: Cybo did not understand them, or not well."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from numpy.typing import NDArray

from bot.feedback import Feedback
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
"""Verdict on a message that teaches nothing; every other verdict names an intent."""
OUT_OF_SCOPE = "out_of_scope"
TOPIC_PREFIX = "faq/"


@dataclass(frozen=True)
class ToReview:
    """A message for the queue. ``text``, ``remark``: secrets and personal data masked.

    ``source``: the channel; ``topics``: what Cybo offered or answered. ``remark``: what
    the visitor said of the answer. ``origin``: names what brought the message here, where
    the same thing can bring it twice; empty otherwise.
    """

    source: str
    conversation: str
    at: datetime
    language: str
    text: str
    reason: str
    topics: tuple[str, ...]
    remark: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Entry:
    """A message in the queue. ``verdict``: empty until an editor has decided.

    ``at``, ``decided_at``: timezone-aware, UTC.
    ``vector``: float32, shape ``(512,)``, norm 1; None until it is computed.
    """

    id: int
    at: datetime
    language: str
    text: str
    reason: str
    topics: tuple[str, ...]
    remark: str = ""
    verdict: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    vector: NDArray[Any] | None = field(default=None, compare=False, repr=False)

    @property
    def topic(self) -> str:
        """Name the intent of the verdict as the tests do: a topic without its prefix."""
        return self.verdict.removeprefix(TOPIC_PREFIX)


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


def thumb_origin(feedback: Feedback) -> str:
    """Name the reply that a thumb is about."""
    return f"thumb:{feedback.conversation}:{feedback.reply}"


def thumb_review(feedback: Feedback, at: datetime) -> ToReview:
    """Make the entry of the message whose answer got a thumbs down."""
    return ToReview(
        "web",  # only the widget has thumbs
        feedback.conversation,
        at,
        feedback.language,
        mask_personal(feedback.message),
        THUMBS_DOWN,
        feedback.topics,
        mask_personal(feedback.reason),
        thumb_origin(feedback),
    )
