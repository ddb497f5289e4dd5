"""Names and types of the details a migration request needs.

Source: `data/guidance/facts.yaml`, `ticket.details` (F12 of the guidance).
"""

from dataclasses import dataclass

from bot.errors import HelpdeskError

FILING_DETAILS = (
    "enterprise_number",
    "closing_date",
    "filing_model",
    "deposit_type",
    "filing_language",
)
CERTIFICATE_DETAILS = (
    "certificate_owner",
    "certificate_email",
    "certificate_number",
    "certificate_type",
)
DETAILS = FILING_DETAILS + CERTIFICATE_DETAILS


@dataclass(frozen=True)
class Mention:
    """A stretch of a message that states a detail.

    ``value`` is canonical when the words are valid and the words themselves when
    they are not, so that the form can refuse them by name. ``start`` and ``end``
    count characters of the message. ``filing``: which filing of the request it is said of, from
    1; 0 for the one that is being filled in, and for what is said of the certificate.
    """

    detail: str
    value: str
    start: int
    end: int
    filing: int = 0


class InvalidDetail(HelpdeskError):
    """A value that a detail does not accept; ``reason`` names the rule it breaks."""

    def __init__(self, detail: str, reason: str) -> None:
        self.detail = detail
        self.reason = reason
        super().__init__(f"{detail}: {reason}; see the accepted values in docs/details.md")
