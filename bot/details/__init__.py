"""The details of a migration request: what counts as a value, and where a text states one."""

from bot.details.model import (
    CERTIFICATE_DETAILS,
    DETAILS,
    FILING_DETAILS,
    InvalidDetail,
    Mention,
)
from bot.details.parse import parse_detail, parse_unmarked

__all__ = [
    "CERTIFICATE_DETAILS",
    "DETAILS",
    "FILING_DETAILS",
    "InvalidDetail",
    "Mention",
    "parse_detail",
    "parse_unmarked",
]
