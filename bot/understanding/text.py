"""Plain operations on a message's text."""

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def clean(text: str) -> str:
    """Drop what cannot be seen: zero-width marks, direction marks, control characters."""
    visible = _CONTROL.sub(" ", _INVISIBLE.sub("", _SURROGATE.sub("", text)))
    return unicodedata.normalize("NFC", visible).strip()


def fold(text: str) -> str:
    """Lower the case, strip accents and squeeze white space, for comparing words."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'").casefold())
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return " ".join(bare.split())


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """Fold ``text`` and say, for each character of the result, where it stood."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        marks = " " if character.isspace() else fold(character)
        if marks == " " and (not folded or folded[-1] == " "):
            continue
        folded += marks
        places += [place] * len(marks)
    return "".join(folded), places
