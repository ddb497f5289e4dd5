"""Lines that a mail program broke at its margin."""

import re
from itertools import pairwise

# Programs that wrap plain text do so at 72 (RFC 3676 §4.2) to 78 characters (RFC 5322 §2.1.1).
_MIN_MARGIN = 70
_MAX_MARGIN = 80
# An entry of a list or a form, a quote, a row of a table: a line of its own.
_SEPARATORS, _MIN_SEPARATORS = ";|", 2
_OWN_LINE = re.compile(r"[-*•>|_=]|\(?\d{1,2}[.)]\s|[^:\n]{2,60}[:=]\s")


def unwrapped(lines: list[str]) -> list[str]:
    """Join what was one line before a program wrapped it.

    A line was broken when the next word had no room within the margin any more.
    """
    joined: list[list[str]] = []
    for before, line in pairwise(["", *lines]):
        if joined and _was_broken(before, line):
            joined[-1].append(line)
        else:
            joined.append([line])
    return [" ".join(pieces) for pieces in joined]


def _was_broken(line: str, following: str) -> bool:
    if len(line) > _MAX_MARGIN or len(line) + 1 + len(following) <= _MIN_MARGIN:
        return False
    if not line or not following.strip() or "\t" in following or _OWN_LINE.match(following):
        return False
    if _are_rows(line, following):
        return False
    word = following.split(maxsplit=1)[0]
    return len(line) + 1 + len(word) > _MIN_MARGIN and following == following.lstrip()


def _are_rows(line: str, following: str) -> bool:
    """Say whether two lines have as many cells, and several."""
    return any(line.count(mark) == following.count(mark) >= _MIN_SEPARATORS for mark in _SEPARATORS)
