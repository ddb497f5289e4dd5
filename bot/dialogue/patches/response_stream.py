"""Answers that are sent while they are made, as `rasa shell` wants them.

Rasa 3.6.21 (rasa/core/channels/rest.py) calls ``sanic.response.stream``, which Sanic 23 replaced
by the class ``ResponseStream``.
"""

from sanic import response


def apply() -> None:
    """Bring the old name back."""
    response.stream = response.ResponseStream  # type: ignore[attr-defined]
