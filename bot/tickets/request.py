"""A migration request while it is being filled in: what each turn changes.

Pure bookkeeping on slot values: the form gives the slots and what the visitor stated,
``advance`` gives back the slots to set and what to say about it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from bot.details import DETAILS, FILING_DETAILS, InvalidDetail, parse_detail
from bot.details.answers import NO, NO_CHANGE, YES
from bot.details.choices import parse_model_code
from bot.tickets.brand import OTHER, certificate_stated
from bot.tickets.filings import Slots, emptied, filing_slots, filings_of, missing_of
from bot.tickets.model import CERTIFICATE_VALUES
from bot.tickets.several import (
    Elsewhere,
    next_filing,
    number_of,
    take_elsewhere,
    with_another,
    without_filing,
)
from bot.tickets.step import Step

NOTHING_TO_CHANGE = "none"
"""Value of ``detail_to_change`` while no change is asked for."""

NOTHING_SIMILAR = "none"
"""Value of ``add_to_ticket`` while no earlier ticket is about the same accounts."""

QUESTIONS = (*DETAILS, "add_filing", "detail_to_change", "confirm_ticket", "add_to_ticket")
"""What the form asks, in its order; the same as ``required_slots`` in `domain.yml`."""

SLOTS = (
    *DETAILS,
    "certificate_brand",
    "missing",
    "skipped_detail",
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


def empty_request() -> dict[str, Any]:
    """Give the slot values of a request that has not begun."""
    return {
        **dict.fromkeys(SLOTS),
        "missing": [],
        "filings": [],
        "filing_index": 0,
        "detail_to_change": NOTHING_TO_CHANGE,
        "add_to_ticket": NOTHING_SIMILAR,
    }


def begun_request() -> dict[str, Any]:
    """Give the slot values with which a request begins; details named before stay as they are."""
    stays = {*DETAILS, "certificate_brand"}
    return {name: value for name, value in empty_request().items() if name not in stays}


def next_question(slots: Slots) -> str | None:
    """Say which slot is to be asked: the first without a value that the request needs."""
    missing = missing_of(slots)
    return next((n for n in QUESTIONS if slots.get(n) is None and n not in missing), None)


def advance(
    before: Slots,
    stated: Mapping[str, Any],
    *,
    today: date,
    may_lack: Collection[str] = (),
    elsewhere: Elsewhere | None = None,
) -> Step:
    """Apply what the visitor stated in one turn.

    ``before``: slot values before the turn, ``requested_slot`` among them. ``stated``:
    words or canonical values a slot; a list where one message states several.
    ``may_lack``: the details that a request may go without. ``elsewhere``: what is said of other
    filings than the one that is being filled in.
    """
    step = Step()
    words = {
        name: _first(value)
        for name, value in stated.items()
        if (name, _first(value)) not in _UNASKED
    }
    certificate = certificate_stated(words)
    words |= certificate
    if "add_filing" in words:
        _answer_add_filing(step, before, words)
    if "filing_to_remove" in words:
        _remove_filing(step, before, words["filing_to_remove"])
    if "detail_to_change" in words:
        _answer_detail_to_change(step, before, words)
    for name in DETAILS:
        if name in words:
            _take(step, before, name, words[name], today=today)
    if "certificate_brand" in stated or "certificate_type" in step.slots:
        _settle_brand(step, before, certificate.get("certificate_brand"))
    if "skipped_detail" in stated:
        step.slots["skipped_detail"] = None
        for name in _skipped(stated["skipped_detail"], words):
            _leave_out(step, before, name, may_lack)
    step.known = {**before, **step.slots}
    _turn_to_filings(step, before, elsewhere or {}, today=today)
    _answer_at_the_end(step, words, before.get("requested_slot"))
    return step


def _answer_at_the_end(step: Step, words: Mapping[str, str], requested: str | None) -> None:
    if "confirm_ticket" in words and not step.has_news:
        _answer_confirmation(step, words["confirm_ticket"])
    elif "add_to_ticket" in words and not step.has_news:
        _answer_add_to_ticket(step, words["add_to_ticket"])
    elif step.slots.keys() & {*DETAILS, "filings"} and requested in _AT_THE_END:
        # A correction while the summary is on screen, or after it: show it again.
        step.slots.update(confirm_ticket=None)
        step.slots.setdefault("detail_to_change", NOTHING_TO_CHANGE)


def _turn_to_filings(step: Step, before: Slots, elsewhere: Elsewhere, *, today: date) -> None:
    """Write down what is said of other filings; go on to the next that lacks something."""
    if elsewhere:
        taken = take_elsewhere({**before, **step.slots}, elsewhere, today=today)
        step.elsewhere += taken.touched
        step.refused += taken.refused
        step.slots["filings"] = taken.filings
    if elsewhere or step.slots.keys() & set(FILING_DETAILS):
        turned = next_filing({**before, **step.slots})
        step.slots.update(turned)
        step.turned_to = turned.get("filing_index", -1) + 1


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
    _find(step, before, name)
    if name == "filing_model":
        step.slots["filing_model_code"] = parse_model_code(words)
    if known is None:
        step.noted.append(name)
    elif known != value:
        step.changed.append(name)


def _settle_brand(step: Step, before: Slots, stated: str | None) -> None:
    """Keep the name of a brand beside the type ``other`` alone."""
    was_other = before.get("certificate_type") == OTHER
    is_other = {**before, **step.slots}.get("certificate_type") == OTHER
    known = before.get("certificate_brand") if was_other else None
    step.slots["certificate_brand"] = (stated or known) if is_other else None
    if was_other and is_other and stated not in {None, known}:
        step.changed.append("certificate_type")


def _skipped(names: str | Iterable[str], words: Mapping[str, str]) -> list[str]:
    given = {names} if isinstance(names, str) else set(names)
    return [name for name in DETAILS if name in given and name not in words]


def _leave_out(step: Step, before: Slots, name: str, may_lack: Collection[str]) -> None:
    """Note that the requester cannot give a detail, where the request may go without it."""
    if name not in may_lack:
        step.needed.append(name)
        return
    step.left_out.append(name)
    step.slots.update(emptied(name, before))
    missing = {*_missing(step, before), name}
    step.slots["missing"] = [detail for detail in DETAILS if detail in missing]


def _find(step: Step, before: Slots, name: str) -> None:
    """Take a detail that is given, or asked for again, off the missing ones."""
    missing = _missing(step, before)
    if name in missing:
        step.slots["missing"] = [detail for detail in missing if detail != name]


def _missing(step: Step, before: Slots) -> list[str]:
    return missing_of({**before, **step.slots})


def _answer_add_filing(step: Step, before: Slots, words: Mapping[str, str]) -> None:
    requested = before.get("requested_slot")
    if requested in DETAILS:
        if words["add_filing"] == YES:
            # One thing at a time: the next filing is asked for when this one is complete.
            step.slots["filings"] = with_another(before)
            step.is_queued = True
        elif requested in FILING_DETAILS:
            _drop_begun_filing(step, before)
        return
    filings = filings_of(before)
    answer = _yes_or_no(step, "add_filing", words["add_filing"])
    if answer:
        step.slots.update(filing_slots({}, missing_of(before)))
        step.slots.update(filings=filings, filing_index=len(filings), add_filing=None)


def _remove_filing(step: Step, before: Slots, named: str) -> None:
    filings = filings_of(before)
    number = number_of(named, filings)
    if number is None or len(filings) < 2:
        step.slots.update(detail_to_change=None, confirm_ticket=None)
        return
    step.slots.update(without_filing(before, number), detail_to_change=NOTHING_TO_CHANGE)
    step.removed = number


def _drop_begun_filing(step: Step, before: Slots) -> None:
    """Go back to the last complete filing: "no, no second one after all"."""
    complete = list(before.get("filings") or [])
    if not complete:
        return
    step.slots.update(filing_slots(complete[-1], missing_of(before)))
    step.slots.update(
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
    answer = {YES: True, NO: False}.get(words.lower())
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
            step.slots.update(emptied(named, before))
            _find(step, before, named)
        return
    if named == NO_CHANGE:
        step.slots.update(detail_to_change=NOTHING_TO_CHANGE, confirm_ticket=None)
        return
    number = named.removeprefix("filing_")
    if number.isdigit() and 1 <= int(number) <= len(filings):
        step.slots.update(filing_slots(filings[int(number) - 1], missing_of(before)))
        step.slots.update(filings=filings, filing_index=int(number) - 1)
    elif not words.keys() & set(DETAILS):
        step.refused.append(InvalidDetail("detail_to_change", "unknown"))
    # Naming a filing asks on: which detail of it? Naming one with a value does not.
    if not words.keys() & set(DETAILS):
        step.slots["detail_to_change"] = None


def ticket_details(slots: Slots) -> dict[str, Any]:
    """Give what a ticket keeps of a completed request."""
    values = {name: slots.get(name) for name in CERTIFICATE_VALUES}
    if not values["certificate_brand"]:
        del values["certificate_brand"]
    return {"filings": filings_of(slots), **values}
