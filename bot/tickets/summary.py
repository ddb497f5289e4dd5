"""A request as its owner reads it before confirming."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS
from bot.details.wording import detail_name, filing_name
from bot.texts import texts
from bot.tickets.filings import filings_of, missing_of
from bot.tickets.lines import certificate_lines, filing_lines, line_of
from bot.tickets.model import CERTIFICATE_VALUES, Draft


def summarise(slots: Mapping[str, Any], language: str) -> str:
    """Write what is known and missing of a request, filing by filing, then the certificate."""
    blocks = []
    filings = filings_of(slots)
    for number, filing in enumerate(filings, start=1):
        lines = (
            [filing_name(number, language)] if len(filings) > 1 else [filing_name(1, language)[:-2]]
        )
        lines += filing_lines(filing, language)
        blocks.append("\n".join(lines))
    certificate = certificate_lines(slots, language, missing_of(slots))
    blocks.append("\n".join([texts("details")[language]["certificate"], *certificate]))
    return "\n\n".join(blocks)


def summarise_draft(draft: Draft, language: str) -> str:
    """Write every value of a confirmed request."""
    certificate = {name: getattr(draft, name) for name in CERTIFICATE_VALUES}
    missing = [name for name in draft.missing if name in CERTIFICATE_DETAILS]
    return summarise({"filings": draft.filings, "missing": missing, **certificate}, language)


def listed_values(slots: Mapping[str, Any], details: Iterable[str], language: str) -> str:
    """Write the given details with their values, a line each."""
    return "\n".join(line_of(name, slots, language) for name in details)


def listed_filing(slots: Mapping[str, Any], number: int, language: str) -> str:
    """Write what is known of one filing, below its name."""
    filing = filings_of(slots)[number - 1]
    return "\n".join([filing_name(number, language), *filing_lines(filing, language)])


def changeable(slots: Mapping[str, Any], language: str) -> list[str]:
    """Give the button titles of what can be changed, filings first when there are several."""
    filings = filings_of(slots)
    names = [detail_name(name, language) for name in CERTIFICATE_DETAILS]
    if len(filings) > 1:
        numbered = [filing_name(number, language) for number in range(1, len(filings) + 1)]
        return numbered + [name[0].upper() + name[1:] for name in names]
    names = [detail_name(name, language) for name in FILING_DETAILS] + names
    return [name[0].upper() + name[1:] for name in names]
