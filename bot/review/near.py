"""Texts that are nearly the same: what Cybo is examined on must not be learnt by heart."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from numpy.typing import NDArray

from bot.understanding.spelling import normalise
from bot.understanding.text import fold

_WORD = re.compile(r"\w{1,256}")
NEAR_COPY = 0.97
"""Cosine above which one message is a copy of another; `tests/heldout` holds the data to it."""

Embed = Callable[[list[str]], NDArray[Any]]


def near_copies(texts: Sequence[str], others: Sequence[str], embed: Embed) -> list[bool]:
    """Say of each text whether it stands, or nearly stands, among the others."""
    if not texts or not others:
        return [False] * len(texts)
    same = {_words(other) for other in others}
    cosines = embed([normalise(t) for t in texts]) @ embed([normalise(o) for o in others]).T
    return [
        _words(text) in same or bool(best > NEAR_COPY)
        for text, best in zip(texts, cosines.max(axis=1), strict=True)
    ]


def _words(text: str) -> str:
    return " ".join(_WORD.findall(fold(text)))
