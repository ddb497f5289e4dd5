"""What is kept of mails, threads and what has to leave."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.triage.mail import Mail
from bot.triage.request import Request

ANSWERED, DRAFTED, TICKETED = "answered", "drafted", "ticketed"
IGNORED, LEFT, QUARANTINED = "ignored", "left", "quarantined"
OUTCOMES = (ANSWERED, DRAFTED, TICKETED, IGNORED, LEFT, QUARANTINED)
"""Every mail ends in exactly one. ``left``: to people, because Cybo must not or cannot answer."""


@dataclass(frozen=True)
class Thread:
    """A conversation by mail with one sender. ``ticket_reference``: empty until there is one."""

    id: int
    name: str
    sender: str
    language: str
    request: Request
    ticket_reference: str = ""


@dataclass(frozen=True)
class Settlement:
    """What became of a mail, for the journal; texts come with their secrets masked.

    ``raw``: the mail itself as ``keep_mail`` gives it, empty when it is not kept;
    ``kept_bytes``: its size before compression. ``answer_to``: the address that is answered.
    """

    outcome: str
    reason: str
    category: str = ""
    language: str = ""
    topics: Sequence[str] = ()
    fingerprint: str = ""
    message_id: str = ""
    sender: str = ""
    subject: str = ""
    text: str = ""
    attachments: Sequence[Mapping[str, object]] = ()
    raw: bytes = b""
    kept_bytes: int = 0
    thread_id: int | None = None
    answer_id: str = ""
    answer_to: str = ""
    answer_hash: str = ""
    answer_text: str = ""


def fingerprint(mail: Mail, raw: bytes) -> str:
    """Give the same hash for a mail that comes twice, whatever servers wrote on its way."""
    body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    # Without a Message-ID the sender's own date must tell two equal texts apart.
    name = mail.message_id or f"{mail.header('date')} {mail.subject}"
    content = [name, mail.sender, hashlib.sha256(body).hexdigest()]
    return hashlib.sha256("\n".join(content).encode(errors="replace")).hexdigest()


def request_to_json(request: Request) -> str:
    """Write what a thread has stated so far."""
    content = {
        "filings": [dict(filing) for filing in request.filings],
        "certificate": dict(request.certificate),
    }
    return json.dumps(content, ensure_ascii=False)


def request_from_json(text: str) -> Request:
    """Read what ``request_to_json`` wrote."""
    content = json.loads(text)
    return Request(tuple(content["filings"]), content["certificate"])
