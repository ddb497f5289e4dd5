"""The REST webhook: Rasa's REST channel with errors that say what is wrong."""

import json
from typing import Any
from unicodedata import category

from aiohttp import web

from bot.channels.problems import Problem, preferred_language
from bot.channels.sessions import PREFIX
from bot.dialogue.assistant import Incoming
from bot.dialogue.history import Reply
from bot.language import LANGUAGES
from bot.understanding.text import as_words, clean

_MAX_SENDER_CHARS = 255  # the width of Rasa's own column
# Chats of the widget, threads of mails and health checks: whoever took such a name would
# meet other people's words.
_RESERVED = (PREFIX, "mail:", "readyz")


async def read_message(request: web.Request, *, max_chars: int) -> Incoming:
    """Turn a request's body into a message.

    Raises: Problem, naming the field that is wrong and the remedy.
    """
    body = await _read_object(request)
    sender = _sender(body.get("sender"))
    text = body.get("message")
    if not isinstance(text, str):
        raise Problem(400, "invalid_message")
    if len(text) > max_chars:
        raise Problem(400, "message_too_long", {"limit": max_chars})
    language = _language(body.get("metadata"))
    if not as_words(text):
        raise Problem(400, "empty_message")
    return Incoming(sender, text, "rest", language)


def as_json(sender: str, replies: list[Reply]) -> list[dict[str, Any]]:
    """Write replies the way Rasa's REST channel does, with what they mean under ``custom``."""
    messages = []
    for reply in replies:
        message: dict[str, Any] = {"recipient_id": sender, "text": reply.text}
        if reply.buttons:
            message["buttons"] = reply.buttons
        message["custom"] = {
            "outcome": reply.outcome,
            "topics": reply.topics,
            "language": reply.language,
        }
        if reply.sources:
            message["custom"]["sources"] = reply.sources
            message["custom"]["checked"] = reply.checked
        messages.append(message)
    return messages


async def language_of(request: web.Request) -> str | None:
    """Guess the language in which to tell a caller what is wrong."""
    try:
        body = await request.json()
        language = str(body["metadata"]["language"])[:2].lower()
    except (ValueError, LookupError, TypeError, RecursionError, web.HTTPException):
        language = ""
    return language if language in LANGUAGES else language_asked(request)


def language_asked(request: web.Request) -> str | None:
    """Give the language that the request's header asks for."""
    return preferred_language(request.headers.get("Accept-Language", ""))


def _sender(sender: object) -> str:
    if not isinstance(sender, str) or not 0 < len(clean(sender)) <= _MAX_SENDER_CHARS:
        raise Problem(400, "invalid_sender")
    if any(category(character) == "Cc" for character in sender):
        raise Problem(400, "sender_characters")
    name = clean(sender)
    if name.casefold().startswith(_RESERVED):
        raise Problem(400, "reserved_sender", {"names": ", ".join(_RESERVED)})
    return name


async def _read_object(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise Problem(400, "content_type")
    try:
        body = json.loads(await request.text())
    except (ValueError, LookupError, RecursionError) as error:
        raise Problem(400, "invalid_json") from error
    if not isinstance(body, dict):
        raise Problem(400, "not_an_object")
    return body


def _language(metadata: object) -> str | None:
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise Problem(400, "invalid_metadata")
    language = metadata.get("language")
    if language is None:
        return None
    # A page may say nl-BE; the region changes nothing here.
    code = language.split("-")[0].lower() if isinstance(language, str) else ""
    if code not in LANGUAGES:
        raise Problem(400, "invalid_language", {"languages": ", ".join(LANGUAGES)})
    return code
