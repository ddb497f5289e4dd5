"""Which values a message states: marked words, checked by the rules of each detail."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from bot.details.addresses import EMAIL
from bot.details.choices import names_association, parse_brand, parse_model_code
from bot.details.dates import DATE
from bot.details.model import FILING_DETAILS, InvalidDetail, Mention
from bot.details.numbers import ENTERPRISE_NUMBER
from bot.details.parse import parse_detail
from bot.reading.filings import KEYS
from bot.reading.model import VALUE, WRONG, Stated

REPEATED = "repeated_detail"
"""Entity that names a detail of which a message states several values."""

OTHER = "other"

BRAND = "certificate_brand"
"""Entity that names a brand which is not listed."""
# A mark below the one is no value beside another above the other.
_DOUBTFUL, _CERTAIN = 0.65, 0.9
_SEVERAL = 2
# Under the one a mark has rivals, over the other it is one.
_DOUBTED, _RIVALLING = 0.7, 0.25
_CLOSED = frozenset({"filing_model", "deposit_type", "filing_language", "certificate_type"})
# Days; the first financial year of a firm may take up to 24 months less a day.
_LONGEST_YEAR = 731
_OWNER = "certificate_owner"
_NAME = re.compile(r"[^\W\d_]{0,40}")
# Details that any words may state: two of them are two.
_ANY_WORDS = frozenset({_OWNER, "certificate_number", "certificate_email"})
# Between two parts of one value: a comma, a word.
_BESIDE = 12
_BEFORE = re.compile(r"([^\W\d_]{3,16})[ ,;:(/-]{1,3}\Z")
_BEHIND = re.compile(r"[ ,;:(/-]{1,3}([^\W\d_]{3,16})")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# What stands behind a name or a number in brackets, or on the next line, is no part of it.
_ASIDE = re.compile(r"[ ]?[(;\n]")
_SHAPES: dict[str, Any] = {
    "enterprise_number": ENTERPRISE_NUMBER,
    "closing_date": DATE,
    "certificate_email": EMAIL,
}


def marked_values(
    text: str,
    stated: Sequence[Stated],
    least: float,
    today: date,
    known: Mapping[str, str] | None = None,
) -> list[Mention]:
    """Give every value that a message states, in order.

    ``least``: how certain a mark must be. ``known``: what is written down, None where nobody will
    see the values before they count; of a value that is taken back and one that replaces it, that
    is the former, whatever the reading says.
    """
    marks = [
        _widened(text, mark)
        for mark in _with_rivals(text, stated, today)
        if mark.role in {VALUE, WRONG} and mark.certainty >= least
    ]
    joined = [
        _contested(m, marks) for m in _joined(text, list(_whole_names(text, marks, today)), today)
    ]
    found = [
        (mark.role, _value(text, mark, today)) for mark in joined if not _is_outdone(mark, joined)
    ]
    found = _without_beginnings(_of_each_year(found, today))
    if known is not None:
        found = [(role, _completed(text, mention, known, today)) for role, mention in found]
    replaced = _replacing(found, known or {}, today)
    return [mention for role, mention in found if (role == VALUE) != (mention in replaced)]


def _widened(text: str, mark: Stated) -> Stated:
    """Take the word for an association beside a model's into its mark: "vzw, verkort"."""
    if mark.detail != "filing_model":
        return mark
    for beside in (
        _BEFORE.search(text, max(0, mark.start - _BESIDE), mark.start),
        _BEHIND.match(text, mark.end),
    ):
        if beside and names_association(beside[1]):
            return replace(
                mark, start=min(mark.start, beside.start(1)), end=max(mark.end, beside.end(1))
            )
    return mark


def _with_rivals(text: str, stated: Sequence[Stated], today: date) -> Iterator[Stated]:
    """Give the marks; where one of a closed list is doubtful, another value of it counts as much.

    "English... no sorry accounts are in French": two languages, and the last one counts.
    """
    values = sorted((m for m in stated if m.role == VALUE), key=lambda mark: mark.certainty)
    surest = {mark.detail: mark for mark in values}
    doubtful = {name: mark for name, mark in surest.items() if mark.certainty < _DOUBTED}
    for mark in stated:
        rival = doubtful.get(mark.detail)
        is_rival = (
            rival is not None
            and mark is not rival
            and mark.detail in _CLOSED
            and mark.certainty >= _RIVALLING
            and _parsed(mark.detail, text[mark.start : mark.end], today)
        )
        if rival is not None and is_rival:
            yield replace(mark, role=VALUE, certainty=rival.certainty, filing=rival.filing)
        else:
            yield mark


