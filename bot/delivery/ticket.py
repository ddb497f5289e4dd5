"""A ticket, or an addition to one, on its way to the desk, as every target gets it."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.delivery.outbox import Item
from bot.details.wording import filing_name
from bot.texts import texts
from bot.tickets.lines import certificate_lines, filing_lines
from bot.tickets.model import Addition, Ticket

DESK_MAIL, REQUEST_TRACKER, WEBHOOK = "desk_mail", "request_tracker", "webhook"
TICKET, ADDITION = "ticket", "addition"
MAX_FILES_BYTES = 20_000_000
"""Of mails beside a ticket: few mail servers take more than 25 MB."""

_LINE_BYTES = 998  # RFC 5322 §2.1.1

# The desk reads Dutch and French; a ticket is written in the language of who opened it.
_WORDS = texts("delivery")


@dataclass(frozen=True)
class File:
    """A mail as it came, beside the ticket that came of it. ``mail_id``: in the journal.

    ``left_out_bytes``: its size, where it was too large to be read; it has no content then.
    """

    mail_id: int
    content: bytes
    left_out_bytes: int = 0

    @property
    def size_bytes(self) -> int:
        """Give the size of the mail."""
        return self.left_out_bytes or len(self.content)

    @property
    def name(self) -> str:
        """Name the file."""
        return f"mail-{self.mail_id}.eml"

    @property
    def content_type(self) -> str:
        """Say how it may travel: RFC 2046 §5.2.1 lets nobody encode message/rfc822.

        What is not plain enough goes as bytes, which mail programs and RT leave alone.
        """
        is_plain = (
            self.content.isascii()
            and max(map(len, self.content.splitlines()), default=0) <= _LINE_BYTES
        )
        return "message/rfc822" if is_plain else "application/octet-stream"

    def as_dict(self) -> dict[str, Any]:
        """Describe the file without its content; what was not read has no digest."""
        digest = None if self.left_out_bytes else hashlib.sha256(self.content).hexdigest()
        return {"name": self.name, "size_bytes": self.size_bytes, "sha256": digest}


@dataclass(frozen=True)
class Original:
    """The way to a mail as it came. ``read``: gives it, empty when it is gone; blocks."""

    size_bytes: int
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Line:
    """One thing that was said; secrets are masked. ``who``: user or cybo.

    ``mail_id``: the journal's number of the mail that said it, None in a chat.
    ``original``: the way to that mail, when it is still kept; ``file``: the mail, once read.
    ``told_at``: when this told a visitor that an automated assistant answers, if it did.
    """

    who: str
    text: str
    mail_id: int | None = None
    file: File | None = None
    original: Original | None = None
    told_at: datetime | None = None


Transcripts = Callable[[str], Awaitable[Sequence[Line]]]
"""Gives what was said in a conversation, empty when it is no longer kept."""


@dataclass(frozen=True)
class Package:
    """A ticket in the JSON shape of `cybo tickets show`, and its conversation.

    ``addition``: what is new, with its number; None while the ticket itself is. The
    conversation is then that of the addition. ``epoch``: of the installation when it was
    queued. ``requester``: who mailed the request, empty for a chat, where nobody can tell.
    ``similar``: references of open tickets that it may be the same as.
    """

    ticket: Mapping[str, Any]
    transcript: Sequence[Line]
    addition: Mapping[str, Any] | None = None
    epoch: str = ""
    requester: str = ""
    similar: Sequence[str] = ()

    @property
    def event(self) -> str:
        """Say what happened: ``ticket`` or ``addition``."""
        return TICKET if self.addition is None else ADDITION

    @property
    def reference(self) -> str:
        """Name the ticket."""
        return str(self.ticket["reference"])

    @property
    def name(self) -> str:
        """Name what is delivered."""
        return self.reference + (f"/{self.addition['number']}" if self.addition else "")

    @property
    def key(self) -> str:
        """Name the delivery: no other has this name, its repetitions do.

        A backup that is put back takes the numbers of additions back with it; the epoch of
        before and after differs.
        """
        return f"{self.name}@{self.epoch}" if self.epoch else self.name

    @property
    def subject(self) -> str:
        """Write the subject that people see in their list; the same for all of a ticket."""
        return _words(self.ticket)["subject"].format(reference=self.reference)

    @property
    def title(self) -> str:
        """Name what is delivered: the ticket, or the addition by its number."""
        if self.addition is None:
            return self.subject
        number = self.addition["number"]
        return _words(self.ticket)["addition"].format(reference=self.reference, number=number)

    def text(self, max_bytes: int) -> str:
        """Write it for people: every detail, the conversation, mails beyond ``max_bytes``."""
        content = [str(self.addition["text"])] if self.addition else _details(self.ticket)
        blocks = [self.title, *content]
        if self.similar:
            references = ", ".join(self.similar)
            blocks.append(_words(self.ticket)["similar"].format(references=references))
        if self.transcript:
            said = [f"{line.who}: {line.text}" for line in self.transcript]
            blocks.append("\n".join([_words(self.ticket)["transcript"], *said]))
        if left := self.files(max_bytes)[1]:
            head = _words(self.ticket)["left_out"].format(reference=self.reference)
            names = [f"- {file.name} ({file.size_bytes / 1_000_000:.1f} MB)" for file in left]
            blocks.append("\n".join([head, *names]))
        return "\n\n".join(blocks) + "\n"

    def files(self, max_bytes: int) -> tuple[Sequence[File], Sequence[File]]:
        """Give the mails that stay with it: those that fit into ``max_bytes``, and the rest."""
        fitting: list[File] = []
        left: list[File] = []
        for file in (line.file for line in self.transcript if line.file):
            used = sum(other.size_bytes for other in fitting)
            is_fitting = not file.left_out_bytes and used + file.size_bytes <= max_bytes
            (fitting if is_fitting else left).append(file)
        return fitting, left

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON that machines get."""
        content: dict[str, Any] = {
            "event": self.event,
            "ticket": dict(self.ticket),
            "transcript": [{"who": line.who, "text": line.text} for line in self.transcript],
            "attachments": [line.file.as_dict() for line in self.transcript if line.file],
        }
        content |= {"similar": list(self.similar)} if self.similar else {}
        return content | ({"addition": dict(self.addition)} if self.addition else {})


