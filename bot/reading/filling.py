"""What a message fills in while the form asks: values, a yes or no, what is to be changed."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from bot.details.answers import (
    ADD_TO_TICKET,
    CHANGE_SLOT,
    NO,
    NO_CHANGE,
    YES,
    YES_NO_SLOTS,
    joins_earlier,
)
from bot.details.choices import MODEL_SIZES, parse_model_code, says_association
from bot.details.labels import named_detail, named_filing
from bot.details.model import DETAILS, FILING_DETAILS, InvalidDetail, Mention
from bot.details.parse import parse_detail, parse_unmarked
from bot.details.spoken import with_digits
from bot.details.wording import is_shown_value
from bot.reading.filings import (
    KEYS,
    Filings,
    are_apart,
    has_unplaced_numbers,
    in_sequence,
    named_before,
    placed,
)
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
_NUMBER = "certificate_number"
_OF_A_CERTIFICATE = frozenset({_OWNER, "certificate_email", "certificate_type"})
_BETWEEN_COMMAS = re.compile(r"[^,;\n]{1,80}")
# No telephone number, which begins with a nought or a plus, and no year.
_LISTED_NUMBER = re.compile(r"(?=[^\d]{0,8}\d)[1-9A-Z][0-9A-Z:.-]{4,39}")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_AT_THE_END = frozenset({"add_filing", "confirm_ticket", CHANGE_SLOT})
_AT_THE_SUMMARY = frozenset({"confirm_ticket", CHANGE_SLOT})
_SURE_OF_A_NAME = 0.6
_TAKEN_BACK = 0.1
_GIVING = ("give", "correct", "add", "remove")
_WORDS_OF_A_NAME, _WORDS_OF_AN_ANSWER = 4, 12
# What the form refuses as a name: a sentence is none, though names have no shape.
_NO_NAME = "-"


def filled_in(turn: Turn) -> tuple[Mention, ...]:
    """Give all that a message fills in, right or wrong."""
    mentions = _filled_in(turn)
    if not _speaks_for_an_association(turn, mentions):
        return mentions
    return tuple(
        replace(m, value=f"association_{m.value}")
        if m.detail == "filing_model" and m.value in MODEL_SIZES
        else m
        for m in mentions
    )


def _speaks_for_an_association(turn: Turn, mentions: Sequence[Mention]) -> bool:
    """Say whether "micro" is the association's model, since the visitor spoke of one.

    What is picked from the list is meant as it stands; of several filings one may be a firm's.
    """
    if turn.requested == "filing_model" and is_shown_value("filing_model", turn.text):
        return False
    if len({m.filing for m in mentions if m.detail in FILING_DETAILS}) > 1:
        return False
    is_one = turn.situation.filings.count == 1 and turn.situation.is_association
    return is_one or says_association(turn.text)


def _filled_in(turn: Turn) -> tuple[Mention, ...]:
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
    if number := _listed_number(turn, values):
        values.append(number)
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
    if not (turn.does("correct") or turn.does("deny")):
        after = filings.count if is_adding else filings.in_turn - 1
        if not is_apart or has_unplaced_numbers(found):
            found = in_sequence(found, _tellers(turn, found), after=after)
        if is_adding and not is_apart and turn.requested not in _AT_THE_END:
            found = _of_the_next(found, filings)
    if filings.count > 1:
        found = named_before(turn.text, found, _ordinal(turn.text, found))
    begins = is_adding and turn.requested in _AT_THE_END
    found = placed(found, filings, is_adding=is_adding, begins=begins)
    return last_values(turn.text, list(looked_up(found, filings, begins=begins)), today)


def _tellers(turn: Turn, found: Sequence[Mention]) -> frozenset[str]:
    """Name the details of which several values are several filings.

    Two dates in a row are two years, where a date was asked and nothing is taken back.
    """
    dates = [m for m in found if m.detail == "closing_date" and _ISO.fullmatch(m.value)]
    is_list = len({date.value for date in dates}) > 1 and turn.likely("correct") < _TAKEN_BACK
    is_of_years = turn.requested == "closing_date" and is_list
    return frozenset(KEYS if is_of_years else {"enterprise_number"})


def _of_the_next(found: Sequence[Mention], filings: Filings) -> list[Mention]:
    """Leave what is known of the filing in turn: a message that adds one speaks of the other."""
    values = filings.values[filings.in_turn - 1] if filings.values else {}
    speaks = any(m.detail in values and values[m.detail] != m.value for m in found)
    if not speaks or any(mention.filing for mention in found):
        return list(found)
    return [
        replace(m, filing=filings.count + 1) if m.detail in FILING_DETAILS else m for m in found
    ]


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


def _listed_number(turn: Turn, values: Sequence[Mention]) -> Mention | None:
    """Give the certificate's number out of a list of its details, where nobody marked it.

    "Hans Maes, h@x.example, 445566, GlobalSign": what stands between two commas, looks like a
    number of no other kind, and is the only one.
    """
    stated = {value.detail for value in values}
    is_list = len(stated & _OF_A_CERTIFICATE) > 1 and _NUMBER not in stated
    if not is_list or turn.situation.known.get(_NUMBER):
        return None
    found = [
        Mention(_NUMBER, part[0].strip(), part.start(), part.end())
        for part in _BETWEEN_COMMAS.finditer(turn.text)
        if _LISTED_NUMBER.fullmatch(part[0].strip())
        and not any(m.start < part.end() and part.start() < m.end for m in turn.reading.stated)
    ]
    return found[0] if len(found) == 1 else None


def _removed(turn: Turn, values: Sequence[Mention]) -> Mention | None:
    """Name the filing that is to be taken out: by its place, its number or its closing date."""
    is_sure = turn.likely("remove") >= turn.thresholds.discard
    if not is_sure or turn.situation.filings.count < 2:
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
    is_same = bool(same_mentions(turn.reading.stated, turn.thresholds.detail))
    if is_same and turn.situation.filings.count == 1 and _is_filled_in(turn):
        # There is none before it that this one could be like.
        return True
    return turn.does("add") or ((is_new or is_same) and turn.requested == "add_filing")


def _is_filled_in(turn: Turn) -> bool:
    """Say whether all is known of the filing in turn."""
    return all(turn.situation.known.get(detail) for detail in FILING_DETAILS)


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
