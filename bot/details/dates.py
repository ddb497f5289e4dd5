"""Closing dates: day before month, as in Belgium."""

import calendar
import re
from datetime import date

import dateparser

from bot.details.model import InvalidDetail
from bot.language import LANGUAGES
from bot.patterns import Linear

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
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})\D{1,9}(\d{1,2})\D{1,9}(\d{4}|\d{2})")
_MONTH_END = re.compile(r"(?:eind|einde|fin|end|end of)\s{1,9}(\D{1,40}\d{4})", flags=re.IGNORECASE)
_DAY_AND_MONTH = re.compile(r"\d{1,2}\D\d{1,2}")
_ONLY_A_YEAR = Linear(r"\D*(?:19|20)\d{2}\D*")
_YEAR = re.compile(r"(?:19|20)\d{2}|'?\b\d{2}$")


def parse_closing_date(text: str, *, today: date) -> str:
    """Read one closing date and give it in ISO form (yyyy-mm-dd).

    Raises: InvalidDetail with reason ``not_a_date``, ``no_year`` or ``future``.
    """
    found = DATE.search(text)
    if not found:
        reason = "no_year" if _ONLY_A_YEAR.fullmatch(text) else "not_a_date"
        raise InvalidDetail("closing_date", reason)
    day = _read(found.group(), today=today)
    if day > today:
        raise InvalidDetail("closing_date", "future")
    return day.isoformat()


def format_closing_date(value: str) -> str:
    """Write an ISO date as dd/mm/yyyy."""
    return date.fromisoformat(value).strftime("%d/%m/%Y")


def _read(words: str, *, today: date) -> date:
    if iso := _ISO.fullmatch(words):
        return _build(int(iso[1]), int(iso[2]), int(iso[3]))
    if numeric := _DAY_FIRST.fullmatch(words):
        return _build(_full_year(numeric[3], today=today), int(numeric[2]), int(numeric[1]))
    if _DAY_AND_MONTH.fullmatch(words) or not _YEAR.search(words):
        raise InvalidDetail("closing_date", "no_year")
    if month_end := _MONTH_END.fullmatch(words):
        first = _read_words(f"1 {month_end[1]}")
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return _read_words(words)


def _read_words(words: str) -> date:
    settings = {"DATE_ORDER": "DMY", "STRICT_PARSING": True}
    parsed = dateparser.parse(words, languages=list(LANGUAGES), settings=settings)
    if parsed is None:
        raise InvalidDetail("closing_date", "not_a_date")
    return date(parsed.year, parsed.month, parsed.day)


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
