"""What a line of a mail states: entries of a form, or sentences with numbers and dates."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.details import InvalidDetail, Mention
from bot.details.dates import DATE
from bot.details.labels import named_detail
from bot.details.numbers import ENTERPRISE_NUMBER, parse_enterprise_number
from bot.patterns import Linear

# A line of a form: few words, a colon, the value. What it holds is meant for that detail,
# so a wrong value is refused by name, never overlooked.
_ENTRY = Linear(r"^[\s>*•-]*(?P<label>[^:=\n]{2,60}?)\s*[:=]\s*(?P<value>[^:=\s?][^?]{0,150})$")
_SENTENCE_END = re.compile(r"(?<=[.?!])\s{1,9}(?=[A-ZÀ-Þ])")
_IN_BRACKETS = re.compile(r"\([^()]{0,200}\)")
# What may stand between two closing dates: "31/12/2021, 31/12/2022 en het boekjaar 2023".
_JOINS = re.compile(r"[,;&+/]|\b(?:en|et|and|alsook|of|ou|or)\b", flags=re.IGNORECASE)
_JOINT = re.compile(
    r"(?:[\s,;&+/()]|\b(?:en|et|and|alsook|ainsi|que|of|ou|or|op|au|le|on|het|de|du|ook|aussi|also|"
    r"boekjaar|boekjaren|exercices?|years?|afgesloten|cl[oô]tur[eé]\w{0,3}|clos|closed|ended|ending)\b){1,40}",
    flags=re.IGNORECASE,
)
# Entries may be strung together: "Ondernemingsnummer: 0403.170.701, model: micro. Taal: NL".
_LABEL = re.compile(r"([^:=,;\n]{2,60}?)\s{0,9}[:=]")
_NO_DIGIT = re.compile(r"\D")
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


def sentences(line: str) -> list[str]:
    """Cut a line at the ends of its sentences when it asks something: questions state little."""
    return _SENTENCE_END.split(line) if "?" in line else [line]


def stated_keys(text: str, mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Give the numbers and dates of a sentence, also those that follow the first of a kind."""
    for first in mentions:
        if first.detail == "enterprise_number":
            yield first
            yield from _further_numbers(text, first)
        elif first.detail == "closing_date":
            yield first
            yield from _further_dates(text, first)


def _further_numbers(text: str, first: Mention) -> Iterator[Mention]:
    seen = {_NO_DIGIT.sub("", first.value).zfill(10)}
    for match in ENTERPRISE_NUMBER.finditer(text, first.end):
        try:
            number = parse_enterprise_number(match.group())
        except InvalidDetail:
            continue
        if number not in seen:
            seen.add(number)
            yield Mention("enterprise_number", number, *match.span())


def _further_dates(text: str, first: Mention) -> Iterator[Mention]:
    """Give the dates that the first one is joined to; others close no accounting period."""
    end = first.end
    for match in DATE.finditer(text, first.end):
        between = ENTERPRISE_NUMBER.sub(" & ", _IN_BRACKETS.sub(" ", text[end : match.start()]))
        if not (_JOINT.fullmatch(between) and _JOINS.search(between)):
            return
        end = match.end()
        yield Mention("closing_date", match.group(), *match.span())
