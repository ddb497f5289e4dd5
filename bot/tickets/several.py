"""Several filings in one message, and which of them is filled in next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.details import FILING_DETAILS, InvalidDetail, parse_detail
from bot.details.choices import parse_model_code
from bot.tickets.filings import Filing, Slots, filing_slots, filings_of, missing_of

MOST_FILINGS = 50
"""In one request; who has more is better served by a list in a mail."""

Elsewhere = Mapping[int, Mapping[str, str]]
"""Values by the filing that they are said of, counted from 1, and by detail."""


@dataclass(frozen=True)
class Taken:
    """``filings``: all of a request; ``touched``: numbers of those that have other values now."""

    filings: list[Filing]
    touched: list[int] = field(default_factory=list)
    refused: list[InvalidDetail] = field(default_factory=list)


def take_elsewhere(slots: Slots, stated: Elsewhere, *, today: date) -> Taken:
    """Write down what is said of filings other than the one being filled in.

    A number beyond the last filing begins the next one.
    """
    taken = Taken(_with_the_current(slots))
    for number in sorted(stated):
        index = min(number - 1, len(taken.filings))
        if index == len(taken.filings):
            if index == MOST_FILINGS:
                break
            taken.filings.append({})
        filing = taken.filings[index]
        before = dict(filing)
        for name, words in stated[number].items():
            try:
                filing[name] = parse_detail(name, words, today=today)
            except InvalidDetail as error:
                taken.refused.append(error)
                continue
            if name == "filing_model":
                code = parse_model_code(words)
                filing.pop("filing_model_code", None)
                filing.update({"filing_model_code": code} if code else {})
        if filing != before:
            taken.touched.append(index + 1)
    return taken


def with_another(slots: Slots) -> list[Filing]:
    """Give the filings and one more, which is asked for when this one is complete."""
    filings = _with_the_current(slots)
    return filings if len(filings) == MOST_FILINGS else [*filings, {}]


def number_of(named: str, filings: Sequence[Mapping[str, Any]]) -> int | None:
    """Find the filing that is named by its place, its enterprise number or its closing date."""
    if named.isdecimal() and 0 < int(named) <= len(filings):
        return int(named)
    found = [n for n, filing in enumerate(filings, 1) if named in filing.values()]
    return found[0] if len(found) == 1 else None


def without_filing(slots: Slots, number: int) -> dict[str, Any]:
    """Give the slots that take a filing out of a request that has several."""
    filings = _with_the_current(slots)
    del filings[number - 1]
    index = int(slots.get("filing_index") or 0)
    index = min(index - (number - 1 < index), len(filings) - 1)
    return {
        **filing_slots(filings[index], missing_of(slots)),
        "filings": filings,
        "filing_index": index,
    }


def next_filing(slots: Slots) -> dict[str, Any]:
    """Give the slots that go on to a filing that lacks something, once this one lacks nothing."""
    filings = _with_the_current(slots)
    index = int(slots.get("filing_index") or 0)
    if not is_complete(filings[index]):
        return {}
    lacking = next((n for n, filing in enumerate(filings) if not is_complete(filing)), None)
    if lacking is None:
        return {}
    return {
        **filing_slots(filings[lacking], missing_of(slots)),
        "filings": filings,
        "filing_index": lacking,
    }


def is_complete(filing: Mapping[str, Any]) -> bool:
    """Say whether every detail of a filing is known, or known to be missing."""
    return all(name in filing for name in FILING_DETAILS)


def _with_the_current(slots: Slots) -> list[Filing]:
    filings = filings_of(slots)
    index = int(slots.get("filing_index") or 0)
    return filings + [{} for _ in range(index + 1 - len(filings))]


def stated_elsewhere(entities: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, str]]:
    """Read the values of other filings from a message's entities: those in a group."""
    stated: dict[int, dict[str, str]] = {}
    for entity in entities:
        number = str(entity.get("group") or "")
        if entity.get("entity") in FILING_DETAILS and number.isdecimal() and int(number):
            values = stated.setdefault(int(number), {})
            values.setdefault(str(entity["entity"]), str(entity["value"]))
    return stated
