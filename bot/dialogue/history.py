"""A conversation as its visitor saw it, read back from the tracker's events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered


@dataclass(frozen=True)
class Reply:
    """One bubble of an answer. ``outcome`` and ``topics`` as the HTTP contract names them.

    ``introduces``: it says that an automated assistant answers.
    """

    text: str
    outcome: str
    language: str
    topics: list[str] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    checked: str | None = None
    introduces: bool = False


@dataclass(frozen=True)
class Turn:
    """A message and its replies. ``id``: what the channel called the message; ``at``: seconds."""

    id: str
    text: str
    at: float
    replies: list[Reply]


@dataclass(frozen=True)
class Progress:
    """Which question of the form is open: ``step`` counts from 1, of ``of``."""

    slot: str
    step: int
    of: int


def read_reply(message: dict[str, Any]) -> Reply:
    """Read what Rasa sends to an output channel."""
    metadata = message.get("metadata") or {}
    return Reply(
        text=message.get("text") or "",
        outcome=metadata.get("outcome", "smalltalk"),
        language=metadata.get("language", "en"),
        topics=list(metadata.get("topics") or []),
        buttons=[
            {"title": button["title"], "payload": button["payload"]}
            for button in message.get("buttons") or []
        ],
        sources=list(metadata.get("sources") or []),
        checked=metadata.get("checked"),
        introduces=bool(metadata.get("introduces")),
    )


def read_turns(events: Iterable[Event]) -> list[Turn]:
    """Gather the events of a conversation into turns, oldest first."""
    turns: list[Turn] = []
    for event in events:
        if isinstance(event, UserUttered) and event.text:
            turns.append(Turn(event.message_id or "", event.text, event.timestamp, []))
        elif isinstance(event, BotUttered) and turns:
            turns[-1].replies.append(
                read_reply(
                    {
                        "text": event.text,
                        "buttons": event.data.get("buttons"),
                        "metadata": event.metadata.get("metadata"),
                    }
                )
            )
    return turns


def find_turn(events: Sequence[Event], message_id: str) -> Turn | None:
    """Give the turn that began with a message, by its id, looking at the latest first."""
    following: list[Event] = []
    for event in reversed(events):
        following.append(event)
        if isinstance(event, UserUttered):
            if event.message_id == message_id:
                return read_turns(reversed(following))[0]
            following = []
    return None
