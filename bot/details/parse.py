"""One door to every detail: words in, canonical value out."""

from collections.abc import Callable, Mapping
from datetime import date

from bot.details.addresses import parse_certificate_email
from bot.details.choices import (
    parse_certificate_type,
    parse_deposit_type,
    parse_filing_language,
    parse_filing_model,
)
from bot.details.dates import parse_closing_date
from bot.details.names import parse_certificate_owner, parse_marked_owner
from bot.details.numbers import parse_certificate_number, parse_enterprise_number

_PARSERS: Mapping[str, Callable[[str], str]] = {
    "enterprise_number": parse_enterprise_number,
    "filing_model": parse_filing_model,
    "deposit_type": parse_deposit_type,
    "filing_language": parse_filing_language,
    "certificate_owner": parse_marked_owner,
    "certificate_email": parse_certificate_email,
    "certificate_number": parse_certificate_number,
    "certificate_type": parse_certificate_type,
}


def parse_detail(detail: str, text: str, *, today: date) -> str:
    """Turn words that state ``detail`` into its canonical value; such values pass unchanged.

    Raises: InvalidDetail, naming the rule that the words break.
    """
    if detail == "closing_date":
        return parse_closing_date(text, today=today)
    return _PARSERS[detail](text)


def parse_unmarked(detail: str, text: str, *, today: date) -> str:
    """Turn a text that may state ``detail``, or something else altogether, into its value.

    A name has no shape: of a text that nobody marked as one, a sentence is refused.
    Raises: InvalidDetail, naming the rule that the text breaks.
    """
    if detail == "certificate_owner":
        return parse_certificate_owner(text)
    return parse_detail(detail, text, today=today)
