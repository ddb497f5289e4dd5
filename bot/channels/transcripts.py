"""What was said before a ticket, from wherever it was said."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timezone

from sqlalchemy.engine import Engine

from bot.delivery.ticket import Line, Transcripts
from bot.dialogue.apart import AssistantApart
from bot.storage import SqlKeptMails

_MAIL = "mail:"
# Nobody reads more before a ticket, and no mail holds more.
_MOST_TURNS = 500


def transcripts_of(assistant: AssistantApart, engine: Engine) -> Transcripts:
    """Give what reads a conversation: chats from the trackers, mails from the journal."""
    mails = SqlKeptMails(engine)

    async def read(conversation: str) -> Sequence[Line]:
        if conversation.startswith(_MAIL):
            return await asyncio.to_thread(mails.of_thread, conversation.removeprefix(_MAIL))
        lines = []
        for turn in await assistant.latest_turns(conversation, _MOST_TURNS):
            lines.append(Line("user", turn.text))
            at = datetime.fromtimestamp(turn.at, timezone.utc)
            lines += [
                Line("cybo", reply.text, told_at=at if reply.introduces else None)
                for reply in turn.replies
            ]
        return lines

    return read