def _without_beginnings(found: Sequence[tuple[str, Mention]]) -> list[tuple[str, Mention]]:
    """Leave out on which day a financial year began: "from 1/1/2022 to 31/12/2022"."""
    days = [m.value for role, m in found if m.detail == "closing_date" and role == VALUE]
    return [
        (role, m)
        for role, m in found
        if not (m.detail == "closing_date" and _is_beginning(m.value, days))
    ]


def _is_beginning(day: str, days: Sequence[str]) -> bool:
    with suppress(ValueError):
        first = date.fromisoformat(day)
        lasts = [date.fromisoformat(other) for other in days if other != day]
        return first.day == 1 and any(0 < (last - first).days < _LONGEST_YEAR for last in lasts)
    return False


def _contested(mark: Stated, marks: Sequence[Stated]) -> Stated:
    """Take for a value what hardly reads as taken back, beside another value that is doubtful.

    "Full. ah no wait, abridged": people say last what they mean, and hear what was noted.
    """
    is_doubtful = mark.role == WRONG and mark.certainty < _DOUBTFUL
    beside = [m for m in marks if m.detail == mark.detail and m.role == VALUE]
    if is_doubtful and beside and all(m.certainty < _CERTAIN for m in beside):
        return replace(mark, role=VALUE)
    return mark


def _whole_names(text: str, marks: Sequence[Stated], today: date) -> Iterator[Stated]:
    """Give the marks, a name with the words behind it that read as an address and are none.

    "Peter" and "Janssen. globalsign", of which the first is a name.
    """
    last: Stated | None = None
    for mark in marks:
        words = text[mark.start : mark.end]
        is_no_address = mark.detail == "certificate_email" and not _parsed(
            mark.detail, words, today
        )
        is_behind = last and last.detail == _OWNER and text[last.end : mark.start] == " "
        if last and is_behind and is_no_address and (name := _NAME.match(words)):
            last = replace(last, end=mark.start + name.end())
            continue
        if last:
            yield last
        last = mark
    if last:
        yield last


def _of_each_year(found: Sequence[tuple[str, Mention]], today: date) -> list[tuple[str, Mention]]:
    """Give each year its day: "2021 and 2022, always on 31 December"."""
    dates = [m for role, m in found if m.detail == "closing_date" and role == VALUE]
    years = [m for m in dates if _YEAR.fullmatch(m.value.strip())]
    days = [m for m in dates if m not in years and not _is_valid(m, today)]
    if len(years) < _SEVERAL or len(days) != 1 or len(years) + 1 != len(dates):
        return list(found)
    whole = {
        year: _parsed("closing_date", f"{days[0].value} {year.value}", today) for year in years
    }
    return [(role, replace(m, value=whole.get(m) or m.value)) for role, m in found if m != days[0]]


def _completed(text: str, found: Mention, known: Mapping[str, str], today: date) -> Mention:
    """Give a date without a year that of the message, or that which is written down.

    "Calendar year 2023, so 31 December". To correct it a year, or a day and month, is enough.
    """
    if found.detail != "closing_date" or _is_valid(found, today):
        return found
    written, behind = known.get(found.detail, ""), text[found.end :]
    # A year in another date is that one's.
    years = set(_YEAR.findall(DATE.sub("", text)))
    tried = [f"{found.value} {year}" for year in years if len(years) == 1]
    if not any(map(str.isdigit, behind)):
        # "30 juin de cette année", of which the year was not marked.
        tried.append(found.value + behind)
    if written and _YEAR.fullmatch(found.value.strip()):
        tried = [f"{found.value.strip()}{written[4:]}"]
    elif written:
        tried.append(f"{found.value} {written[:4]}")
    for words in tried:
        if value := _parsed(found.detail, words, today):
            return replace(found, value=value)
    return found


def _is_outdone(mark: Stated, marks: Sequence[Stated]) -> bool:
    """Say whether a doubtful mark stands beside a certain one of the same detail.

    "Correction, la première fois il y avait une erreur". Two firms or dates are two filings.
    """
    is_doubtful = mark.certainty < _DOUBTFUL and mark.detail not in KEYS
    return is_doubtful and any(
        (other.detail, other.role, other.filing) == (mark.detail, mark.role, mark.filing)
        and other.certainty >= _CERTAIN
        for other in marks
    )


def _joined(text: str, marks: Sequence[Stated], today: date) -> Iterator[Stated]:
    """Give the marks, those in one where only together they are a value.

    "Eind 2022, 31 december"; "asbl, modèle abrégé".
    """
    last: Stated | None = None
    for mark in marks:
        joint = _joint(text, last, mark, today) if last else None
        if last and not joint:
            yield last
        last = joint or mark
    if last:
        yield last


