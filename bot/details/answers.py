"""What a message does in answer to the form: a value, a yes, a change of mind."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from bot.details.choices import parse_model_code
from bot.details.labels import named_detail, named_filing
from bot.details.model import FILING_DETAILS, InvalidDetail, Mention
from bot.details.parse import parse_unmarked
from bot.patterns import Linear
from bot.understanding.signals import parse_yes_no
from bot.understanding.text import fold

YES_NO_SLOTS = ("add_filing", "confirm_ticket", "add_to_ticket")
CHANGE_SLOT = "detail_to_change"
NO_CHANGE = "nothing"
_CORRECTING = Linear(
    r"\b(?:sorry|oei|oeps|oops|pardon|erreur|fout|foutje|verkeerd|vergist|wrong|mistake|"
    r"actually|en\s+fait|plut[oô]t|i\.?p\.?v|instead|bedoel(?:de)?|meant|voulais\s+dire|corrige\w*|moet\s.*zijn|"
    r"should\s+be|devrait|toch)\b",
    ignore_case=True,
)
_ANOTHER_FILING = Linear(
    r"\b(?:nog|extra|tweede|derde|another|second|more|add|autre|deuxi[eè]me|ajouter|toevoegen)\b"
    r".*\b(?:neerlegging\w*|dossier\w*|formulier\w*|d[eé]p[oô]ts?|formulaires?|filings?|forms?)\b",
    ignore_case=True,
)
_ALL_DONE = re.compile(
    r"(?i)\b(?:(?:dat|dit)\s{1,9}(?:is|was)\s{1,9}(?:alles|het)|da's\s{1,9}alles|"
    r"c['’](?:est|était)\s{1,9}tout|that['’]?s\s{1,9}(?:all|it)|"
    r"that\s{1,9}(?:is|was)\s{1,9}all)\b"
)
# The buttons under "add to the existing request?", and how people answer it in words.
_SEPARATE = re.compile(
    r"(?i)\b(?:nieuwe|nouvelle|new|autre|another|andere|aparte?|afzonderlijke?|separate|s[ée]par[ée]e?)\b"
)
_JOIN = re.compile(
    r"(?i)\b(?:toevoegen|voeg|bijvoegen|bestaande|add|existing|ajoute[rz]?|existante|joindre)\b"
)
_NOTHING = frozenset({"niets", "rien", "nothing", "laat maar", "never mind", "laisse", "laissez"})


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


def parse_answer(slot: str, text: str) -> bool | None:
    """Read yes or no in answer to ``slot``; "that's all" means no further filing."""
    if slot == "add_filing" and _ALL_DONE.search(text):
        return False
    answer = parse_yes_no(text)
    if slot == "add_to_ticket" and answer is None:
        is_separate, is_joined = bool(_SEPARATE.search(text)), bool(_JOIN.search(text))
        return is_joined if is_separate != is_joined else None
    return answer


def is_correcting(text: str) -> bool:
    """Say whether the message takes something back: "sorry, ...", "en fait", "wrong"."""
    return _CORRECTING.search(text) is not None


def read_attempt(text: str, situation: Situation, found: list[Mention]) -> Iterator[Mention]:
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


def _attempt_change(text: str) -> str | None:
    named = named_detail(text) or named_filing(text)
    return named or (NO_CHANGE if _wants_no_change(text) else None)


def _attempt_detail(requested: str, text: str, situation: Situation) -> str | None:
    try:
        value = parse_unmarked(requested, text, today=situation.today)
    except InvalidDetail:
        return None
    return (parse_model_code(text) if requested == "filing_model" else None) or value


def _without(text: str, found: Iterable[Mention]) -> str:
    """Leave out what was understood already: "An Peeters, an@example.be" leaves the name."""
    for mention in sorted(found, key=lambda mention: -mention.start):
        text = text[: mention.start] + " " + text[mention.end :]
    return text


def _wants_no_change(text: str) -> bool:
    return parse_yes_no(text) is not None or fold(text).strip(" .!") in _NOTHING


def read_moves(text: str, situation: Situation, found: set[str]) -> Iterator[Mention]:
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
