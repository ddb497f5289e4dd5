"""Closing dates: day before month, as in Belgium."""

import calendar
import re
from collections.abc import Mapping
from datetime import date
from itertools import islice

from bot.details.date_words import plain_dates
from bot.details.model import InvalidDetail
from bot.details.spoken import MAX_WORDS_CHARS
from bot.patterns import Linear
from bot.understanding.text import clean

_MONTHS = (
    r"jan\w{0,9}|feb\w{0,9}|f[ée]v\w{0,9}|maart|mars|march|mar|mrt|apr\w{0,9}|avr\w{0,9}|mei|mai|may|jun[ei]?|juin|"
    r"jul[iy]?|juil\w{0,9}|aug\w{0,9}|ao[uû]t|sep\w{0,9}|o[ck]t\w{0,9}|nov\w{0,9}|d[ée]c\w{0,9}"
)
DATE = re.compile(
    r"(?<![\d.])(?:"
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{2,4}"
    r"|\d{1,2}\s\d{1,2}\s\d{4}"
    rf"|\d{{1,2}}(?:er|e|st|nd|rd|th)?[\s/-]{{1,9}}(?:of\s{{1,9}}|de\s{{1,9}})?(?:{_MONTHS})\.?,?"
    r"(?:[\s/-]{1,9}'?\d{2,4})?"
    rf"|(?:{_MONTHS})\s{{1,9}}\d{{1,2}}(?:st|nd|rd|th)?,?\s{{1,9}}\d{{4}}"
    rf"|(?:eind|einde|fin|end|end of)\s{{1,9}}(?:{_MONTHS})\s{{1,9}}\d{{4}}"
    r"|\d{1,2}[-/.]\d{1,2}(?![-/.\d])"
    r")(?!\d)",
    flags=re.IGNORECASE,
)
# The Central Balance Sheet Office keeps accounts since 1978; older years are slips.
_FIRST_YEAR = 1970
_CANONICAL = re.compile(r"\d{4}-\d{2}-\d{2}", flags=re.ASCII)
_MAX_DATES = 9
# The parts of a date in the plain form of `date_words`.
_BY = r"(?: ?[-/.,\\] ?| )"
_DAY = r"(?<![\dm])(?<!\d[./-])(?P<day>\d{1,2})"
_MONTH = r"(?<![a-z])m(?P<month>\d{2})"
_ANY_MONTH = r"m?(?P<month>\d{1,2})"
_LONG_YEAR = r"(?P<year>y?\d{4}|(?:19|20) \d{2})(?![\d:])"
_ANY_YEAR = r"'?(?P<year>y?\d{4}|(?:19|20) \d{2}|\d{2})(?![\d:]| ?m\d)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"ultimo[ -]{{0,3}}{_MONTH}{_BY}{_ANY_YEAR}",
        rf"ultimo {_ANY_MONTH}{_BY}{_LONG_YEAR}",
        rf"(?P<year>y\d{{4}}),? ultimo {_MONTH}",
        rf"ultimo {_LONG_YEAR}",
        rf"(?<!\d)(?P<year>\d{{4}}){_BY}{_ANY_MONTH}{_BY}(?P<day>\d{{1,2}})(?!\d)",
        rf"{_DAY}{_BY}?{_MONTH}{_BY}{_ANY_YEAR}",
        rf"{_DAY}(?: ?[-/.,\\] ?)(?P<month>\d{{1,2}})(?: ?[-/.,\\] ?){_ANY_YEAR}",
        # Digits apart are a date only where no more of them stand around: telephone numbers.
        rf"(?<!\d )(?<!\w)(?P<day>\d{{1,2}}) (?P<month>\d{{1,2}}) {_ANY_YEAR}(?! ?\d)",
        rf"(?<!\d){_MONTH} ?,? ?(?P<day>\d{{1,2}})(?!\d){_BY}{_ANY_YEAR}",
        rf"(?P<year>y\d{{4}}|(?<!\d)\d{{4}})[ ,:]{{1,3}}(?P<day>\d{{1,2}}) ?{_MONTH}",
        r"(?P<year>(?<!\d)\d{4}),? (?P<day>\d{1,2})[-/.](?P<month>\d{1,2})(?![\d./-])",
    )
)
_COMPACT = re.compile(
    r"(?<![\w.,/-])(?:(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)|"
    r"(?P<day2>[0-3]\d)(?P<month2>0[1-9]|1[0-2])(?P<year2>\d{4}|\d{2}))(?![\w/-])(?![.,]\d)"
)
_NAMED_DAY = re.compile(
    rf"{_DAY}{_BY}?{_MONTH}|{_MONTH.replace('month', 'month2')} (?P<day2>\d{{1,2}})(?!\d)"
    r"|(?<![\d./-])(?P<day3>\d{1,2})/(?P<month3>\d{1,2})(?![\d./-])"
)
_WITHOUT_YEAR = re.compile(
    r"(?<!\d)\d{1,2}[ ./,-]{0,3}m\d\d|(?<![a-z])m\d\d,? \d{4}(?!\d)|"
    r"(?<![\d./-])\d{1,2}[-/.]\d{1,2}(?![-/.\d])"
)
# "System slow at the end of August" and "not since last year" are no answer to the question.
_ALONE_WITHOUT_YEAR = re.compile(r"m\d\d[ .,/-]{0,3}'?\d{1,2}|ultimo m\d\d|y\d{4}")
_COUNTED_YEAR = re.compile(r"y\d{4}")
_ONLY_A_YEAR = Linear(r"\D*(?:19|20) ?\d{2}\D*|\d{1,2} (?:0?[1-9]|1[0-2])")