def item_for(ticket: Ticket, target: str, requester: str = "", similar: Sequence[str] = ()) -> Item:
    """Write the delivery of a ticket to a target; queued in the ticket's own transaction.

    ``similar``: references of open tickets that it may be the same as.
    """
    payload = {
        "ticket": ticket.as_dict(),
        "conversation": ticket.draft.conversation,
        "requester": requester,
        "similar": list(similar),
    }
    key = _key(ticket, target)
    return Item(target, key, "desk", _content(payload), reference=ticket.reference)


def addition_item(ticket: Ticket, addition: Addition, number: int, target: str) -> Item:
    """Write the delivery of an addition; it never arrives before its ticket.

    ``number``: of the note that keeps it.
    """
    payload = {
        "ticket": ticket.as_dict(),
        "conversation": addition.conversation,
        "mail_id": addition.mail_id,
        "addition": {"number": number, "text": addition.text},
    }
    key = _key(ticket, target)
    return Item(
        target,
        f"{key}/{number}",
        "desk",
        _content(payload),
        after=key,
        reference=ticket.reference,
        mail_id=addition.mail_id,
        note_id=number,
    )


async def unpack(item: Item, transcripts: Transcripts) -> Package:
    """Read a delivery and fetch its conversation; of a mail's addition, that mail.

    Mails are read as far as they fit into ``MAX_FILES_BYTES``, so that no thread, however
    long, fills the memory.
    """
    content = json.loads(item.payload)
    lines = await transcripts(content["conversation"])
    if (mail_id := content.get("mail_id")) is not None:
        lines = [line for line in lines if line.mail_id == mail_id]
    room, read = MAX_FILES_BYTES, []
    for line in lines:
        if line.original and line.mail_id is not None:
            file = await _file(line.mail_id, line.original, room)
            room -= len(file.content) if file else 0
            read.append(replace(line, file=file))
        else:
            read.append(line)
    return Package(
        content["ticket"],
        read,
        content.get("addition"),
        item.epoch,
        # Not in what an older version queued.
        content.get("requester", ""),
        content.get("similar", ()),
    )


async def _file(mail_id: int, original: Original, room: int) -> File | None:
    if original.size_bytes > room:
        return File(mail_id, b"", left_out_bytes=original.size_bytes)
    content = await asyncio.to_thread(original.read)
    return File(mail_id, content) if content else None


def _key(ticket: Ticket, target: str) -> str:
    return f"{target}:{ticket.reference}"


def _content(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False).encode()


def _words(ticket: Mapping[str, Any]) -> Mapping[str, str]:
    return _WORDS[ticket["language"]]


def _details(ticket: Mapping[str, Any]) -> list[str]:
    language = ticket["language"]
    blocks = [
        "\n".join([filing_name(number, language), *filing_lines(filing, language)])
        for number, filing in enumerate(ticket["filings"], start=1)
    ]
    missing = ticket.get("missing", ())
    return [*blocks, "\n".join(certificate_lines(ticket, language, missing))]
