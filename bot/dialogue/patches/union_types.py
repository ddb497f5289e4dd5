"""Types written ``X | None``.

Rasa 3.6.21 (rasa/engine/validation.py) compares the annotations of components through
typing_utils 0.1.0, which knows ``Optional[X]`` only: on Python 3.11 and later `rasa train`
refuses a component of ours for an argument that it allows.
"""

import types
import typing
from typing import Any

import typing_utils

_get_origin = typing_utils.get_origin


def apply() -> None:
    """Take both ways of writing a union for the same."""
    typing_utils.get_origin = get_origin


def get_origin(annotation: Any) -> Any:
    """Give what ``typing_utils.get_origin`` gives, ``Union`` for either kind of union."""
    origin = _get_origin(annotation)
    return typing.Union if origin is types.UnionType else origin
