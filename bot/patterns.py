"""Patterns whose time grows no faster than the text that others wrote.

Python's own engine goes back over what it has read: one quantifier without a bound, and a
message of one long word takes seconds. So every pattern here is one of two kinds, and
`tests/security/test_linear_time.py` finds each and holds it to that: ``re`` with bounds on all
its quantifiers, or RE2 (Cox 2007, "Regular expression matching can be simple and fast"), whose
time is linear whatever the pattern. RE2 costs 3 µs a search and 10 µs a match more, and knows
no look-around: it is for patterns that need no bound or would pay for one at each character.
"""

import re
from collections.abc import Iterator
from typing import Any

import re2

# RE2 means ASCII by these; here they mean what Python means.
_UNICODE = {
    "w": r"\p{L}\p{N}_",
    "d": r"\p{Nd}",
    "s": r"\s\v\x1c-\x1f\x85\p{Z}",
}
_SHORTHAND = re.compile(r"\\[\\wds\[\]WDS]|[\[\]]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Linear:
    r"""A pattern of RE2 with the methods of Python's; places count characters.

    ``\w``, ``\d`` and ``\s`` mean Unicode's, ``\b`` knows ASCII letters alone.
    """

    def __init__(self, source: str, *, ignore_case: bool = False) -> None:
        options = re2.Options()
        options.case_sensitive = not ignore_case
        options.log_errors = False
        self.pattern = source
        self._compiled: Any = re2.compile(_as_unicode(source), options)

    def search(self, text: str) -> "re.Match[str] | None":
        """Find the first match."""
        found: re.Match[str] | None = self._compiled.search(_encodable(text))
        return found

    def match(self, text: str) -> "re.Match[str] | None":
        """Match the beginning of the text."""
        found: re.Match[str] | None = self._compiled.match(_encodable(text))
        return found

    def fullmatch(self, text: str) -> "re.Match[str] | None":
        """Match the whole text."""
        found: re.Match[str] | None = self._compiled.fullmatch(_encodable(text))
        return found

    def finditer(self, text: str) -> "Iterator[re.Match[str]]":
        """Give every match in turn."""
        return iter(self._compiled.finditer(_encodable(text)))

    def findall(self, text: str) -> list[str]:
        """Give what every match matched."""
        return [match[0] for match in self.finditer(text)]

    def sub(self, replacement: str, text: str) -> str:
        """Write ``replacement`` in the place of every match."""
        return str(self._compiled.sub(replacement, _encodable(text)))


def _as_unicode(source: str) -> str:
    """Spell out Python's shorthands for RE2, inside brackets and outside."""
    is_inside = False

    def spelt(found: "re.Match[str]") -> str:
        nonlocal is_inside
        mark = found[0]
        if mark in "[]":
            is_inside = mark == "["
            return mark
        kind = mark[1]
        if kind.lower() not in "wds":
            return mark
        if kind.isupper() and is_inside:
            raise ValueError(f"{source}: RE2 has no {mark} inside brackets; write it out")
        inner = _UNICODE[kind.lower()]
        return inner if is_inside else f"[{'^' if kind.isupper() else ''}{inner}]"

    return _SHORTHAND.sub(spelt, source)


def _encodable(text: str) -> str:
    """Replace half a surrogate pair, which UTF-8 cannot hold, by another single character."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
