"""A letter as the message that leaves: plain text first, accessible HTML beside it."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from itertools import groupby

from bot.patterns import Linear
from bot.texts import texts
from bot.triage.letter import Letter

_LINK = Linear(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LIST_ITEM = re.compile(r"^(?:[-•]|(\d{1,3})[.)])\s{1,9}")
_LINE_BREAKS = re.compile(r"[\r\n\x00]{1,99}")
_LINE_CHARS = 998  # RFC 5322 §2.1.1


@dataclass(frozen=True)
class Envelope:
    """Who writes to whom. ``message_id`` with its angle brackets."""

    sender: str
    recipient: str
    message_id: str
    date: datetime


def build_message(letter: Letter, envelope: Envelope) -> bytes:
    """Build the message, ready for SMTP or a drafts folder."""
    message = EmailMessage(policy=SMTP.clone(max_line_length=_LINE_CHARS))
    local, _, domain = envelope.sender.rpartition("@")
    message["From"] = Address(texts("mail")[letter.language]["sender"], local, domain)
    message["To"] = envelope.recipient
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = format_datetime(envelope.date)
    message["Message-ID"] = envelope.message_id
    message.set_content(letter.text, cte="quoted-printable")
    page = to_html(letter.text, letter.language, letter.subject)
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    # Only now: an alternative takes the Content-* headers that stand there with it.
    for name, value in letter.headers.items():
        message[name] = _one_line(value)
    return message.as_bytes()


def to_html(text: str, language: str, title: str) -> str:
    """Write plain text as HTML without styles, images or anything to load."""
    lines = text.split("\n")
    blocks = [
        _block(kind, list(group)) for kind, group in groupby(lines, _kind) if kind is not None
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head>\n<body>\n" + "\n".join(blocks) + "\n</body>\n"
        "</html>\n"
    )


def _kind(line: str) -> str | None:
    """Say what a line stands in: a paragraph or a list; None for an empty line between two."""
    if not line.strip():
        return None
    if not _LIST_ITEM.match(line):
        return "p"
    return "ol" if line[0].isdigit() else "ul"


def _block(kind: str, lines: list[str]) -> str:
    if kind == "p":
        return "<p>" + "<br>\n".join(_linked(line) for line in lines) + "</p>"
    first = _LIST_ITEM.match(lines[0])
    # Steps go on counting after what stands between them.
    start = f' start="{first[1]}"' if first and kind == "ol" else ""
    items = "".join(f"<li>{_linked(_LIST_ITEM.sub('', line))}</li>" for line in lines)
    return f"<{kind}{start}>{items}</{kind}>"


def _linked(text: str) -> str:
    """Escape a line and make its addresses links."""
    pieces, end = [], 0
    for match in _LINK.finditer(text):
        address = match[0] if match[0].startswith("http") else f"mailto:{match[0]}"
        pieces += [
            escape(text[end : match.start()]),
            f'<a href="{escape(address)}">{escape(match[0])}</a>',
        ]
        end = match.end()
    return "".join([*pieces, escape(text[end:])])


def _one_line(value: str) -> str:
    """Keep a value from becoming two headers."""
    return _LINE_BREAKS.sub(" ", value)
