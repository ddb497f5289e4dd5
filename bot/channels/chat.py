"""The chat behind the widget, whichever way its envelopes travel."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.channels.envelopes import (
    VERSION,
    Envelope,
    Hello,
    Said,
    Sources,
    Thumb,
    progress_as_json,
    replies_as_json,
    turns_as_json,
)
from bot.channels.sessions import Sessions
from bot.dialogue.assistant import Incoming
from bot.dialogue.history import Progress, Reply, Turn
from bot.dialogue.locks import ConversationLocks
from bot.feedback import Feedback, FeedbackStore
from bot.language import DEFAULT_LANGUAGE
from bot.privacy import mask_secrets
from bot.understanding.text import clean

CHANNEL = "web"


class Answering(Protocol):
    """What the chat needs of the assistant."""

    async def handle(self, message: Incoming) -> list[Reply]:
        """Answer a message."""

    async def turns(self, sender: str) -> list[Turn]:
        """Give the latest session."""

    async def all_turns(self, sender: str) -> list[Turn]:
        """Give every session."""

    async def progress(self, sender: str) -> Progress | None:
        """Say which question is open."""

    async def language(self, sender: str) -> str | None:
        """Give the conversation's language."""


def _unknown(_: str) -> str:
    """Name no network."""
    return ""


@dataclass(frozen=True)
class Chat:
    """Conversations of the widget: each message is answered once, however often it arrives.

    ``facts``: what every welcome tells the page, such as the Contact Center's details.
    ``network``: names the network of an address, without saying which it is.
    """

    assistant: Answering
    sessions: Sessions
    feedback: FeedbackStore
    sources: Sources
    facts: Mapping[str, Any]
    network: Callable[[str], str] = _unknown
    # A message that was sent twice must not be answered twice side by side.
    _locks: ConversationLocks = field(default_factory=ConversationLocks, init=False)

    async def welcome(self, hello: Hello) -> tuple[str, Envelope]:
        """Open a conversation or resume one; gives its name and the envelope to send."""
        resumed = self.sessions.read(hello.session) if hello.session else None
        conversation = resumed or self.sessions.begin()
        turns = await self.assistant.all_turns(conversation) if resumed else []
        language = await self.assistant.language(conversation) if turns else None
        return conversation, {
            "v": VERSION,
            "type": "welcome",
            "session": self.sessions.issue(conversation),
            "resumed": bool(resumed),
            "language": language or hello.language or DEFAULT_LANGUAGE,
            "history": turns_as_json(turns, self.sources),
            "form": progress_as_json(await self.assistant.progress(conversation)),
            **self.facts,
        }

    def conversation(self, token: object) -> str | None:
        """Name the conversation of a token; None when it is none of ours."""
        return self.sessions.read(token) if isinstance(token, str) else None

    async def answer(
        self, conversation: str, said: Said, address: str = ""
    ) -> AsyncIterator[Envelope]:
        """Answer a message; one that was answered before gets the same answer again."""
        text = mask_secrets(clean(said.text)).text
        yield {"v": VERSION, "type": "received", "id": said.id, "text": text}
        yield {"v": VERSION, "type": "typing", "to": said.id}
        async with self._locks.lock(conversation):
            turns = await self.assistant.turns(conversation)
            turn = next((turn for turn in turns if turn.id == said.id), None)
            if turn is None:
                message = Incoming(
                    conversation,
                    said.text,
                    CHANNEL,
                    said.language,
                    said.id,
                    self.network(address),
                )
                turn = Turn(said.id, text, time.time(), await self.assistant.handle(message))
            progress = await self.assistant.progress(conversation)
        for envelope in replies_as_json(said.id, turn.replies, turn.at, self.sources):
            yield envelope
        yield {"v": VERSION, "type": "done", "to": said.id, "form": progress_as_json(progress)}

    async def note(self, conversation: str, thumb: Thumb) -> Envelope:
        """Store a visitor's opinion of a reply that this conversation really has."""
        message, _, number = thumb.reply.partition(":")
        turns = await self.assistant.all_turns(conversation)
        turn = next((turn for turn in turns if turn.id == message), None)
        is_known = turn is not None and int(number) < len(turn.replies)
        if turn is not None and is_known:
            reply = turn.replies[int(number)]
            self.feedback.record(
                Feedback(
                    conversation,
                    thumb.reply,
                    thumb.thumb,
                    tuple(reply.topics),
                    reply.language,
                    mask_secrets(thumb.reason).text,
                    turn.text,
                )
            )
        return {"v": VERSION, "type": "noted", "reply": thumb.reply, "stored": is_known}
