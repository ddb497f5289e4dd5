"""Where a message states details of a migration request.

Strong mentions are unmistakable by their shape (enterprise number, e-mail address) or
by a label before them ("afsluitdatum: ..."). Weak mentions are everyday words (a brand,
a size, a language): they count only where the form asks for details and the message is
no question.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from bot.details.addresses import EMAIL
from bot.details.answers import Situation, read_attempt, read_moves
from bot.details.choices import PHRASES, parse_filing_model, parse_model_code
from bot.details.dates import DATE
from bot.details.labels import IS, LABELS
from bot.details.model import InvalidDetail, Mention
from bot.details.numbers import ENTERPRISE_NUMBER, parse_enterprise_number
from bot.details.parse import parse_unmarked
from bot.understanding.signals import is_question
from bot.understanding.text import fold_with_places

# The X.509 way to write a serial number; nothing else in these messages looks like it.
_SERIAL_NUMBER = re.compile(
    r"(?<![\w:])[0-9A-F]{2}(?::[0-9A-F]{2}){2,60}(?![\w:])", flags=re.IGNORECASE
)
_VALUE = r"(?P<value>[^,;?!\n]{1,40})"
_VALUES = {
    "certificate_owner": r"(?P<value>[^\W\d_][^\n,;:?!()]{1,60})",
    "certificate_number": (
        r"(?P<value>(?=[^\s,;]{0,99}\d)[0-9A-Za-z](?:[0-9A-Za-z:.\-]| (?=[0-9A-F]{2}\b)){0,99})"
    ),
}
_LABELLED = {
    detail: re.compile(rf"\b{label}{IS}{_VALUES.get(detail, _VALUE)}", flags=re.IGNORECASE)
    for detail, label in LABELS.items()
}
# "Op 31/12/2022 afgesloten": the label may follow.
_CLOSED_THEN = re.compile(rf"(?:{DATE.pattern})\s{{1,9}}afgesloten", flags=re.IGNORECASE)
# The dates of the cutover are named in every complaint; they close no accounting period
# unless the visitor says so.
_CUTOVER = {"2024-01-23", "2024-01-31", "2024-02-01", "2024-03-21"}
_DIGITS = re.compile(r"(?:BE)?[\d\s./-]{6,40}", flags=re.IGNORECASE)
_SAYS_LITTLE = {"new", "first", "eerste", "nieuw", "premier"}
# "other" and two-letter codes say too little without the question before them.
_WEAK = {
    detail: re.compile(
        r"(?<![\w-])(?:"
        + "|".join(
            re.escape(phrase)
            for value, group in phrases.items()
            if value != "other"
            for phrase in group
            if len(phrase) > 2 and phrase not in _SAYS_LITTLE
        )
        + r")(?![\w-])"
    )
    for detail, phrases in PHRASES.items()
}
_END_OF_NAME = re.compile(
    r"\s{1,9}(?:en|et|and|met|avec|with|mijn|mon|my|het|le|the|certificaat|certificat|certificate)\b"
    r"|\.(?:\s|$)",
    flags=re.IGNORECASE,
)


def find_details(text: str, situation: Situation) -> list[Mention]:
    """List the details that ``text`` states, at most one mention a detail and place.

    When the form asks for a slot and nothing of it is found in a message that is not
    about something else, the whole message is the attempt: the form then says what is
    wrong with it.
    """
    mentions = _first_of_each(_strong_mentions(text, situation))
    is_answering = bool(situation.requested) and not situation.is_elsewhere
    if (
        is_answering
        and not is_question(text)
        and situation.requested not in {m.detail for m in mentions}
    ):
        mentions += read_attempt(text, situation, mentions)
    if (is_answering or situation.is_request) and not _takes_all(situation):
        mentions += _weak_mentions(text, mentions)
    mentions += read_moves(text, situation, {mention.detail for mention in mentions})
    return sorted(mentions, key=lambda mention: (mention.start, mention.detail))


def _first_of_each(mentions: Iterable[Mention]) -> list[Mention]:
    """Keep the first value of each detail: two filings are filled in one after the other."""
    found: dict[str, Mention] = {}
    for mention in mentions:
        found.setdefault(mention.detail, mention)
    return list(found.values())


def _takes_all(situation: Situation) -> bool:
    """Say whether the slot in turn is free text, in which a brand may be a first name."""
    return situation.requested in {"certificate_owner", "certificate_number"}


def _strong_mentions(text: str, situation: Situation) -> Iterator[Mention]:
    seen: set[str] = set()
    for detail, pattern in _LABELLED.items():
        for match in pattern.finditer(text):
            mention = _labelled(detail, match, situation)
            if mention and detail not in seen:
                seen.add(detail)
                yield mention
    for match in ENTERPRISE_NUMBER.finditer(text):
        if "enterprise_number" not in seen and situation.requested != "certificate_number":
            yield from _number(match, situation)
    if "certificate_number" not in seen and (serial := _SERIAL_NUMBER.search(text)):
        yield Mention("certificate_number", serial.group(), *serial.span())
    for match in EMAIL.finditer(text):
        yield Mention("certificate_email", match.group().lower(), *match.span())
    if "closing_date" not in seen:
        is_told = bool(ENTERPRISE_NUMBER.search(text) or _CLOSED_THEN.search(text))
        yield from _dates(text, situation, is_told=is_told)


def _labelled(detail: str, match: re.Match[str], situation: Situation) -> Mention | None:
    words, start = match["value"], match.start("value")
    if detail == "certificate_owner":
        end = _END_OF_NAME.search(words)
        words = words[: end.start()] if end else words
    if detail == "closing_date":
        date_in = DATE.search(words)
        if not date_in:
            return None
        words, start = date_in.group(), start + date_in.start()
    if detail == "enterprise_number":
        digits = _DIGITS.match(words)
        if not digits:
            return None
        words = digits.group()
    words = words.strip()
    try:
        value = parse_unmarked(detail, words, today=situation.today)
        if detail == "filing_model":
            value = parse_model_code(words) or value
    except InvalidDetail:
        # A label in a plain question ("which model?") announces no value.
        if detail not in {"enterprise_number", "closing_date"}:
            return None
        value = words
    return Mention(detail, value, start, start + len(words))


def _number(match: re.Match[str], situation: Situation) -> Iterator[Mention]:
    try:
        value = parse_enterprise_number(match.group())
    except InvalidDetail:
        if situation.requested != "enterprise_number":
            return
        value = match.group()
    yield Mention("enterprise_number", value, *match.span())


def _dates(text: str, situation: Situation, *, is_told: bool) -> Iterator[Mention]:
    is_asked = situation.requested == "closing_date"
    if not is_asked and (situation.is_elsewhere or not (situation.requested or is_told)):
        return
    if situation.requested == "certificate_number":
        return
    for match in DATE.finditer(text):
        try:
            value = parse_unmarked("closing_date", match.group(), today=situation.today)
        except InvalidDetail:
            if not is_asked:
                continue
            value = match.group()
        if is_asked or value not in _CUTOVER:
            yield Mention("closing_date", value, *match.span())


def _weak_mentions(text: str, found: list[Mention]) -> Iterator[Mention]:
    taken = {mention.detail for mention in found}
    folded, places = fold_with_places(text)
    for detail, pattern in _WEAK.items():
        match = pattern.search(folded)
        if detail in taken or not match:
            continue
        source = text if detail == "filing_model" else match.group()
        try:
            # The office's code says more than the model it stands for; both are kept.
            if detail == "filing_model":
                value = parse_model_code(text) or parse_filing_model(source)
            else:
                value = None
            value = value or parse_unmarked(detail, source, today=date.min)
        except InvalidDetail:
            continue
        yield Mention(detail, value, places[match.start()], places[match.end() - 1] + 1)
