"""The words of an HTML mail."""

import re
from html import unescape

from inscriptis import get_text
from inscriptis.model.config import ParserConfig
from lxml.etree import LxmlError

_CONFIG = ParserConfig(display_links=False, display_images=False)
# What a layout may cost (measured 28/11/2026 on one core): inscriptis writes every line of a
# table once for each of its cells and each table around it. 2,000 cells beside 110,000
# characters took 5 s; a mail of people has a few hundred.
_MAX_CELLS = 3_000
_MAX_CELLS_BY_CHARS = 300_000_000
_MAX_TABLES_DEEP = 20
_MAX_DEEP = 300
_MAX_TAG_CHARS = 2_000
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]{0,15})", flags=re.IGNORECASE)
_ANY_TAG = re.compile(rf"<[^<>]{{0,{_MAX_TAG_CHARS}}}>")
_BREAKS = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6])\b", flags=re.IGNORECASE)
_HIDDEN = ("style", "script", "title")
# Closed by what follows, or never.
_UNNESTED = frozenset(
    "area base body br col colgroup dd dt embed head hr html img input li link meta o option p "
    "param source tbody td tfoot th thead tr wbr".split()
)


def html_to_text(html: str) -> str:
    """Turn HTML into the text that a reader would see; nothing is fetched or run.

    Where its tables or its nesting would cost too much, the words come without their layout.
    """
    if not _is_affordable(html):
        return _bare_words(html)
    try:
        return str(get_text(html, _CONFIG))
    except (LxmlError, ValueError, RecursionError):
        return ""


def _is_affordable(html: str) -> bool:
    cells = tables = deep = deepest = deepest_table = 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        step = -1 if match[1] else 1
        if name in {"td", "th"}:
            cells += step > 0
        elif name == "table":
            tables = max(0, tables + step)
            deepest_table = max(deepest_table, tables)
        elif name not in _UNNESTED:
            deep = max(0, deep + step)
            deepest = max(deepest, deep)
    return (
        cells <= _MAX_CELLS
        and cells * len(html) <= _MAX_CELLS_BY_CHARS
        and deepest_table <= _MAX_TABLES_DEEP
        and deepest <= _MAX_DEEP
    )


def _bare_words(html: str) -> str:
    """Give the words without their tags, a line for each block."""
    for name in _HIDDEN:
        html = _without(html, name)
    lines = unescape(_ANY_TAG.sub(" ", _BREAKS.sub("\n<", html))).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines)


def _without(html: str, name: str) -> str:
    """Leave out every element of a name, in one pass."""
    pieces, place, folded = [], 0, html.lower()
    while len(folded) == len(html) and (start := folded.find(f"<{name}", place)) >= 0:
        pieces.append(html[place:start])
        end = folded.find(f"</{name}", start)
        if end < 0:
            return "".join(pieces)
        place = end
    return "".join([*pieces, html[place:]])