def _joint(text: str, last: Stated, mark: Stated, today: date) -> Stated | None:
    is_apart = (last.detail, last.role, last.filing) != (mark.detail, mark.role, mark.filing)
    if is_apart or last.detail in _ANY_WORDS or mark.start - last.end > _BESIDE:
        return None
    whole = replace(last, end=mark.end, certainty=min(last.certainty, mark.certainty))
    parts = [
        _parsed(part.detail, text[part.start : part.end], today) or part.meant
        for part in (last, mark)
    ]
    value = _parsed(whole.detail, text[whole.start : whole.end], today)
    # "Micro, euh de grote" is two values, and the second one counts.
    is_one = value is not None and value not in parts
    return whole if is_one else None


def _parsed(detail: str, words: str, today: date) -> str | None:
    with suppress(InvalidDetail):
        return parse_detail(detail, words, today=today)
    return None


def _replacing(
    found: Sequence[tuple[str, Mention]], known: Mapping[str, str], today: date
) -> list[Mention]:
    """Give the mentions whose role what is written down contradicts."""
    contradicted: list[Mention] = []
    for detail in {mention.detail for _, mention in found if mention.detail in known}:
        marks = [(r, m) for r, m in found if m.detail == detail and _is_valid(m, today)]
        others = [mention for _, mention in marks if mention.value != known[detail]]
        if not others:
            continue
        contradicted += [m for r, m in marks if r == VALUE and m.value == known[detail]]
        if not any(r == VALUE for r, m in marks if m in others):
            contradicted.append(others[-1])
    return contradicted


def shaped_value(
    text: str, stated: Sequence[Stated], detail: str, least: float, today: date
) -> Mention | None:
    """Give the one value of a detail with a shape that the whole text holds, where no mark does.

    "Mijn btw-nummer is be0675571742" answers the question for a number, whoever reads it: the
    check digits say so. What belongs to somebody else does not count; nor do two of them.
    """
    shape = _SHAPES.get(detail)
    others = [m for m in stated if m.role != VALUE and m.certainty >= least]
    found: dict[str, Mention] = {}
    for match in shape.finditer(text) if shape else ():
        start, end = match.span()
        is_elses = any(mark.start < end and start < mark.end for mark in others)
        with suppress(InvalidDetail):
            value = parse_detail(detail, match.group(), today=today)
            if not is_elses:
                found[value] = Mention(detail, value, start, end)
    return found.popitem()[1] if len(found) == 1 else None


def last_values(text: str, found: Sequence[Mention], today: date) -> Iterator[Mention]:
    """Give the last value of each detail of each filing, and name those that have several.

    People correct themselves as they write: "Isabel, no, GlobalSign". What breaks a rule counts
    where no other words state the detail.
    """
    right = [mention for mention in found if _is_valid(mention, today)]
    last = {_place(mention): mention for mention in right}
    for mention in found:
        last.setdefault(_place(mention), mention)
    yield from last.values()
    for mention in right:
        if mention.value != last[_place(mention)].value:
            yield Mention(REPEATED, mention.detail, 0, len(text))
            return


def _place(mention: Mention) -> tuple[str, int]:
    return mention.detail, mention.filing


def _value(text: str, stated: Stated, today: date) -> Mention:
    """Check what was marked; what breaks a rule stays as typed, to be refused by name."""
    start, end = _snapped(text, stated)
    detail = stated.detail
    if detail == "certificate_email":
        start = _start_of_spoken(text, start, end, today)
    if detail in {_OWNER, "certificate_number"}:
        end = start + _length_before_aside(text[start:end])
    words = text[start:end]
    try:
        value = parse_detail(detail, words, today=today)
        if value == OTHER and detail == "certificate_type" and (brand := _brand_in(words)):
            # LuxTrust is one of the words for "another", and a brand with a name.
            detail, value = BRAND, brand
    except InvalidDetail as error:
        value = words
        is_unknown = error.reason == "unknown"
        if is_unknown and stated.meant and stated.meant != OTHER:
            value = stated.meant
        elif is_unknown and detail == "certificate_type":
            brand = _brand_in(words)
            detail, value = (BRAND, brand) if brand else (detail, stated.meant or words)
    if detail == "filing_model":
        value = parse_model_code(words) or value
    filing = stated.filing if detail in FILING_DETAILS else 0
    return Mention(detail, value, start, end, filing)


def _length_before_aside(words: str) -> int:
    aside = _ASIDE.search(words)
    return aside.start() if aside and aside.start() else len(words)


def _brand_in(words: str) -> str | None:
    with suppress(InvalidDetail):
        return parse_brand(words)
    return None


def _is_valid(mention: Mention, today: date) -> bool:
    return mention.detail == BRAND or _parsed(mention.detail, mention.value, today) is not None


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
