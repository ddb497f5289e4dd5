"""Which values a message states: marked words, checked by the rules of each detail."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from bot.details.addresses import EMAIL
from bot.details.choices import parse_brand, parse_model_code
from bot.details.dates import DATE
from bot.details.model import InvalidDetail, Mention
from bot.details.numbers import ENTERPRISE_NUMBER
from bot.details.parse import parse_detail
from bot.reading.model import VALUE, Stated

REPEATED = "repeated_detail"
"""Entity that names a detail of which a message states several values."""

BRAND = "certificate_brand"
"""Entity that names a brand which is not listed."""
_SHAPES: dict[str, Any] = {
    "enterprise_number": ENTERPRISE_NUMBER,
    "closing_date": DATE,
    "certificate_email": EMAIL,
}


def stated_values(
    text: str, stated: Sequence[Stated], least: float, today: date
) -> Iterator[Mention]:
    """Give the first value of each detail, and name those that have several.

    What breaks a rule counts where no other words state the detail. ``least``: how certain a mark
    must be.
    """
    marks = [mark for mark in stated if mark.role == VALUE and mark.certainty >= least]
    found = [_value(text, mark, today) for mark in marks]
    right = [mention for mention in found if _is_valid(mention, today)]
    first = {mention.detail: mention for mention in reversed(right)}
    for mention in found:
        first.setdefault(mention.detail, mention)
    yield from first.values()
    for mention in right:
        if mention.value != first[mention.detail].value:
            yield Mention(REPEATED, mention.detail, 0, len(text))
            return


def _value(text: str, stated: Stated, today: date) -> Mention:
    """Check what was marked; what breaks a rule stays as typed, to be refused by name."""
    start, end = _snapped(text, stated)
    detail = stated.detail
    if detail == "certificate_email":
        start = _start_of_spoken(text, start, end, today)
    words = text[start:end]
    try:
        value = parse_detail(detail, words, today=today)
    except InvalidDetail as error:
        value = words
        if stated.meant and error.reason == "unknown":
            value = stated.meant
        elif error.detail == "certificate_type" and error.reason == "unknown":
            with suppress(InvalidDetail):
                detail, value = BRAND, parse_brand(words)
    if detail == "filing_model":
        value = parse_model_code(words) or value
    return Mention(detail, value, start, end)


def _is_valid(mention: Mention, today: date) -> bool:
    if mention.detail == BRAND:
        return True
    with suppress(InvalidDetail):
        parse_detail(mention.detail, mention.value, today=today)
        return True
    return False


def _start_of_spoken(text: str, start: int, end: int, today: date) -> int:
    """Go back to where a spoken address begins: "an punt peeters at" may lose its "an punt"."""
    before = max(text.rfind(mark, 0, start) for mark in ",;:\n") + 1
    with suppress(InvalidDetail):
        known = parse_detail("certificate_email", text[start:end], today=today)
        whole = parse_detail("certificate_email", text[before:end], today=today)
        if whole.endswith(f".{known}"):
            return before
    return start


def _snapped(text: str, stated: Stated) -> tuple[int, int]:
    """Give a detail the whole of the number, date or address that its mark touches."""
    shape = _SHAPES.get(stated.detail)
    for match in shape.finditer(text) if shape else ():
        if match.start() < stated.end and match.end() > stated.start:
            return min(stated.start, match.start()), max(stated.end, match.end())
    return stated.start, stated.end