def parse_closing_date(text: str, *, today: date) -> str:
    """Read one closing date and give it in ISO form (yyyy-mm-dd).

    "Last year" is counted from ``today``. Of a text longer than ``MAX_WORDS_CHARS`` only the
    dates that `DATE` finds are read.
    Raises: InvalidDetail with reason ``not_a_date`` (also for two dates), ``no_year`` or
    ``future``.
    """
    words = " ".join(clean(text).split())
    if len(words) <= MAX_WORDS_CHARS:
        day = _read(words, today=today)
    else:
        day = _read_long(words, today=today)
    if day > today:
        raise InvalidDetail("closing_date", "future")
    return day.isoformat()


def format_closing_date(value: str) -> str:
    """Write an ISO date as dd/mm/yyyy."""
    return date.fromisoformat(value).strftime("%d/%m/%Y")


def _read_long(words: str, *, today: date) -> date:
    days: set[date] = set()
    refusals: list[InvalidDetail] = []
    for found in islice(DATE.finditer(words), _MAX_DATES):
        try:
            days.add(_read(found[0][:MAX_WORDS_CHARS], today=today))
        except InvalidDetail as error:
            refusals.append(error)
    if refusals and not days:
        raise refusals[0]
    if refusals:
        raise InvalidDetail("closing_date", "not_a_date")
    return _only(days, words)


def _read(words: str, *, today: date) -> date:
    if _CANONICAL.fullmatch(words):
        return _build(*map(int, words.split("-")))
    plain: list[str] = []
    for form in plain_dates(words, today=today):
        plain.append(form)
        if days := _days_in(form, today=today):
            return _only(days, form)
    return _only(set(), *plain)


def _only(days: set[date], *plain: str) -> date:
    """Give the one day; refuse none, for the most telling reason, and several."""
    if len(days) == 1:
        return days.copy().pop()
    has_no_year = not days and any(map(_lacks_a_year, plain))
    raise InvalidDetail("closing_date", "no_year" if has_no_year else "not_a_date")


def _lacks_a_year(plain: str) -> bool:
    return bool(
        _WITHOUT_YEAR.search(plain)
        or _ONLY_A_YEAR.fullmatch(_COUNTED_YEAR.sub("", plain))
        or _ALONE_WITHOUT_YEAR.fullmatch(plain.strip(" .,;:!?"))
    )


def _days_in(plain: str, *, today: date) -> set[date]:
    """Read every full date of ``plain``."""
    days: set[date] = set()
    for form in _FORMS:
        days |= {_day(found.groupdict(), today=today) for found in form.finditer(plain)}
        plain = form.sub(";", plain)
    for found in () if days else _COMPACT.finditer(plain):
        parts = found.groupdict()
        days.add(
            _day(
                {name: parts[name] or parts[f"{name}2"] for name in ("year", "month", "day")},
                today=today,
            )
        )
    if days:
        _refuse_another(plain, days)
    return days


def _day(parts: Mapping[str, str | None], *, today: date) -> date:
    year = _full_year((parts["year"] or "").lstrip("y").replace(" ", ""), today=today)
    month = int(parts.get("month") or 12)
    if day := parts.get("day"):
        return _build(year, month, int(day))
    first = _build(year, month, 1)
    return first.replace(day=calendar.monthrange(year, month)[1])


def _refuse_another(rest: str, days: set[date]) -> None:
    """Refuse "31 March and 30 June 2022": which of the two is told by no one."""
    for found in _NAMED_DAY.finditer(rest):
        month = found["month"] or found["month2"] or found["month3"]
        named = int(month), int(found["day"] or found["day2"] or found["day3"])
        if named not in {(day.month, day.day) for day in days}:
            raise InvalidDetail("closing_date", "not_a_date")


def _full_year(digits: str, *, today: date) -> int:
    if len(digits) == 4:
        return int(digits)
    year = 2000 + int(digits)
    # 31/12/98 may be a slip of the keyboard or an archive: only a person can tell.
    if year > today.year:
        raise InvalidDetail("closing_date", "no_year")
    return year


def _build(year: int, month: int, day: int) -> date:
    if year < _FIRST_YEAR:
        raise InvalidDetail("closing_date", "not_a_date")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise InvalidDetail("closing_date", "not_a_date") from error
