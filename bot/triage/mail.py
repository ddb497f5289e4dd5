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

    ``headers``: all of them by lower-case name, in order, as they came but on one line each;
    only the subject is decoded, since an encoded word may spell what means something in any
    other. ``sender`` and ``recipients``: bare addresses in lower case. ``doubt``: why nobody
    can say who sent it, else empty; ``sender`` is empty then. ``text``: newest part and
    quotes; ``is_cut``: it goes on in the mail itself. ``date``: timezone-aware, None when
    missing or no date. ``sealed``: why a machine cannot read it (encrypted, winmail.dat),
    else empty.
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
    doubt: str = ""
    is_cut: bool = False

    def header(self, name: str) -> str:
        """Give the first value of a header; empty when there is none."""
        return next(iter(self.headers.get(name, ())), "")


UNDERSTOOD_CHARS = 12_000
"""How much of a mail's newest text is understood: three times what the chat takes."""


@dataclass(frozen=True)
class Limits:
    """What a mail may cost; every limit is far above what people send.

    Beyond ``max_html_chars`` and ``max_text_chars`` the text is cut, beyond the limits of
    tables and nesting (``bot/triage/html.py``) HTML loses its layout; beyond the others people
    look at the mail instead.
    """

    max_bytes: int = 25 * 1024 * 1024
    max_header_bytes: int = 256 * 1024
    max_headers: int = 1000
    max_recipients: int = 1000
    # Of a part's type or disposition: a file's name may be spread over a dozen.
    max_parameters: int = 100
    max_parameters_bytes: int = 16 * 1024
    max_parts: int = 200
    max_depth: int = 20
    max_html_chars: int = 500_000
    max_text_chars: int = 50_000


class Quarantined(HelpdeskError):
    """A mail that is set aside for people; ``reason`` is a word for the log and the counter."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}; the mail is kept as it came, for a person to read")
