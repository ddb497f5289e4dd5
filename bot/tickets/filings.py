"""The filings of a request while it is being filled in, and what is asked again."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from bot.details import DETAILS, FILING_DETAILS, InvalidDetail
from bot.tickets.check import problems_of_filing

Slots = Mapping[str, Any]
Filing = dict[str, str | None]
"""Values by detail: None for one that is missing; one that was not asked yet is not there."""


def missing_of(slots: Slots) -> list[str]:
    """Name the details that the request goes without.

    Those of the certificate, and of the filing that is being filled in.
    """
    return list(slots.get("missing") or [])


def filings_of(slots: Slots) -> list[Filing]:
    """List the filings of a request in order, the one being filled in at its place."""
    filings: list[Filing] = [dict(filing) for filing in slots.get("filings") or []]
    missing = missing_of(slots)
    current: Filing = {
        name: slots.get(name) or None
        for name in FILING_DETAILS
        if slots.get(name) or name in missing
    }
    if current and slots.get("filing_model_code"):
        current["filing_model_code"] = slots["filing_model_code"]
    if current:
        index = int(slots.get("filing_index") or 0)
        filings[index : index + 1] = [current]
    return filings


def filing_slots(filing: Mapping[str, str | None], missing: Iterable[str]) -> dict[str, Any]:
    """Give the slots that make ``filing`` the one being filled in.

    ``missing``: what was missing before; of that, the certificate's stays.
    """
    lacking = [name for name in FILING_DETAILS if filing.get(name, "") is None]
    return {
        **{name: filing.get(name) for name in FILING_DETAILS},
        "filing_model_code": filing.get("filing_model_code"),
        "missing": lacking + [name for name in missing if name not in FILING_DETAILS],
    }


def emptied(name: str, slots: Slots) -> dict[str, Any]:
    """Give the slots that empty a detail, with what stands beside it."""
    beside = {"filing_model": "filing_model_code", "certificate_type": "certificate_brand"}
    other = beside.get(name)
    return {name: None, **({other: None} if other and slots.get(other) else {})}


def cleared(
    slots: Slots, wrong: Iterable[InvalidDetail], *, today: date, may_lack: Collection[str] = ()
) -> dict[str, Any]:
    """Give the slots that make the form ask again for details that no ticket may hold.

    One of an earlier filing brings that filing back as the one being filled in.
    """
    names = {error.detail for error in wrong if error.detail in DETAILS}
    if not names:
        return {}
    changes: dict[str, Any] = {"confirm_ticket": None}
    filings = filings_of(slots)
    for index, filing in enumerate(filings):
        problems = problems_of_filing(filing, today=today, may_lack=may_lack)
        if bad := {error.detail for error in problems}:
            changes.update(filing_slots(filing, missing_of(slots)))
            changes.update(filings=filings, filing_index=index)
            names = (names - set(FILING_DETAILS)) | bad
            break
    asked_again = {**slots, **changes}
    for name in sorted(names):
        changes.update(emptied(name, asked_again))
    changes["missing"] = [name for name in missing_of(asked_again) if name not in names]
    return {n: v for n, v in changes.items() if n != "missing" or v != missing_of(slots)}
