"""Reading a mail from its bytes, whatever they are."""

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import collapse_rfc2231_value, parsedate_to_datetime

from bot.triage.addresses import addresses_in, read_mailboxes
from bot.triage.form import check_form
from bot.triage.mail import Attachment, Limits, Mail, Quarantined
from bot.understanding.text import clean

_SEALED_TYPES = {
    "application/pgp-encrypted": "pgp",
    "application/pkcs7-mime": "smime",
    "application/x-pkcs7-mime": "smime",
    "application/ms-tnef": "winmail",
    "multipart/encrypted": "encrypted",
}
_REPORTS = {"delivery-status", "disposition-notification", "feedback-report"}
_MAX_HEADER_CHARS = 10_000
# Decoding takes quadratic time, and nobody reads a longer one.
_MAX_DECODED_CHARS = 2_000
_MAX_FROM_CHARS = 2_000
_MAX_LIST_CHARS = 100_000
_DECODED = frozenset({"subject", "thread-topic"})
_SPACES = re.compile(r"[\s\x00-\x1f]{1,999}")
# Python's own encodings, made for domain names and source code; punycode takes quadratic time.
_NO_CHARSETS = frozenset(
    {"idna", "mbcs", "oem", "palmos", "punycode", "raw_unicode_escape", "undefined"}
    | {"unicode_escape"}
)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")

HtmlToText = Callable[[str], str]


def read_mail(raw: bytes, html_to_text: HtmlToText, limits: Limits | None = None) -> Mail:
    """Parse a message.

    Raises: Quarantined, when it exceeds ``limits`` or cannot be read as a mail at all.
    """
    limits = limits or Limits()
    message, parts = parse_mail(raw, limits)
    headers = _headers(message)
    if not headers:
        raise Quarantined("no_headers", "nothing in it looks like a mail")
    sender = _sender(message)
    sealed = next((s for part in parts if (s := _sealed(part))), "")
    text, is_cut = ("", False) if sealed else _text(parts, html_to_text, limits)
    return Mail(
        message_id=_message_id(headers),
        sender=sender.address,
        sender_name=sender.name,
        recipients=_recipients(message, limits),
        subject=next(iter(headers.get("subject", [])), ""),
        date=_date(headers),
        headers=headers,
        text=text,
        attachments=tuple(_attachments(parts)),
        report=_report(message),
        sealed=sealed,
        doubt=sender.doubt,
        is_cut=is_cut,
    )


def parse_mail(raw: bytes, limits: Limits) -> tuple[Message, list[Message]]:
    """Take a message apart; gives it and all its parts. Raises: Quarantined."""
    check_form(raw, limits)
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(raw)
        return message, list(_walk(message, limits))
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError) as error:
        raise Quarantined("unreadable", type(error).__name__) from error


def _walk(message: Message, limits: Limits) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number >= limits.max_parts:
            raise Quarantined("parts", f"more than {limits.max_parts} parts")
        yield part


def _headers(message: Message) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        known = headers.setdefault(name.lower(), [])
        text = str(value)[:_MAX_HEADER_CHARS]
        known.append(decoded(text) if name.lower() in _DECODED else _one_line(text))
    return headers


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", clean(_without_surrogates(text))).strip()


@dataclass(frozen=True)
class _Sender:
    name: str = ""
    address: str = ""
    doubt: str = ""


def _sender(message: Message) -> _Sender:
    """Read who a mail says it is from; several readings are none."""
    values = _raw(message, "from")
    if len(values) > 1:
        return _Sender(doubt="several_senders")
    value = values[0] if values else ""
    read = read_mailboxes(value[:_MAX_FROM_CHARS], most=3)
    if len(read.found) > 1:
        return _Sender(doubt="several_senders")
    if not read.is_clear or len(value) > _MAX_FROM_CHARS:
        return _Sender(doubt="unclear_sender")
    if not read.found:
        return _Sender()
    [mailbox] = read.found
    name = decoded(mailbox.name)
    is_hidden = "=?" in mailbox.name
    if is_hidden and any(other != mailbox.address for other in addresses_in(name)):
        return _Sender(doubt="unclear_sender")
    return _Sender(name, mailbox.address)


def _recipients(message: Message, limits: Limits) -> tuple[str, ...]:
    value = ",".join([*_raw(message, "to"), *_raw(message, "cc")])[:_MAX_LIST_CHARS]
    found = read_mailboxes(value, most=limits.max_recipients).found
    return tuple(mailbox.address for mailbox in found)


def _raw(message: Message, name: str) -> Sequence[str]:
    return [str(value) for key, value in message.raw_items() if key.lower() == name]


