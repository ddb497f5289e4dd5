"""What happened in one turn of a conversation, for the desk's figures and its review queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

CLARIFY, OUT_OF_SCOPE = "clarify", "out_of_scope"

CUSTOMS = "customs"
"""The helpdesk of an answer's metadata, where the Contact Center does not answer for the topic."""
UNANSWERED = (CLARIFY, OUT_OF_SCOPE)
"""Outcomes after which the visitor still has no answer."""


@dataclass(frozen=True)
class TurnRecord:
    """One message and what became of it.

    ``text``: the message, secrets masked. ``outcome`` and ``topics``: as the HTTP contract
    names them. ``confidence``: 0 to 1. ``ms``: from the message to its last reply.
    ``introduces``: a reply said that an automated assistant answers.
    """

    conversation: str
    channel: str
    at: datetime
    language: str
    text: str
    outcome: str
    intent: str
    topics: tuple[str, ...]
    confidence: float
    ms: float
    introduces: bool = False


class TurnStore(Protocol):
    """Keeps turns and counts them."""

    def record(self, turns: Sequence[TurnRecord]) -> None:
        """Store turns, count them, and queue those that an editor should look at."""
