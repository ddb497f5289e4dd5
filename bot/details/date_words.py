"""The words of a date in one plain form, whatever the language.

"Le trente juin de l'an dernier" becomes "30 m06 y2025": days and years in digits, months as
``m06``, years counted from today as ``y2025``, the end of a month or a year as ``ultimo``, and
no article or preposition between them.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import dateparser

from bot.details.spoken import with_digits
from bot.language import LANGUAGES
from bot.understanding.text import fold

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_MONTH = re.compile(
    r"(?<![^\W\d_])(?:jan|fe[bv]|ma[airy]|mrt|mei|apr|avr|ju[inl]|aug|aou|sep|o[ck]t|nov|dec)"
    r"[a-z]{0,9}(?![^\W\d_])\.?"
)
# "31.XII.2022": months as notaries write them.
_ROMAN = re.compile(r"(?<=[ ./-])(i{1,3}|i?[vx]|vi{1,3}|xi{1,2})(?=[ ./-]{1,3}(?:\d|$))")
_ROMAN_MONTHS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
# French for 7: a month after digits, or where no other month is named.
_SEPT = re.compile(r"(?<!\d[ ./-])(?<!\d)(?<![^\W\d_])sept(?![^\W\d_.])")
_SEVENTEEN = re.compile(r"(?<=[^\W\d_]-)sept(?![^\W\d_])")
_SEVEN = "\ue000"
# Common ways to shorten a month that dateparser does not know.
_SHORT_MONTHS = frozenset({"febr", "octo", "nove", "dece"})
# Typed so, they are no marks of ours: m02 is a model of accounts.
_TYPED_MARKS = re.compile(r"(?<![^\W\d_])[my](?=\d)")
_ORDINAL = re.compile(r"(?<!\d)(\d{1,2})(?:i?eme|ere?|ste|e|de|st|nd|rd|th)(?![^\W_])")
_COUNTED_YEARS = (
    (
        re.compile(
            r"(?:(?:this|current) year|(?:dit|huidige?|lopende?) jaar|"
            r"cette annee|(?:l')?annee (?:en cours|courante))(?![^\W_])"
        ),
        0,
    ),
    (
        re.compile(
            r"(?:(?:last|previous|past|prior) year|"
            r"(?<!eer)(?<!voor)(?:vorige?|verleden|afgelopen|voorbije) jaar|"
            r"(?<!avant-)(?:annee (?:derniere|passee|precedente)|an (?:dernier|passe|precedent)))"
            r"(?![^\W_])"
        ),
        1,
    ),
    (
        re.compile(r"(?:year before last|(?:eer|voor)vorige? jaar|avant-derniere annee)(?![^\W_])"),
        2,
    ),
)
_YEARS_AGO = re.compile(
    r"(?<![^\W_])(?:(\d{1,2}|an?|een) (?:years?|jaar|jaren) (?:ago|geleden|terug)|"
    r"il y a (\d{1,2}) ans?)(?![^\W_])"
)
# "Year-end 2022" is the end of whatever year the company keeps.
_END = re.compile(
    r"(?<![^\W_])(?<!year[ -])(?:einde?|fin|end|(?:laatste|last) (?:dag|day)|dernier jour|"
    r"month[ -]end|maandeinde)(?![^\W_])"
)
_BETWEEN = re.compile(
    r"(?<![^\W_])(?:[dl]'|(?:of|the|in|on|year|month|day|de|du|le|la|au|en|an|annee|mois|jour|"
    r"van|het|den|op|per|jaar|maand|dag|anno|ce|cette|this|deze|dit)(?![^\W_]))"
)


def plain_dates(words: str, *, today: date) -> Iterator[str]:
    """Give the plain forms of ``words``, by language, the likeliest first."""
    folded = _TYPED_MARKS.sub("x", fold(words).translate(_DASHES))
    folded = _ROMAN.sub(_roman, folded)
    for digits in with_digits(fold(_with_months(folded))):
        plain = _ORDINAL.sub(r"\1", fold(digits))
        plain = _BETWEEN.sub(" ", _END.sub("ultimo", _with_years(plain, today)))
        yield " ".join(plain.split())


def _roman(found: "re.Match[str]") -> str:
    return f" m{_ROMAN_MONTHS.index(found[1]) + 1:02} "


def _with_months(folded: str) -> str:
    spared = _SEVENTEEN.sub(_SEVEN, folded)
    bare = _SEPT.sub(_SEVEN, spared)
    if any(_month_in(found) for found in _MONTH.finditer(bare)):
        spared = bare
    return _MONTH.sub(_marked, spared).replace(_SEVEN, "sept")


def _month_in(found: "re.Match[str]") -> int | None:
    return _month_number(found[0].rstrip("."))


def _marked(found: "re.Match[str]") -> str:
    month = _month_in(found)
    return f" m{month:02} " if month else found[0]


@lru_cache(maxsize=256)
def _month_number(word: str) -> int | None:
    """Ask dateparser which month ``word`` names; "febr" is asked as "feb"."""
    settings = {"DATE_ORDER": "DMY", "STRICT_PARSING": True}
    parsed = dateparser.parse(f"1 {word} 2000", languages=list(LANGUAGES), settings=settings)
    if parsed is None and word in _SHORT_MONTHS:
        return _month_number(word[:3])
    # "1 maand" is a month ago, by dateparser's own clock.
    return parsed.month if parsed and (parsed.day, parsed.year) == (1, 2000) else None


def _with_years(plain: str, today: date) -> str:
    for pattern, years in _COUNTED_YEARS:
        plain = pattern.sub(f"y{max(today.year - years, 0):04}", plain)
    return _YEARS_AGO.sub(
        lambda found: f"y{max(today.year - _count(found[1] or found[2]), 0):04}", plain
    )


def _count(digits: str) -> int:
    return int(digits) if digits.isdigit() else 1
