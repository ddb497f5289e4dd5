"""Notes below a mail's text, for the people who read it with a ticket."""

from typing import Literal

from bot.language import DEFAULT_LANGUAGE, LANGUAGES
from bot.texts import texts

Note = Literal["secret_removed", "text_cut", "text_only"]


def note(name: Note, language: str) -> str:
    """Give a note in the language of a mail."""
    known = language if language in LANGUAGES else DEFAULT_LANGUAGE
    return str(texts("mail")[known][name])
