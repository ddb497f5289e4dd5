"""Where a message states details of a migration request.

Strong mentions are unmistakable by their shape (enterprise number, e-mail address) or
by a label before them ("afsluitdatum: ..."). Weak mentions are everyday words (a brand,
a size, a language): they count only where the form asks for details and the message is
no question.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from bot.details.choices import PHRASES, parse_filing_model, parse_model_code
from bot.details.dates import DATE
from bot.details.labels import IS, LABELS, named_detail, named_filing
from bot.details.model import DETAILS, FILING_DETAILS, InvalidDetail, Mention
from bot.details.names import EMAIL
from bot.details.numbers import ENTERPRISE_NUMBER, parse_enterprise_number
from bot.details.parse import parse_detail
from bot.understanding.signals import is_question, parse_yes_no
from bot.understanding.text import fold, fold_with_places

# The X.509 way to write a serial number; nothing else in these messages looks like it.
_SERIAL_NUMBER = re.compile(
    r"(?<![\w:])[0-9A-F]{2}(?::[0-9A-F]{2}){2,}(?![\w:])", flags=re.IGNORECASE
)
_CORRECTING = re.compile(
    r"(?i)\b(?:sorry|oei|oeps|oops|pardon|erreur|fout|foutje|verkeerd|vergist|wrong|mistake|"
    r"actually|en\s+fait|plut[oô]t|i\.?p\.?v|instead|bedoel(?:de)?|meant|voulais\s+dire|corrige\w*|moet\s.*zijn|"
    r"should\s+be|devrait|toch)\b"
)
_ANOTHER_FILING = re.compile(
    r"(?i)\b(?:nog|extra|tweede|derde|another|second|more|add|autre|deuxi[eè]me|ajouter|toevoegen)\b"
    r".*\b(?:neerlegging\w*|dossier\w*|formulier\w*|d[eé]p[oô]ts?|formulaires?|filings?|forms?)\b"
)
YES_NO_SLOTS = ("add_filing", "confirm_ticket")
CHANGE_SLOT = "detail_to_change"
NO_CHANGE = "nothing"
_RECOGNISED = frozenset(
    {"check_digits", "first_digit", "future", "no_year", "not_commercial", "several"}
)
# Longer messages tell more than the one value, and their intent must be weighed.
_MAX_ANSWER_WORDS = 8

_VALUE = r"(?P<value>[^,;?!\n]{1,40})"
_VALUES = {
    "certificate_owner": r"(?P<value>[^\W\d_][^\n,;:?!]{1,60})",
    "certificate_number": (
        r"(?P<value>(?=[^\s,;]*\d)[0-9A-Za-z](?:[0-9A-Za-z:.\-]| (?=[0-9A-F]{2}\b))*)"
    ),
}
_LABELLED = {
    detail: re.compile(rf"\b{label}{IS}{_VALUES.get(detail, _VALUE)}", flags=re.IGNORECASE)
    for detail, label in LABELS.items()
}
# The dates of the cutover are named in every complaint; they close no accounting period
# unless the visitor says so.
_CUTOVER = {"2024-01-23", "2024-01-31", "2024-02-01", "2024-03-21"}
_ALL_DONE = re.compile(
    r"(?i)\b(?:(?:dat|dit)\s+(?:is|was)\s+(?:alles|het)|da's\s+alles|c['’](?:est|était)\s+tout|that['’]?s\s+(?:all|it)|"
    r"that\s+(?:is|was)\s+all)\b"
)
_NOTHING = frozenset({"niets", "rien", "nothing", "laat maar", "never mind", "laisse", "laissez"})
_END_OF_NAME = re.compile(
    r"\s+(?:en|et|and|met|avec|with|mijn|mon|my|het|le|the|certificaat|certificat|certificate)\b.*"
    r"|\.(?:\s|$).*",
    flags=re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Situation:
    """Where in the dialogue the message stands.

    ``requested``: the slot that the form asks for, None outside the form.
    ``is_elsewhere``: the message is a confident question, command or small talk.
    ``is_request``: it asks for a migration or lists details, in or out of the form.
    """

    requested: str | None = None
    is_elsewhere: bool = False
    is_request: bool = False
    today: date = date.min


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
        mentions += _attempt(text, situation, mentions)
    if (is_answering or situation.is_request) and not _takes_all(situation):
        mentions += _weak_mentions(text, mentions)
    mentions += _moves(text, situation, {mention.detail for mention in mentions})
    return sorted(mentions, key=lambda mention: (mention.start, mention.detail))


def repeated_details(text: str, situation: Situation) -> list[str]:
    """Name the details of which ``text`` states several different values."""
    values: dict[str, set[str]] = {}
    for mention in _strong_mentions(text, situation):
        values.setdefault(mention.detail, set()).add(mention.value)
    return [detail for detail, found in values.items() if len(found) > 1]


def _first_of_each(mentions: Iterable[Mention]) -> list[Mention]:
    """Keep the first value of each detail: two filings are filled in one after the other."""
    found: dict[str, Mention] = {}
    for mention in mentions:
        found.setdefault(mention.detail, mention)
    return list(found.values())


def _moves(text: str, situation: Situation, found: set[str]) -> Iterator[Mention]:
    """Read what the message does to the list of filings besides stating values."""
    whole = (0, len(text))
    requested = situation.requested
    if (requested == "add_filing" and "enterprise_number" in found and not is_correcting(text)) or (
        requested == "confirm_ticket" and _ANOTHER_FILING.search(text)
    ):
        yield Mention("add_filing", "true", *whole)
    elif requested == "enterprise_number" and not found and parse_yes_no(text) is False:
        yield Mention("add_filing", "false", *whole)
    elif requested in {"confirm_ticket", CHANGE_SLOT} and found & set(FILING_DETAILS):
        filing = named_filing(text)
        if filing:
            yield Mention(CHANGE_SLOT, filing, *whole)


def parse_answer(slot: str, text: str) -> bool | None:
    """Read yes or no in answer to ``slot``; "that's all" means no further filing."""
    if slot == "add_filing" and _ALL_DONE.search(text):
        return False
    return parse_yes_no(text)


def is_correcting(text: str) -> bool:
    """Say whether the message takes something back: "sorry, ...", "en fait", "wrong"."""
    return _CORRECTING.search(text) is not None


def is_value_of(requested: str, text: str, *, today: date) -> bool:
    """Say whether a short message simply answers the form's question.

    Never true of an owner's name: "help" and "annuleren" have letters too.
    """
    if is_question(text) or len(text.split()) > _MAX_ANSWER_WORDS:
        return False
    if requested in YES_NO_SLOTS:
        return parse_answer(requested, text) is not None
    if requested == CHANGE_SLOT:
        return bool(named_detail(text) or named_filing(text) or _wants_no_change(text))
    if requested not in DETAILS or requested == "certificate_owner":
        return False
    try:
        parse_detail(requested, text, today=today)
    except InvalidDetail as error:
        # "eID" is no commercial certificate, but it does answer the question.
        return error.reason in _RECOGNISED
    return True


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
        yield from _dates(text, situation, has_number=ENTERPRISE_NUMBER.search(text) is not None)


def _labelled(detail: str, match: re.Match[str], situation: Situation) -> Mention | None:
    words, start = match["value"], match.start("value")
    if detail == "certificate_owner":
        words = _END_OF_NAME.sub("", words)
    if detail == "closing_date":
        date_in = DATE.search(words)
        if not date_in:
            return None
        words, start = date_in.group(), start + date_in.start()
    if detail == "enterprise_number":
        digits = re.match(r"(?:BE)?[\d\s./-]{6,}", words, flags=re.IGNORECASE)
        if not digits:
            return None
        words = digits.group()
    words = words.strip()
    try:
        value = parse_detail(detail, words, today=situation.today)
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


def _dates(text: str, situation: Situation, *, has_number: bool) -> Iterator[Mention]:
    is_asked = situation.requested == "closing_date"
    if not is_asked and (situation.is_elsewhere or not (situation.requested or has_number)):
        return
    if situation.requested == "certificate_number":
        return
    for match in DATE.finditer(text):
        try:
            value = parse_detail("closing_date", match.group(), today=situation.today)
        except InvalidDetail:
            if not is_asked:
                continue
            value = match.group()
        if is_asked or value not in _CUTOVER:
            yield Mention("closing_date", value, *match.span())


def _attempt(text: str, situation: Situation, found: list[Mention]) -> Iterator[Mention]:
    """Read the message as the answer, right or wrong, to the form's question."""
    requested = situation.requested or ""
    if requested == CHANGE_SLOT:
        value = _attempt_change(text)
    elif requested in YES_NO_SLOTS:
        answer = parse_answer(requested, text)
        value = None if answer is None else str(answer).lower()
    elif requested == "enterprise_number" and parse_yes_no(text) is False:
        return
    elif found and requested == "certificate_number":
        # "closing date is 30/06/2022" corrects another detail; it is no number.
        return
    elif found and requested == "certificate_owner":
        value = _attempt_detail(requested, _without(text, found), situation)
    else:
        value = _attempt_detail(requested, text, situation)
    if value is not None or not found:
        yield Mention(requested, value or text, 0, len(text))


