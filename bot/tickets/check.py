"""A request's values held against their closed lists once more, just before they are stored.

Whoever reads a message checks each value; this is the door of the tables, whoever comes.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

from bot.details import FILING_DETAILS, InvalidDetail
from bot.details.addresses import EMAIL
from bot.details.choices import (
    CERTIFICATE_TYPES,
    DEPOSIT_TYPES,
    FILING_LANGUAGES,
    FILING_MODELS,
)
from bot.details.numbers import parse_enterprise_number
from bot.errors import HelpdeskError
from bot.language import LANGUAGES
from bot.tickets.brand import MAX_BRAND_CHARS, OTHER
from bot.tickets.model import CHANNELS, Draft

_CHOICES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "filing_model": ("unknown", FILING_MODELS),
    "deposit_type": ("unknown", DEPOSIT_TYPES),
    "filing_language": ("unknown", FILING_LANGUAGES),
}
# What the columns hold; an address: RFC 5321 §4.5.3.1.3.
_MAX_CHARS = {
    "conversation": 255,
    "filing_model_code": 10,
    "certificate_owner": 200,
    "certificate_email": 254,
    "certificate_number": 80,
    "certificate_brand": MAX_BRAND_CHARS,
}
_MAX_FILINGS = 100
_FILING = frozenset({*FILING_DETAILS, "filing_model_code"})


class InvalidDraft(HelpdeskError, ValueError):
    """A request that no table may hold. ``details``: what is wrong, never the values."""

    def __init__(self, details: tuple[InvalidDetail, ...]) -> None:
        self.details = details
        wrong = ", ".join(f"{error.detail} ({error.reason})" for error in details)
        super().__init__(f"request not stored: {wrong}; docs/details.md lists the accepted values")


def check_draft(draft: Draft, *, today: date, may_lack: Collection[str] = ()) -> None:
    """See that every value is one that may be stored.

    ``may_lack``: details that may be None. Raises: InvalidDraft, naming all others.
    """
    if wrong := tuple(problems_of(draft, today=today, may_lack=may_lack)):
        raise InvalidDraft(wrong)


def problems_of(
    draft: Draft, *, today: date, may_lack: Collection[str] = ()
) -> Iterator[InvalidDetail]:
    """Name every detail that is not as it must be."""
    if draft.language not in LANGUAGES:
        yield InvalidDetail("language", "unknown")
    if draft.channel not in CHANNELS:
        yield InvalidDetail("channel", "unknown")
    if not _is_text(draft.conversation, "conversation"):
        yield InvalidDetail("conversation", "not_a_text")
    if not 0 < len(draft.filings) <= _MAX_FILINGS:
        yield InvalidDetail("filings", "number")
    for filing in draft.filings:
        yield from problems_of_filing(filing, today=today, may_lack=may_lack)
    allowed = {name for name in may_lack if getattr(draft, name, "") is None}
    yield from (e for e in _problems_of_certificate(draft) if e.detail not in allowed)


def problems_of_filing(
    filing: Mapping[str, str | None], *, today: date, may_lack: Collection[str] = ()
) -> Iterator[InvalidDetail]:
    """Name every detail of a filing that is not as it must be."""
    # One that nobody asked for yet is not there at all; a missing one is there and None.
    allowed = {name for name in may_lack if filing.get(name, "") is None}
    yield from (e for e in _problems_of_filing(filing, today) if e.detail not in allowed)


def _problems_of_filing(filing: Mapping[str, str | None], today: date) -> Iterator[InvalidDetail]:
    if not _is_enterprise_number(filing.get("enterprise_number")):
        yield InvalidDetail("enterprise_number", "check_digits")
    if reason := _wrong_date(filing.get("closing_date"), today):
        yield InvalidDetail("closing_date", reason)
    for name, (reason, values) in _CHOICES.items():
        if filing.get(name) not in values:
            yield InvalidDetail(name, reason)
    code = filing.get("filing_model_code")
    if code is not None and not _is_text(code, "filing_model_code"):
        yield InvalidDetail("filing_model", "unknown")
    for name in sorted(filing.keys() - _FILING):
        yield InvalidDetail(name, "unknown")


def _problems_of_certificate(draft: Draft) -> Iterator[InvalidDetail]:
    if not _is_text(draft.certificate_owner, "certificate_owner"):
        yield InvalidDetail("certificate_owner", "not_a_name")
    address = draft.certificate_email
    if not _is_text(address, "certificate_email") or not EMAIL.fullmatch(str(address)):
        yield InvalidDetail("certificate_email", "not_an_address")
    if not _is_text(draft.certificate_number, "certificate_number"):
        yield InvalidDetail("certificate_number", "not_a_number")
    if draft.certificate_type not in CERTIFICATE_TYPES:
        yield InvalidDetail("certificate_type", "unknown")
    brand = draft.certificate_brand
    if brand is not None and (
        draft.certificate_type != OTHER or not _is_text(brand, "certificate_brand")
    ):
        yield InvalidDetail("certificate_type", "unknown")


def _is_text(value: object, name: str) -> bool:
    # Control characters: PostgreSQL refuses NUL, and none of these values has a line break.
    return (
        isinstance(value, str)
        and 0 < len(value.strip()) <= len(value) <= _MAX_CHARS[name]
        and not any(character < " " or character == "\x7f" for character in value)
    )


def _is_enterprise_number(value: object) -> bool:
    try:
        return isinstance(value, str) and parse_enterprise_number(value) == value
    except InvalidDetail:
        return False


def _wrong_date(value: object, today: date) -> str:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        return "not_a_date"
    # The server's day may end later than that of whoever checked the value first.
    return "future" if day > today + timedelta(days=1) else ""
