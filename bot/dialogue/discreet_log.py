"""Rasa's structured log, without what people said."""

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog

# Under which names Rasa 3.6 logs a visitor's words, as in `message.parsing.failed`.
_WORDS = frozenset({"user_text", "text", "response_text", "message", "user_message"})


def configure() -> None:
    """Leave out words, and debug lines too: rendering them takes time even if nobody reads them."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        processors=[leave_words_out, *_others()],
    )


def leave_words_out(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop a line's fields that hold a visitor's words."""
    return {name: value for name, value in event.items() if name not in _WORDS}


def _others() -> list[Any]:
    # A second call must not put it there twice.
    return [one for one in structlog.get_config()["processors"] if one is not leave_words_out]
