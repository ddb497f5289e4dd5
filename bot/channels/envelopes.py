"""The chat's wire format, version 1: what the widget sends and what it gets (docs/widget.md)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from bot.channels.problems import Problem
from bot.dialogue.history import Progress, Reply, Turn
from bot.feedback import THUMBS
from bot.guidance.sources import Source, links
from bot.language import LANGUAGES
from bot.understanding.text import as_words, clean

VERSION = 1
_ID = re.compile(r"[\w-]{8,64}", re.ASCII)
_REPLY_ID = re.compile(r"[\w-]{8,64}:\d{1,2}", re.ASCII)
_MAX_REASON_CHARS = 500
_MAX_TOKEN_CHARS = 300

Envelope = dict[str, Any]
Sources = Mapping[str, Source]


@dataclass(frozen=True)
class Hello:
    """A browser that opens the chat, or opens it again. ``session``: the token it kept."""

    language: str | None
    session: str | None


@dataclass(frozen=True)
class Said:
    """A visitor's message under the browser's own id."""

    id: str
    text: str
    language: str | None


@dataclass(frozen=True)
class Thumb:
    """A visitor's opinion of a reply."""

    reply: str
    thumb: str
    reason: str


def read_json(text: str) -> Envelope:
    """Parse an envelope.

    Raises: Problem, when it is no JSON object or of another version.
    """
    try:
        envelope = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "invalid_json") from error
    if not isinstance(envelope, dict):
        raise Problem(400, "not_an_object")
    if envelope.get("v") != VERSION:
        raise Problem(400, "unknown_version", {"version": VERSION})
    return envelope


def read_envelope(envelope: Envelope, *, max_chars: int) -> Hello | Said | Thumb:
    """Turn an envelope into what it means.

    Raises: Problem, naming the field that is wrong and the remedy.
    """
    kind = envelope.get("type")
    if kind == "hello":
        session = envelope.get("session")
        is_token = isinstance(session, str) and len(session) <= _MAX_TOKEN_CHARS
        return Hello(_language(envelope), session if is_token else None)
    if kind == "message":
        return Said(
            _identifier(envelope, "id"), _text(envelope, max_chars=max_chars), _language(envelope)
        )
    if kind == "feedback":
        thumb, reason = envelope.get("thumb"), envelope.get("reason")
        if thumb not in THUMBS:
            raise Problem(400, "invalid_thumb")
        said = clean(reason)[:_MAX_REASON_CHARS] if isinstance(reason, str) else ""
        return Thumb(_identifier(envelope, "reply", _REPLY_ID), thumb, said)
    raise Problem(400, "unknown_type")


def reply_id(message: str, number: int) -> str:
    """Name the reply to a message that comes at place ``number``."""
    return f"{message}:{number}"


def replies_as_json(
    message: str, replies: list[Reply], at: float, sources: Sources
) -> list[Envelope]:
    """Write the replies to one message."""
    return [
        {
            "v": VERSION,
            "type": "reply",
            "id": reply_id(message, number),
            "to": message,
            "text": reply.text,
            "at": _instant(at),
            "language": reply.language,
            "outcome": reply.outcome,
            "topics": reply.topics,
            "buttons": reply.buttons,
            "sources": links(reply.sources, sources, reply.language),
            "checked": reply.checked,
        }
        for number, reply in enumerate(replies)
    ]


def turns_as_json(turns: list[Turn], sources: Sources) -> list[Envelope]:
    """Write a conversation so far: messages and replies in turn."""
    history: list[Envelope] = []
    for turn in turns:
        history.append(
            {"type": "message", "id": turn.id, "text": turn.text, "at": _instant(turn.at)}
        )
        history += replies_as_json(turn.id, turn.replies, turn.at, sources)
    return history


def progress_as_json(progress: Progress | None) -> Envelope | None:
    """Write how far the migration request is."""
    if progress is None:
        return None
    return {"slot": progress.slot, "step": progress.step, "of": progress.of}


def problem_as_json(problem: Problem, language: str | None, to: str | None = None) -> Envelope:
    """Write what was wrong with an envelope."""
    error = problem.as_json(language)["error"]
    return {"v": VERSION, "type": "error", **error, "to": to, **_retry(problem)}


def _retry(problem: Problem) -> Envelope:
    seconds = (problem.values or {}).get("seconds")
    return {"retry_after_s": seconds} if seconds is not None else {}


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds")


def _identifier(envelope: Envelope, name: str, form: re.Pattern[str] = _ID) -> str:
    value = envelope.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Problem(400, "invalid_id", {"field": name})
    return value


def _text(envelope: Envelope, *, max_chars: int) -> str:
    text = envelope.get("text")
    if not isinstance(text, str):
        raise Problem(400, "invalid_message")
    if len(text) > max_chars:
        raise Problem(400, "message_too_long", {"limit": max_chars})
    if not as_words(text):
        raise Problem(400, "empty_message")
    return text


def _language(envelope: Envelope) -> str | None:
    language = envelope.get("language")
    code = language.split("-")[0].lower() if isinstance(language, str) else ""
    return code if code in LANGUAGES else None