def decoded(value: str) -> str:
    """Decode RFC 2047 words; bytes that nobody declared are tried as UTF-8, then Windows."""
    value = _without_surrogates(value[:_MAX_DECODED_CHARS])
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        pieces = [(value, None)]
    text = "".join(
        piece if isinstance(piece, str) else _as_text(piece, charset) for piece, charset in pieces
    )
    return _SPACES.sub(" ", clean(text)).strip()


def _without_surrogates(text: str) -> str:
    """Read the bytes that nobody declared, which the parser hands on as surrogates."""
    if text.isascii():
        return text
    return _as_text(text.encode("utf-8", "surrogateescape"), None)


def _as_text(raw: bytes, charset: str | None) -> str:
    for candidate in (charset, "utf-8"):
        if candidate and candidate.lower() not in {"unknown-8bit", "unknown"}:
            try:
                if codecs.lookup(candidate).name.replace("-", "_") not in _NO_CHARSETS:
                    return raw.decode(candidate)
            except (UnicodeDecodeError, LookupError, ValueError):
                continue
    # Every byte means something in Windows-1252 but five.
    return raw.decode("windows-1252", errors="replace")


def _message_id(headers: dict[str, list[str]]) -> str:
    found = _MESSAGE_ID.search(next(iter(headers.get("message-id", [])), ""))
    return found[0] if found else ""


def _date(headers: dict[str, list[str]]) -> datetime | None:
    try:
        date = parsedate_to_datetime(next(iter(headers.get("date", [])), ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=timezone.utc)


def _report(message: Message) -> str:
    if message.get_content_type() != "multipart/report":
        return ""
    kind = str(collapse_rfc2231_value(message.get_param("report-type") or "")).lower()
    return kind if kind in _REPORTS else "report"


def _sealed(part: Message) -> str:
    kind = _SEALED_TYPES.get(part.get_content_type(), "")
    if kind == "smime":
        # A signature leaves the text readable beside it; an envelope does not.
        return "" if part.get_param("smime-type") == "signed-data" else kind
    name = name_of(part).lower()
    return "winmail" if name == "winmail.dat" else kind


def name_of(part: Message) -> str:
    """Give the file name of a part, decoded; empty when it has none."""
    try:
        return decoded(str(part.get_filename() or ""))
    except (ValueError, LookupError, TypeError):
        return ""


def _attachments(parts: list[Message]) -> Iterator[Attachment]:
    for part in parts:
        if part.is_multipart() or not _is_attachment(part):
            continue
        payload = part.get_payload(decode=True)
        size = len(payload) if isinstance(payload, bytes) else 0
        yield Attachment(name_of(part), part.get_content_type(), size)


def _is_attachment(part: Message) -> bool:
    is_text = part.get_content_type() in {"text/plain", "text/html"}
    return part.get_content_disposition() == "attachment" or not is_text or bool(name_of(part))


def _text(parts: list[Message], html_to_text: HtmlToText, limits: Limits) -> tuple[str, bool]:
    """Join the plain parts; HTML counts only where there is no plain text.

    Gives also whether anything was cut off.
    """
    readable = [p for p in parts if not p.is_multipart() and not _is_attachment(p)]
    plain = [text_of(p) for p in readable if p.get_content_type() == "text/plain"]
    is_cut = False
    if not any(text.strip() for text in plain):
        html = "\n".join(text_of(p) for p in readable if p.get_content_type() == "text/html")
        is_cut = len(html) > limits.max_html_chars
        plain = [html_to_text(html[: limits.max_html_chars])] if html.strip() else []
    text = "\n\n".join(text.strip("\n") for text in plain if text.strip())
    return text[: limits.max_text_chars], is_cut or len(text) > limits.max_text_chars


def charset_of(part: Message) -> str | None:
    """Name the charset that a part says it is in."""
    charset = part.get_param("charset")
    return str(collapse_rfc2231_value(charset)) if charset else None


def text_of(part: Message) -> str:
    """Give the text of a part, in its charset or the likeliest."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    text = _as_text(payload, charset_of(part))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if str(part.get_param("format") or "").lower() == "flowed":
        text = _unflow(text, delete_space=str(part.get_param("delsp") or "").lower() == "yes")
    return text


def _unflow(text: str, *, delete_space: bool) -> str:
    """Join the soft line breaks of RFC 3676; quoted lines stay lines of their own."""
    lines: list[str] = []
    is_open = False
    for line in text.split("\n"):
        is_quote = line.startswith(">")
        body = line[1:] if line.startswith(" ") else line  # space-stuffing
        is_soft = body.endswith(" ") and body != "-- " and not is_quote
        kept = body[:-1] if is_soft and delete_space else body
        if is_open and not is_quote:
            lines[-1] += kept
        else:
            lines.append(kept)
        is_open = is_soft
    return "\n".join(lines)
