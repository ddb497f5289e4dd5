"""A ticket: a migration request that the Contact Center has to handle."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

CHANNELS = ("web", "rest", "email", "shell")
CLOSED = ("resolved", "rejected")
"""Statuses after which nothing more happens with a ticket."""

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
    ``network``: pseudonym of where it came from (`origin.py`), empty when not known.
    """

    conversation: str
    channel: str
    language: str
    filings: Sequence[Mapping[str, str]]
    certificate_owner: str
    certificate_email: str
    certificate_number: str
    certificate_type: str
    network: str = ""

    def fingerprint(self) -> str:
        """Give the same hash for the same request confirmed twice in one conversation."""
        content = [
            self.conversation,
            [dict(sorted(filing.items())) for filing in self.filings],
            self.certificate_owner,
            self.certificate_email,
            self.certificate_number,
            self.certificate_type,
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()

    def accounts(self) -> frozenset[tuple[str, str]]:
        """Give the accounts it speaks of: enterprise number and closing date."""
        return frozenset((f["enterprise_number"], f["closing_date"]) for f in self.filings)


@dataclass(frozen=True)
class Ticket:
    """A stored request. ``created_at`` is timezone-aware, UTC."""

    reference: str
    status: str
    created_at: datetime
    draft: Draft

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape that the command line and the desk's tools read."""
        draft = self.draft
        return {
            "reference": self.reference,
            "status": self.status,
            "created_at": self.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "channel": draft.channel,
            "language": draft.language,
            "filings": [dict(filing) for filing in draft.filings],
            "certificate_owner": draft.certificate_owner,
            "certificate_email": draft.certificate_email,
            "certificate_number": draft.certificate_number,
            "certificate_type": draft.certificate_type,
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
