"""Plain operations on a message's text."""

import re
import unicodedata

from bot.patterns import Linear

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Unicode's own limit for text that is read as a stream (UAX #15, stream-safe text format).
_MANY_MARKS = Linear(r"(\p{M}{30})\p{M}+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# Rasa takes what begins with the first of these for the name of an intent.
_SLASHES = frozenset("/\u2044\u2215\u29f8\uff0f")
# Control, format and unassigned characters; blanks have a test of their own.
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
# The chat's own limit. A longer mail says in its first 4,000 characters what it wants.
_MAX_READ_CHARS = 4000
# The longest word of Dutch law has 49 letters, a link of ours fewer than 100 characters; what
# is longer is a key, a picture or noise, and no word of it is understood.
_MAX_WORD_CHARS = 256


def clean(text: str) -> str:
    """Drop what cannot be seen: zero-width marks, direction marks, control characters."""
    visible = _CONTROL.sub(" ", _INVISIBLE.sub("", _SURROGATE.sub("", text)))
    return unicodedata.normalize("NFC", _with_few_marks(visible)).strip()


def as_words(text: str) -> str:
    """Give a message as words that no machine takes for a command.

    Rasa reads "/restart" and "/affirm{...}" as an intent by name with its entities, whatever
    blanks stand before or behind the slash. Nobody's text may do that, so slashes of any
    kind at the beginning go, and all that cannot be seen among them.
    """
    text = clean(text)
    start = 0
    while start < len(text) and _is_before_words(text[start]):
        start += 1
    return text[start:]


def _is_before_words(mark: str) -> bool:
    return mark in _SLASHES or mark.isspace() or unicodedata.category(mark) in _UNSEEN


def readable(text: str) -> str:
    """Give as much of a text as is understood: 4,000 characters, words of 256 at most.

    Runs of blanks become one, runs of empty lines one empty line: HTML tables come with
    hundreds, and neither says anything.
    """
    lines: list[str] = []
    for line in text[: 2 * _MAX_READ_CHARS].split("\n"):
        words = " ".join(word[:_MAX_WORD_CHARS] for word in line.split())
        if words or (lines and lines[-1]):
            lines.append(words)
    return "\n".join(lines)[:_MAX_READ_CHARS].strip()


def fold(text: str) -> str:
    """Lower the case, strip accents and squeeze white space, for comparing words."""
    if text.isascii():
        return " ".join(text.lower().split())
    text = _with_few_marks(text.replace("’", "'").casefold())
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return " ".join(bare.split())


def _with_few_marks(text: str) -> str:
    """Cut runs of accents: ordering them takes Python the square of their number."""
    return text if text.isascii() else _MANY_MARKS.sub(r"\1", text)