def _without(text: str, found: Iterable[Mention]) -> str:
    """Leave out what was understood already: "An Peeters, an@example.be" leaves the name."""
    for mention in sorted(found, key=lambda mention: -mention.start):
        text = text[: mention.start] + " " + text[mention.end :]
    return text


def _attempt_change(text: str) -> str | None:
    named = named_detail(text) or named_filing(text)
    return named or (NO_CHANGE if _wants_no_change(text) else None)


def _attempt_detail(requested: str, text: str, situation: Situation) -> str | None:
    try:
        value = parse_detail(requested, text, today=situation.today)
    except InvalidDetail:
        return None
    return (parse_model_code(text) if requested == "filing_model" else None) or value


def _wants_no_change(text: str) -> bool:
    return parse_yes_no(text) is not None or fold(text).strip(" .!") in _NOTHING


def _weak_mentions(text: str, found: list[Mention]) -> Iterator[Mention]:
    taken = {mention.detail for mention in found}
    folded, places = fold_with_places(text)
    for detail, phrases in PHRASES.items():
        # "other" and two-letter codes say too little without the question before them.
        words = [
            phrase
            for value, group in phrases.items()
            if value != "other"
            for phrase in group
            if len(phrase) > 2 and phrase not in {"new", "first", "eerste", "nieuw", "premier"}
        ]
        pattern = r"(?<![\w-])(?:" + "|".join(map(re.escape, words)) + r")(?![\w-])"
        match = re.search(pattern, folded)
        if detail in taken or not match:
            continue
        source = text if detail == "filing_model" else match.group()
        try:
            # The office's code says more than the model it stands for; both are kept.
            if detail == "filing_model":
                value = parse_model_code(text) or parse_filing_model(source)
            else:
                value = None
            value = value or parse_detail(detail, source, today=date.min)
        except InvalidDetail:
            continue
        yield Mention(detail, value, places[match.start()], places[match.end() - 1] + 1)
