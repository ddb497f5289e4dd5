"""What visitors say of an answer."""

from dataclasses import dataclass
from typing import Protocol

UP, DOWN = "up", "down"
THUMBS = (UP, DOWN)


@dataclass(frozen=True)
class Feedback:
    """A thumb for one reply; a later one for the same reply replaces it.

    ``reply``: the channel's name for the reply, unique in its conversation. ``reason``:
    the visitor's words, secrets masked; ``message``: what they had asked, masked as well.
    """

    conversation: str
    reply: str
    thumb: str
    topics: tuple[str, ...]
    language: str
    reason: str = ""
    message: str = ""


class FeedbackStore(Protocol):
    """Keeps feedback."""

    def record(self, feedback: Feedback) -> None:
        """Store the feedback, or replace what was said of the same reply before."""
