"""What an editor can say that a message meant: a topic, a move of the dialogue, nothing of ours."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.guidance.consistency import variation
from bot.language import LANGUAGES
from bot.review.entries import TOPIC_PREFIX
from bot.understanding.text import fold

Titles = Mapping[str, Mapping[str, str]]
"""Titles of the topics, by language and intent."""
MOVES = (
    "ask_ticket_status",
    "cancel",
    "change_detail",
    "change_language",
    "explain_detail",
    "open_migration_request",
    "repeat_answer",
    "report_no_solution",
    "request_human",
    "start_over",
    "chitchat/ask_capabilities",
    "chitchat/ask_identity",
    "chitchat/ask_transfer_time",
    "chitchat/goodbye",
    "chitchat/greet",
    "chitchat/insult",
    "chitchat/thank",
    "chitchat/wait",
)
"""Intents without a topic that a message on its own can have; answers to the form's
questions and secrets are recognised in other ways."""
_RESPONSE = f"utter_{TOPIC_PREFIX}"


def topic_titles(responses: Mapping[str, Sequence[Mapping[str, Any]]]) -> Titles:
    """Read the titles out of the responses."""
    titles: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for name in sorted(name for name in responses if name.startswith(_RESPONSE)):
        for language in LANGUAGES:
            metadata = (variation(responses[name], language) or {}).get("metadata") or {}
            titles[language][name.removeprefix("utter_")] = str(metadata.get("title") or name)
    return titles


def intent_called(title: str, choices: Mapping[str, str]) -> str:
    """Find the intent by its title, as typed; empty when none is called so."""
    wanted = fold(title)
    return next((intent for intent, words in choices.items() if fold(words) == wanted), "")
