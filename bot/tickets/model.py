"""A ticket: a migration request that the Contact Center has to handle."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.details import CERTIFICATE_DETAILS, DETAILS, FILING_DETAILS

CHANNELS = ("web", "rest", "email", "shell")
CLOSED = ("resolved", "rejected")
"""Statuses after which nothing more happens with a ticket."""

CERTIFICATE_VALUES = (*CERTIFICATE_DETAILS, "certificate_brand")
"""What a ticket keeps of a certificate: its details, and the name of an unlisted brand."""

SIMILAR_WITHIN = timedelta(days=7)
"""For so long a request about the same accounts is offered to join the one before it."""

ADDITION = "addition"
"""Kind of the note that keeps what a requester added to a ticket."""

REQUESTER = "requester"
"""Author of such a note."""


@dataclass(frozen=True)
class Draft:
    """A confirmed request that is not stored yet.

    ``conversation``: id of the conversation that made it, part of its fingerprint.
    A detail that is None is missing: the requester could not give it. ``certificate_brand``:
    name of a brand that is not listed, only beside the type ``other``.
    ``network``: pseudonym of where it came from (`origin.py`), empty when not known.
    """

    conversation: str
    channel: str
    language: str
    filings: Sequence[Mapping[str, str | None]]
    certificate_owner: str | None
    certificate_email: str | None
    certificate_number: str | None
    certificate_type: str | None
    network: str = ""
    certificate_brand: str | None = None

    @property
    def missing(self) -> list[str]:
        """Name the details that are missing, of whichever filing, in the form's order."""
        of_filings = {
            name for filing in self.filings for name in FILING_DETAILS if filing.get(name) is None
        }
        of_certificate = {name for name in CERTIFICATE_DETAILS if getattr(self, name) is None}
        return [name for name in DETAILS if name in of_filings | of_certificate]

    @property
    def address(self) -> str:
        """Give the certificate's e-mail address in lower case; empty when it is missing."""
        return (self.certificate_email or "").lower()

    def fingerprint(self) -> str:
        """Give the same hash for the same request confirmed twice in one conversation."""
        content = [
            self.conversation,
            [dict(sorted(filing.items())) for filing in self.filings],
            *(getattr(self, name) for name in CERTIFICATE_VALUES),
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()

    def accounts(self) -> frozenset[tuple[str, str]]:
        """Give the accounts it speaks of: enterprise number and closing date, if both are known."""
        pairs = ((f["enterprise_number"], f["closing_date"]) for f in self.filings)
        return frozenset((number, day) for number, day in pairs if number and day)


@dataclass(frozen=True)
class Ticket:
    """A stored request. ``created_at`` is timezone-aware, UTC."""

    reference: str
    status: str
    created_at: datetime
    draft: Draft

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape that the command line and the desk's tools read.

        ``certificate_brand`` and ``missing`` stand in it only where there is something to say.
        """
        draft = self.draft
        brand = {"certificate_brand": draft.certificate_brand} if draft.certificate_brand else {}
        missing = {"missing": draft.missing} if draft.missing else {}
        return {
            "reference": self.reference,
            "status": self.status,
            "created_at": self.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "channel": draft.channel,
            "language": draft.language,
            "filings": [dict(filing) for filing in draft.filings],
            **{name: getattr(draft, name) for name in CERTIFICATE_DETAILS},
            **brand,
            **missing,
        }


@dataclass(frozen=True)
class Addition:
    """What a requester adds to a ticket.

    ``conversation``: where it was said. ``mail_id``: the journal's number of the mail
    that said it, None for a chat. ``text``: for people, in the ticket's language.
    """

    text: str
    conversation: str
    mail_id: int | None = None
