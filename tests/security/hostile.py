"""Texts made to keep a pattern busy, and how its time grows with them."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

try:
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:
    import sre_parse as parser

# Below this nothing can be measured on a machine that others use, nor does it matter.
IGNORED_S = 0.0004
MOST_GROWTH = 2.6
_MOST_PARTS = 12
_SAMPLES = "a0 _-.:,;@/<>=+*'\"()[]é\n\tA１"


def time_of(run: Callable[[], object], *, repeats: int) -> float:
    """Give the least process time of several runs, in seconds."""
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
        if best < IGNORED_S / 4:
            break
    return best


def growth(run: Callable[[str], object], make: Callable[[int], str], sizes: list[int]) -> float:
    """Say by how much the time grows at the last doubling, 0 where it is too short to tell.

    A machine that others use lies sometimes: what seems to grow is measured again, ever
    more often.
    """
    short, long = make(sizes[-2]), make(sizes[-1])
    grown = 0.0
    for repeats in (1, 3, 5, 9):
        longest = time_of(lambda: run(long), repeats=repeats)
        if longest < IGNORED_S:
            return 0.0
        grown = longest / max(time_of(lambda: run(short), repeats=repeats), 1e-6)
        if grown < MOST_GROWTH:
            break
    return grown


def fillings(source: str, flags: int = 0) -> list[str]:
    """Give short texts whose repetition a pattern may take long over: of its own parts."""
    pieces = {"a", " ", "0", "a ", ". ", "a.", "\n", "a\n", "-", "(", "<", "é", ":"}
    try:
        tree = parser.parse(source, flags)
    except re.error:
        # RE2's own classes; its pieces are sampled from what Python does not know.
        return sorted(pieces | {"a@", "a.a", "http://", "'"})
    own = sorted({_sample(part)[:80] for part in _parts(tree)} - pieces - {""})
    # A list of words is one part: each of them would tell the same.
    return sorted(pieces | set(own[:: max(len(own) // _MOST_PARTS, 1)]))


def beginnings(source: str, flags: int = 0) -> list[str]:
    """Give what a text may begin with so that a pattern sets out to match it."""
    try:
        whole = _sample(parser.parse(source, flags))
    except re.error:
        return [""]
    # Every beginning of a match: from each the pattern goes on in hope.
    cuts = sorted({0, len(whole) // 2, len(whole) - 1})
    return [whole[:cut] for cut in cuts if cut >= 0]


def texts(source: str, flags: int, size: int) -> Iterator[tuple[str, Callable[[int], str]]]:
    """Give names of hostile texts and how to make each at a size."""
    for filling in fillings(source, flags):
        for beginning in beginnings(source, flags):
            yield (
                f"{beginning!r} + {filling!r}",
                lambda n, b=beginning, f=filling: (b + f * (n // len(f)))[: n - 1] + "\x7f",  # type: ignore[misc]
            )


def _parts(tree: Any) -> Iterator[Any]:
    """Give every subpattern, the repeated ones above all."""
    yield tree
    for operation, argument in tree:
        name = str(operation)
        if name in {"MAX_REPEAT", "MIN_REPEAT"}:
            yield from _parts(argument[2])
        elif name == "SUBPATTERN":
            yield from _parts(argument[-1])
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from _parts(branch)
        elif name in {"ASSERT", "ASSERT_NOT"}:
            yield from _parts(argument[1])


def _sample(tree: Any) -> str:
    """Write a short text that a subpattern matches, its assertions left out."""
    text = ""
    for operation, argument in tree:
        name = str(operation)
        if name == "LITERAL":
            text += chr(argument)
        elif name in {"IN", "NOT_LITERAL", "ANY", "RANGE"}:
            text += _of_class(name, argument)
        elif name in {"MAX_REPEAT", "MIN_REPEAT"}:
            text += _sample(argument[2]) * max(argument[0], 1)
        elif name == "SUBPATTERN":
            text += _sample(argument[-1])
        elif name == "BRANCH":
            text += _sample(argument[1][0])
    return text


def _of_class(name: str, argument: Any) -> str:
    if name == "ANY":
        return "a"
    if name == "NOT_LITERAL":
        return "b" if argument != ord("b") else "c"
    source = "".join(_written(item) for item in argument)
    compiled = re.compile(f"[{source}]")
    return next((mark for mark in _SAMPLES if compiled.match(mark)), "x")


def _written(item: Any) -> str:
    operation, argument = item
    name = str(operation)
    if name == "NEGATE":
        return "^"
    if name == "LITERAL":
        return re.escape(chr(argument))
    if name == "RANGE":
        return f"{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}"
    return {
        "CATEGORY_DIGIT": r"\d",
        "CATEGORY_NOT_DIGIT": r"\D",
        "CATEGORY_SPACE": r"\s",
        "CATEGORY_NOT_SPACE": r"\S",
        "CATEGORY_WORD": r"\w",
        "CATEGORY_NOT_WORD": r"\W",
    }[str(argument)]
