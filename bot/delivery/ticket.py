"""A ticket on its way to the desk, as every target gets it."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.delivery.outbox import Item
from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS
from bot.details.wording import detail_line, filing_name
from bot.tickets.model import Ticket

DESK_MAIL, REQUEST_TRACKER, WEBHOOK = "desk_mail", "request_tracker", "webhook"

# The desk reads Dutch and French; a ticket is written in the language of who opened it.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {"subject": "Migration request {reference}", "transcript": "Conversation:"},
    "fr": {"subject": "Demande de migration {reference}", "transcript": "Conversation :"},
    "nl": {"subject": "Migratieaanvraag {reference}", "transcript": "Gesprek:"},
}


@dataclass(frozen=True)
class Line:
    """One thing that was said; secrets are masked. ``who``: user or cybo."""

    who: str
    text: str


Transcripts = Callable[[str], Awaitable[Sequence[Line]]]
"""Gives what was said in a conversation, empty when it is no longer kept."""


@dataclass(frozen=True)
class Package:
    """A ticket in the JSON shape of `cybo tickets show`, and its conversation."""

    ticket: Mapping[str, Any]
    transcript: Sequence[Line]

    @property
    def reference(self) -> str:
        """Name the ticket."""
        return str(self.ticket["reference"])

    @property
    def subject(self) -> str:
        """Write the subject that people see in their list."""
        return _words(self.ticket)["subject"].format(reference=self.reference)

    @property
    def text(self) -> str:
        """Write the ticket for people: every detail, then the conversation."""
        blocks = [self.subject, *_details(self.ticket)]
        if self.transcript:
            said = [f"{line.who}: {line.text}" for line in self.transcript]
            blocks.append("\n".join([_words(self.ticket)["transcript"], *said]))
        return "\n\n".join(blocks) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON that machines get."""
        said = [{"who": line.who, "text": line.text} for line in self.transcript]
        return {"ticket": dict(self.ticket), "transcript": said}


def item_for(ticket: Ticket, target: str) -> Item:
    """Write the delivery of a ticket to a target; queued in the ticket's own transaction."""
    payload = {"ticket": ticket.as_dict(), "conversation": ticket.draft.conversation}
    content = json.dumps(payload, ensure_ascii=False).encode()
    return Item(target, f"{target}:{ticket.reference}", "desk", content)


async def unpack(item: Item, transcripts: Transcripts) -> Package:
    """Read a delivery and fetch its conversation."""
    content = json.loads(item.payload)
    return Package(content["ticket"], await transcripts(content["conversation"]))


def _words(ticket: Mapping[str, Any]) -> Mapping[str, str]:
    return _WORDS[ticket["language"]]


def _details(ticket: Mapping[str, Any]) -> list[str]:
    language = ticket["language"]
    blocks = []
    for number, filing in enumerate(ticket["filings"], start=1):
        lines = [filing_name(number, language)]
        for name in FILING_DETAILS:
            code = filing.get("filing_model_code") if name == "filing_model" else None
            lines.append(detail_line(name, filing[name], language, code=code))
        blocks.append("\n".join(lines))
    blocks.append(
        "\n".join(detail_line(name, ticket[name], language) for name in CERTIFICATE_DETAILS)
    )
    return blocks
