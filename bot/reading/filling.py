"""What a message fills in while the form asks: values, a yes or no, what is to be changed."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from bot.details.answers import (
    ADD_TO_TICKET,
    CHANGE_SLOT,
    NO,
    NO_CHANGE,
    YES,
    YES_NO_SLOTS,
    joins_earlier,
)
from bot.details.choices import parse_model_code
from bot.details.labels import named_detail, named_filing
from bot.details.model import DETAILS, FILING_DETAILS, InvalidDetail, Mention
from bot.details.parse import parse_detail, parse_unmarked
from bot.details.spoken import with_digits
from bot.reading.filings import KEYS, are_apart, in_sequence, named_before, placed
from bot.reading.model import WRONG, Stated
from bot.reading.same import looked_up, same_mentions
from bot.reading.turn import Turn
from bot.reading.values import last_values, marked_values, shaped_value
from bot.understanding.text import fold

SKIPPED = "skipped_detail"
"""Entity that names a detail which the visitor does without."""

REMOVED = "filing_to_remove"
"""Entity that names a filing by its place, its enterprise number or its closing date."""

_OWNER = "certificate_owner"
# "The second one", "den tweeden", "le deuxième", once its words are digits.
_ORDINAL = re.compile(r"(?<!\d)([1-9])(?:st|nd|rd|th|ste|de|er?|re|eme|ieme)(?!\w)")
_ORDINAL_CHARS = 400
_AT_THE_END = frozenset({"add_filing", "confirm_ticket", CHANGE_SLOT})
_AT_THE_SUMMARY = frozenset({"confirm_ticket", CHANGE_SLOT})
_SURE_OF_A_NAME = 0.6
_GIVING = ("give", "correct", "add", "remove")
_WORDS_OF_A_NAME, _WORDS_OF_AN_ANSWER = 4, 12
# What the form refuses as a name: a sentence is none, though names have no shape.
_NO_NAME = "-"


def filled_in(turn: Turn) -> tuple[Mention, ...]:
    """Give all that a message fills in, right or wrong."""
    whole = list(_whole_answer(turn))
    values = list(stated_values(turn))
    if whole and whole[0].detail == _OWNER and not any(v.detail == _OWNER for v in values):
        # Isabel and Victor Nederlands are people where a name was asked.
        values = []
    found = {value.detail for value in values}
    values += [mention for mention in whole if mention.detail not in found]
    if not any(v.detail == turn.requested for v in values) and turn.does("give"):
        today, least = turn.situation.today, turn.thresholds.detail
        stated = turn.reading.stated
        shaped = shaped_value(turn.text, stated, turn.requested, least, today)
        values += [shaped] if shaped else []
    if removed := _removed(turn, values):
        return (*(value for value in values if value.value != removed.value), removed)
    details = {value.detail for value in values} & set(DETAILS)
    return (*values, *_answers(turn, values, details), *_skipped(turn, details))


def stated_values(turn: Turn) -> Iterator[Mention]:
    """Give the last value of each detail of each filing, and name those that have several."""
    today = turn.situation.today
    known = turn.situation.known if turn.does("correct") else {}
    marks = [mark for mark in turn.reading.stated if not _is_doubtful_name(turn, mark)]
    if _merely_answers(turn):
        marks = []
    found = marked_values(turn.text, marks, turn.thresholds.detail, today, known)
    found += same_mentions(turn.reading.stated, turn.thresholds.detail)
    filings = turn.situation.filings
    # Outside a request nothing can be added to: what is named there begins one.
    is_adding = _begins_another(turn, found)
    is_apart = are_apart(found, filings, is_adding=is_adding)
    if not (is_apart or turn.does("correct") or turn.does("deny")):
        after = filings.count if is_adding else filings.in_turn - 1
        found = in_sequence(found, {"enterprise_number"}, after=after)
    if filings.count > 1:
        found = named_before(turn.text, found, _ordinal(turn.text, found))
    begins = is_adding and turn.requested in _AT_THE_END
    found = placed(found, filings, is_adding=is_adding, begins=begins)
    return last_values(turn.text, list(looked_up(found, filings, begins=begins)), today)


def _is_doubtful_name(turn: Turn, mark: Stated) -> bool:
    """Say whether words were taken for a name, hardly, where another detail was asked.

    Any word may be a name, and no rule can check it.
    """
    is_other_asked = turn.requested in DETAILS and turn.requested != _OWNER
    return (
        is_other_asked
        and not turn.does("correct")
        and mark.detail == _OWNER
        and mark.certainty < _SURE_OF_A_NAME
    )


def _merely_answers(turn: Turn) -> bool:
    """Say whether a message only answers yes or no: "klopt volledig" states no model."""
    return turn.requested in YES_NO_SLOTS and not any(
        turn.likely(move) >= turn.thresholds.move for move in _GIVING
    )


def chosen(turn: Turn) -> bool:
    """Say whether the message chooses between the two buttons about an earlier ticket."""
    return turn.requested == ADD_TO_TICKET and joins_earlier(turn.text) is not None


def taken_back(turn: Turn) -> Iterator[Mention]:
    """Name the detail that a message calls wrong, so that the form asks for it again."""
    wrong = [mark.detail for mark in turn.reading.stated if mark.role == WRONG]
    if wrong:
        yield turn.mention(CHANGE_SLOT, wrong[0])


def attempt(turn: Turn) -> Mention:
    """Take the message for the answer, though a wrong one: the form says what is wrong."""
    value = turn.text
    if turn.requested == "certificate_owner":
        value = _NO_NAME
        with suppress(InvalidDetail):
            value = parse_unmarked(turn.requested, turn.text, today=turn.situation.today)
    return turn.mention(turn.requested, value)


def _removed(turn: Turn, values: Sequence[Mention]) -> Mention | None:
    """Name the filing that is to be taken out: by its place, its number or its closing date."""
    if not turn.does("remove") or turn.situation.filings.count < 2:
        return None
    place = named_filing(turn.text) or _ordinal(turn.text, values)
    keys = [value.value for value in values if value.detail in KEYS]
    named = place.removeprefix("filing_") if place else next(iter(keys), None)
    return turn.mention(REMOVED, named) if named else None


def _ordinal(text: str, values: Sequence[Mention]) -> str | None:
    """Give the place that a text names in words, outside the values that it states.

    "Eerste neerlegging" is a type, "le 1er juillet" a date.
    """
    for value in values:
        if value.end - value.start < len(text):
            text = text[: value.start] + " " * (value.end - value.start) + text[value.end :]
        elif value.detail in DETAILS:
            return None
    for digits in with_digits(fold(text[:_ORDINAL_CHARS])):
        if found := _ORDINAL.search(fold(digits)):
            return found[1]
    return None


def _whole_answer(turn: Turn) -> Iterator[Mention]:
    """Give the whole message, where it is a valid answer as it stands: a button, a number."""
    requested, today = turn.requested, turn.situation.today
    most = _WORDS_OF_A_NAME if requested == "certificate_owner" else _WORDS_OF_AN_ANSWER
    if requested not in DETAILS or _is_elsewhere(turn) or len(turn.text.split()) > most:
        return
    try:
        value = parse_unmarked(requested, turn.text, today=today)
        value = parse_detail(requested, value, today=today)
    except InvalidDetail:
        return
    if requested == "filing_model":
        value = parse_model_code(turn.text) or value
    yield turn.mention(requested, value)


def _is_elsewhere(turn: Turn) -> bool:
    """Say whether the message does something, and gives nothing."""
    doing = {move for move, likely in turn.reading.moves.items() if likely >= turn.thresholds.move}
    return bool(doing) and not {"give", "correct", "affirm"} & doing


def _answers(turn: Turn, values: Sequence[Mention], details: set[str]) -> Iterator[Mention]:
    """Give the yes or no to the question, and what is to be changed."""
    requested = turn.requested
    if requested == CHANGE_SLOT and not details:
        yield from (turn.mention(CHANGE_SLOT, name) for name in _changes(turn))
    elif requested != ADD_TO_TICKET and _begins_another(turn, values):
        yield turn.mention("add_filing", YES)
    elif requested in YES_NO_SLOTS:
        answer = _yes_or_no(turn)
        named = _named_at_the_summary(turn) if answer != YES and not details else None
        if named:
            yield turn.mention(CHANGE_SLOT, named)
        elif answer and not (details and requested == "confirm_ticket"):
            yield turn.mention(requested, answer)
    elif requested == "enterprise_number" and not details and _yes_or_no(turn) == NO:
        yield turn.mention("add_filing", NO)
    is_of_a_filing = bool(details & set(FILING_DETAILS)) and requested in _AT_THE_SUMMARY
    if is_of_a_filing and (filing := named_filing(turn.text)):
        yield turn.mention(CHANGE_SLOT, filing)


def _named_at_the_summary(turn: Turn) -> str | None:
    """Name what a no to the summary is about: "nee, de afsluitdatum"."""
    if turn.requested != "confirm_ticket" or not (turn.does("correct") or turn.does("deny")):
        return None
    wrong = next((mention.value for mention in taken_back(turn)), None)
    return wrong or named_detail(turn.text)


def _begins_another(turn: Turn, values: Sequence[Mention]) -> bool:
    """Say whether a message adds a filing, at once or after the one that is being filled in."""
    if turn.does("deny") or not turn.requested:
        return False
    known = turn.situation.filings.numbers
    numbers = [m.value for m in values if m.detail == "enterprise_number" and m.value not in known]
    is_new = bool(numbers) and not turn.does("correct")
    is_another = is_new or bool(same_mentions(turn.reading.stated, turn.thresholds.detail))
    return turn.does("add") or (is_another and turn.requested == "add_filing")


def _yes_or_no(turn: Turn) -> str | None:
    joins = joins_earlier(turn.text) if turn.requested == ADD_TO_TICKET else None
    if joins is not None:
        return YES if joins else NO
    # Nothing is sent, and no filing begun, on what is merely the likeliest of unlikely moves.
    if max(turn.likely("affirm"), turn.likely("deny")) < turn.thresholds.move:
        return None
    return YES if turn.likely("affirm") > turn.likely("deny") else NO


def _changes(turn: Turn) -> Iterator[str]:
    wrong = next((mention.value for mention in taken_back(turn)), None)
    if named := wrong or named_detail(turn.text) or named_filing(turn.text):
        yield named
    elif turn.does("affirm") or turn.does("deny"):
        yield NO_CHANGE


def _skipped(turn: Turn, details: set[str]) -> Iterator[Mention]:
    requested = turn.requested
    is_later = turn.likely("pause") > turn.likely("skip")
    if requested not in DETAILS or not turn.does("skip") or is_later:
        return
    named = named_detail(turn.text)
    if requested not in details:
        yield turn.mention(SKIPPED, requested)
    elif named and named not in details:
        # "An@example.be. The serial number I do not have": the next question is answered too.
        yield turn.mention(SKIPPED, named)
