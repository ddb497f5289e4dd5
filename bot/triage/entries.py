"""Lines of a form in a mail: a label that names a detail, and its value."""

import re
from itertools import pairwise

from bot.details.labels import named_detail
from bot.patterns import Linear

# A line of a form: few words, a colon, the value. What it holds is meant for that detail,
# so a wrong value is refused by name, never overlooked.
_ENTRY = Linear(
    r"^[\s>*•-]*(?P<label>[^:=\n]{2,60}?)\s*(?:[:→]|[=-]{1,2}>|=)\s*(?P<value>[^:=\s?][^?]{0,150})$"
)
# Entries may be strung together: "Ondernemingsnummer: 0403.170.701, model: micro. Taal: NL".
_LABEL = re.compile(r"([^:=,;\n]{2,60}?)\s{0,9}[:=]")
_ENTRY_END = re.compile(r"[,;.]\s{1,9}(?=[^\W\d_])")


def entries(line: str) -> list[tuple[str, str]]:
    """Read a line of a form, or one that strings several together; empty for prose."""
    cuts = [0, *(cut.end() for cut in _ENTRY_END.finditer(line) if _begins_entry(line, cut.end()))]
    pieces = [line[start:end] for start, end in pairwise([*cuts, len(line)])]
    found = [_entry(piece.rstrip(" ,;") if len(pieces) > 1 else piece) for piece in pieces]
    return [entry for entry in found if entry] if found[0] else []


def _begins_entry(line: str, place: int) -> bool:
    label = _LABEL.match(line, place)
    return label is not None and named_detail(label[1]) is not None


def _entry(piece: str) -> tuple[str, str] | None:
    entry = _ENTRY.match(piece)
    name = named_detail(entry["label"]) if entry else None
    return (name, entry["value"].strip()) if entry and name else None
