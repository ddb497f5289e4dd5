"""What was said before a ticket, from wherever it was said."""

from collections.abc import Sequence

from sqlalchemy.engine import Engine

from bot.delivery.ticket import Line, Transcripts
from bot.dialogue.assistant import Assistant
from bot.storage import SqlMailStore

_MAIL = "mail:"


def transcripts_of(assistant: Assistant, engine: Engine) -> Transcripts:
    """Give what reads a conversation: chats from the trackers, mails from the journal."""
    mails = SqlMailStore(engine, "")

    async def read(conversation: str) -> Sequence[Line]:
        if conversation.startswith(_MAIL):
            texts = mails.texts_of(conversation.removeprefix(_MAIL))
            return [Line("user", text) for text in texts]
        lines = []
        for turn in await assistant.all_turns(conversation):
            lines.append(Line("user", turn.text))
            lines += [Line("cybo", reply.text) for reply in turn.replies]
        return lines

    return read
