"""Cutting a text into words, whatever its language."""

import re

from bot.patterns import Linear

_WORD = re.compile(r"[^\W\d_]{1,64}(?:['’][^\W\d_]{1,64}){0,9}")
_OF_AN_ADDRESS = re.compile(r"[@/_\d]")
_DOTTED_NAME = Linear(r"\w+\.\w+(?:\.\w+)+")


def words_of(text: str) -> list[str]:
    """Give the words of ``text`` in lower case, digits and addresses left out."""
    rest = " ".join(piece for piece in text.split() if not _OF_AN_ADDRESS.search(piece))
    if rest.count(".") > 1:
        rest = _DOTTED_NAME.sub(" ", rest)
    return [word.replace("’", "'") for word in _WORD.findall(rest.lower())]
