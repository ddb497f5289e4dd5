"""The chat behind the widget, whichever way its envelopes travel."""

import asyncio
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
from bot.channels.problems import Problem
from bot.channels.sessions import Sessions
from bot.dialogue.assistant import Incoming
from bot.dialogue.history import Progress, Reply, Turn
from bot.dialogue.locks import ConversationLocks
from bot.feedback import Feedback, FeedbackStore
from bot.language import DEFAULT_LANGUAGE, LANGUAGES
from bot.privacy import mask_secrets
from bot.settings import Settings

CHANNEL = "web"
# What a visitor finds again on the screen; older messages are kept, not sent.
_SHOWN_TURNS = 100


class Answering(Protocol):
    """What the chat needs of the assistant."""

    async def handle(self, message: Incoming) -> list[Reply]:
        """Answer a message."""

    async def masked(self, message: Incoming) -> str:
        """Give a message as it is kept, without its secrets."""

    async def answered(self, sender: str, message_id: str) -> Turn | None:
        """Give a turn of the latest session."""

    async def turn(self, sender: str, message_id: str) -> Turn | None:
        """Give a turn of any session."""

    async def latest_turns(self, sender: str, most: int) -> list[Turn]:
        """Give the last turns."""

    async def is_full(self, sender: str, most: int) -> bool:
        """Say whether the latest session has that many turns."""

    async def progress(self, sender: str) -> Progress | None:
        """Say which question is open."""

    async def language(self, sender: str) -> str | None:
        """Give the conversation's language."""


def _unknown(_: str) -> str:
    """Name no network."""
    return ""


class _Measured(Protocol):
    async def is_full(self, sender: str, most: int) -> bool:
        """Say whether the latest session has that many turns."""

    async def latest_turns(self, sender: str, most: int) -> list[Turn]:
        """Give the last turns."""


@dataclass(frozen=True)
class Limits:
    """How long a conversation may become: every turn reads what came before."""

    turns: int
    settings: Settings

    async def refuse(
        self, assistant: _Measured, conversation: str, language: str | None
    ) -> Reply | None:
        """Say how to go on when a conversation is too long; None while it is not."""
        if not await assistant.is_full(conversation, self.turns):
            return None
        contact = {"email": self.settings.contact_email, "phone": self.settings.contact_phone}
        # From what was said last: the whole of it would have to be read for its slots.
        said = [
            r.language for t in await assistant.latest_turns(conversation, 1) for r in t.replies
        ]
        known = said[-1] if said and said[-1] in LANGUAGES else language or DEFAULT_LANGUAGE
        text = Problem(409, "conversation_full", contact).message(known)
        return Reply(text, "handoff", known)


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
    limits: Limits
    network: Callable[[str], str] = _unknown
    # A message that was sent twice must not be answered twice side by side.
    _locks: ConversationLocks = field(default_factory=ConversationLocks, init=False)

    async def welcome(self, hello: Hello) -> tuple[str, Envelope]:
        """Open a conversation or resume one; gives its name and the envelope to send."""
        resumed = self.sessions.read(hello.session) if hello.session else None
        conversation = resumed or self.sessions.begin()
        turns = await self.assistant.latest_turns(conversation, _SHOWN_TURNS) if resumed else []
        is_full = turns and await self.assistant.is_full(conversation, self.limits.turns)
        language = await self.assistant.language(conversation) if turns and not is_full else None
        progress = None if is_full else await self.assistant.progress(conversation)
        return conversation, {
            "v": VERSION,
            "type": "welcome",
            "session": self.sessions.issue(conversation),
            "resumed": bool(resumed),
            "language": language or hello.language or DEFAULT_LANGUAGE,
            "history": turns_as_json(turns, self.sources),
            "form": progress_as_json(progress),
            **self.facts,
        }

    def conversation(self, token: object) -> str | None:
        """Name the conversation of a token; None when it is none of ours."""
        return self.sessions.read(token) if isinstance(token, str) else None

    async def answer(
        self, conversation: str, said: Said, address: str = ""
    ) -> AsyncIterator[Envelope]:
        """Answer a message; one that was answered before gets the same answer again."""
        text = await self.assistant.masked(self._incoming(conversation, said, address))
        yield {"v": VERSION, "type": "received", "id": said.id, "text": text}
        yield {"v": VERSION, "type": "typing", "to": said.id}
        async with self._locks.lock(conversation):
            full = await self.limits.refuse(self.assistant, conversation, said.language)
            if full:
                # What was answered before the end is found without reading all of it.
                turn = await self.assistant.turn(conversation, said.id)
                turn, progress = turn or Turn(said.id, text, time.time(), [full]), None
            else:
                turn = await self._answered(conversation, said, text, address)
                progress = await self.assistant.progress(conversation)
        for envelope in replies_as_json(said.id, turn.replies, turn.at, self.sources):
            yield envelope
        yield {"v": VERSION, "type": "done", "to": said.id, "form": progress_as_json(progress)}

    async def _answered(self, conversation: str, said: Said, text: str, address: str) -> Turn:
        turn = await self.assistant.answered(conversation, said.id)
        if turn is None:
            message = self._incoming(conversation, said, address)
            turn = Turn(said.id, text, time.time(), await self.assistant.handle(message))
        return turn

    def _incoming(self, conversation: str, said: Said, address: str) -> Incoming:
        return Incoming(
            conversation, said.text, CHANNEL, said.language, said.id, self.network(address)
        )

    async def note(self, conversation: str, thumb: Thumb) -> Envelope:
        """Store a visitor's opinion of a reply that this conversation really has."""
        message, _, number = thumb.reply.partition(":")
        turn = await self.assistant.turn(conversation, message)
        is_known = turn is not None and int(number) < len(turn.replies)
        if turn is not None and is_known:
            reply = turn.replies[int(number)]
            feedback = Feedback(
                conversation,
                thumb.reply,
                thumb.thumb,
                tuple(reply.topics),
                reply.language,
                mask_secrets(thumb.reason).text,
                turn.text,
            )
            await asyncio.to_thread(self.feedback.record, feedback)
        return {"v": VERSION, "type": "noted", "reply": thumb.reply, "stored": is_known}
