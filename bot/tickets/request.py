"""A migration request while it is being filled in: what each turn changes.

Pure bookkeeping on slot values: the form gives the slots and what the visitor stated,
``advance`` gives back the slots to set and what to say about it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.details import CERTIFICATE_DETAILS, DETAILS, FILING_DETAILS, InvalidDetail, parse_detail
from bot.details.answers import NO_CHANGE, parse_answer
from bot.details.choices import parse_model_code
from bot.tickets.check import problems_of_filing

NOTHING_TO_CHANGE = "none"
"""Value of ``detail_to_change`` while no change is asked for."""

NOTHING_SIMILAR = "none"
"""Value of ``add_to_ticket`` while no earlier ticket is about the same accounts."""

SLOTS = (
    *DETAILS,
    "filing_model_code",
    "filings",
    "filing_index",
    "add_filing",
    "detail_to_change",
    "confirm_ticket",
    "similar_ticket",
    "add_to_ticket",
)
"""Every slot of a request, in the order in which the form keeps them."""

_UNASKED = {("detail_to_change", NOTHING_TO_CHANGE), ("add_to_ticket", NOTHING_SIMILAR)}
_AT_THE_END = frozenset({"confirm_ticket", "detail_to_change", "add_to_ticket"})

Slots = Mapping[str, Any]
Filing = dict[str, str]


@dataclass
class Step:
    """What one turn does to a request.

    ``slots``: new values. ``refused``: stated values that break a rule. ``noted``:
    details accepted for the first time, ``changed``: details that had another value.
    """

    slots: dict[str, Any] = field(default_factory=dict)
    refused: list[InvalidDetail] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


def empty_request() -> dict[str, Any]:
    """Give the slot values of a request that has not begun."""
    return {
        **dict.fromkeys(SLOTS),
        "filings": [],
        "filing_index": 0,
        "detail_to_change": NOTHING_TO_CHANGE,
        "add_to_ticket": NOTHING_SIMILAR,
    }


def filings_of(slots: Slots) -> list[Filing]:
    """List the filings of a request in order, the one being filled in at its place."""
    filings: list[Filing] = [dict(filing) for filing in slots.get("filings") or []]
    current = {name: slots[name] for name in FILING_DETAILS if slots.get(name)}
    if current and slots.get("filing_model_code"):
        current["filing_model_code"] = slots["filing_model_code"]
    if current:
        index = int(slots.get("filing_index") or 0)
        filings[index : index + 1] = [current]
    return filings


def advance(before: Slots, stated: Mapping[str, Any], *, today: date) -> Step:
    """Apply what the visitor stated in one turn.

    ``before``: slot values before the turn, ``requested_slot`` among them. ``stated``:
    words or canonical values a slot; a list where one message states several.
    """
    step = Step()
    requested = before.get("requested_slot")
    words = {
        name: _first(value)
        for name, value in stated.items()
        if (name, _first(value)) not in _UNASKED
    }
    if "add_filing" in words:
        _answer_add_filing(step, before, words)
    if "detail_to_change" in words:
        _answer_detail_to_change(step, before, words)
    for name in DETAILS:
        if name in words:
            _take(step, before, name, words[name], today=today)
    has_new_values = bool(step.changed or step.noted or step.refused)
    if "confirm_ticket" in words and not has_new_values:
        _answer_confirmation(step, words["confirm_ticket"])
    elif "add_to_ticket" in words and not has_new_values:
        _answer_add_to_ticket(step, words["add_to_ticket"])
    elif step.slots.keys() & set(DETAILS) and requested in _AT_THE_END:
        # A correction while the summary is on screen, or after it: show it again.
        step.slots.update(confirm_ticket=None)
        step.slots.setdefault("detail_to_change", NOTHING_TO_CHANGE)
    return step


def _first(value: Any) -> str:
    if isinstance(value, list):
        value = value[0]
    return str(value)


def _take(step: Step, before: Slots, name: str, words: str, *, today: date) -> None:
    known = {**before, **step.slots}.get(name)
    try:
        value = parse_detail(name, words, today=today)
    except InvalidDetail as error:
        step.refused.append(error)
        # Details named before the form began are unchecked: a bad one must not stay.
        step.slots[name] = None if known == words else known
        return
    step.slots[name] = value
    if name == "filing_model":
        step.slots["filing_model_code"] = parse_model_code(words)
    if known is None:
        step.noted.append(name)
    elif known != value:
        step.changed.append(name)


def _answer_add_filing(step: Step, before: Slots, words: Mapping[str, str]) -> None:
    filings = filings_of(before)
    if before.get("requested_slot") in FILING_DETAILS:
        _drop_begun_filing(step, before)
        return
    answer = _yes_or_no(step, "add_filing", words["add_filing"])
    if answer:
        step.slots.update(dict.fromkeys((*FILING_DETAILS, "filing_model_code")))
        step.slots.update(filings=filings, filing_index=len(filings), add_filing=None)


def _drop_begun_filing(step: Step, before: Slots) -> None:
    """Go back to the last complete filing: "no, no second one after all"."""
    complete = list(before.get("filings") or [])
    if not complete:
        return
    last = complete[-1]
    step.slots.update({name: last.get(name) for name in FILING_DETAILS})
    step.slots.update(
        filing_model_code=last.get("filing_model_code"),
        filings=complete,
        filing_index=len(complete) - 1,
        add_filing=False,
    )


def _answer_confirmation(step: Step, words: str) -> None:
    answer = _yes_or_no(step, "confirm_ticket", words)
    if answer is False:
        step.slots.update(confirm_ticket=None, detail_to_change=None)


def _answer_add_to_ticket(step: Step, words: str) -> None:
    answer = _yes_or_no(step, "add_to_ticket", words)
    step.slots["add_to_ticket"] = None if answer is None else str(answer).lower()


def offer_to_add(reference: str | None) -> dict[str, Any]:
    """Give the slots that make the form ask whether the request joins an earlier ticket.

    ``reference``: of that ticket; None when there is none and nothing is to be asked.
    """
    return {
        "similar_ticket": reference,
        "add_to_ticket": None if reference else NOTHING_SIMILAR,
    }


def joins_ticket(slots: Slots) -> str | None:
    """Name the ticket that a completed request is to be added to, if any."""
    return slots.get("similar_ticket") if slots.get("add_to_ticket") == "true" else None


def _yes_or_no(step: Step, name: str, words: str) -> bool | None:
    answer = {"true": True, "false": False}.get(words.lower(), parse_answer(name, words))
    if answer is None:
        step.refused.append(InvalidDetail(name, "not_yes_or_no"))
    step.slots[name] = answer
    return answer


def _answer_detail_to_change(step: Step, before: Slots, words: Mapping[str, str]) -> None:
    named = words["detail_to_change"]
    filings = filings_of(before)
    if named in DETAILS:
        step.slots.update(detail_to_change=NOTHING_TO_CHANGE, confirm_ticket=None)
        if named not in words:
            step.slots[named] = None
        return
    if named == NO_CHANGE:
        step.slots.update(detail_to_change=NOTHING_TO_CHANGE, confirm_ticket=None)
        return
    number = named.removeprefix("filing_")
    if number.isdigit() and 1 <= int(number) <= len(filings):
        chosen = filings[int(number) - 1]
        step.slots.update({name: chosen.get(name) for name in FILING_DETAILS})
        step.slots["filing_model_code"] = chosen.get("filing_model_code")
        step.slots.update(filings=filings, filing_index=int(number) - 1)
    elif not words.keys() & set(DETAILS):
        step.refused.append(InvalidDetail("detail_to_change", "unknown"))
    # Naming a filing asks on: which detail of it? Naming one with a value does not.
    if not words.keys() & set(DETAILS):
        step.slots["detail_to_change"] = None


def cleared(slots: Slots, wrong: Iterable[InvalidDetail], *, today: date) -> dict[str, Any]:
    """Give the slots that make the form ask again for details that no ticket may hold.

    One of an earlier filing brings that filing back as the one being filled in.
    """
    names = {error.detail for error in wrong if error.detail in DETAILS}
    if not names:
        return {}
    changes: dict[str, Any] = {"confirm_ticket": None}
    filings = filings_of(slots)
    for index, filing in enumerate(filings):
        if bad := {error.detail for error in problems_of_filing(filing, today=today)}:
            kept = {name: None if name in bad else filing.get(name) for name in FILING_DETAILS}
            code = None if "filing_model" in bad else filing.get("filing_model_code")
            changes.update(kept, filing_model_code=code, filings=filings, filing_index=index)
            break
    return {**changes, **{name: None for name in CERTIFICATE_DETAILS if name in names}}


def ticket_details(slots: Slots) -> dict[str, Any]:
    """Give what a ticket keeps of a completed request."""
    return {
        "filings": filings_of(slots),
        **{name: slots[name] for name in CERTIFICATE_DETAILS},
    }
