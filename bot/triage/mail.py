"""A mail as far as its triage needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.errors import HelpdeskError


@dataclass(frozen=True)
class Attachment:
    """What stands beside the text; the bytes stay in the mail itself."""

    name: str
    content_type: str
    size_bytes: int


@dataclass(frozen=True)
class Mail:
    """A parsed message.

    ``headers``: all of them by lower-case name, decoded, in order. ``sender`` and
    ``recipients``: bare addresses in lower case. ``text``: the whole text, newest part
    and quotes. ``date``: timezone-aware, None when missing or no date. ``sealed``: why a
    machine cannot read it (encrypted, winmail.dat), else empty.
    """

    message_id: str
    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    date: datetime | None
    headers: Mapping[str, Sequence[str]]
    text: str
    attachments: tuple[Attachment, ...] = ()
    report: str = ""
    sealed: str = ""

    def header(self, name: str) -> str:
        """Give the first value of a header; empty when there is none."""
        return next(iter(self.headers.get(name, ())), "")


@dataclass(frozen=True)
class Limits:
    """What a mail may cost before people look at it instead."""

    max_bytes: int = 25 * 1024 * 1024
    max_parts: int = 200
    max_depth: int = 20
    max_headers: int = 1000
    max_text_chars: int = 1_000_000


class Quarantined(HelpdeskError):
    """A mail that is set aside for people; ``reason`` is a word for the log and the counter."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        super().__init__(f"{reason}: {detail}; the mail is kept as it came, for a person to read")
