"""Cutting a text into words, whatever its language."""

import re

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def words_of(text: str) -> list[str]:
    """Give the words of ``text`` in lower case, digits and addresses left out."""
    without_addresses = re.sub(r"\S*[@/_\d]\S*|\w+\.\w+(?:\.\w+)+", " ", text)
    return [word.replace("’", "'") for word in _WORD.findall(without_addresses.lower())]
