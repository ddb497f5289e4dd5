"""Reading a mail from its bytes, whatever they are."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import collapse_rfc2231_value, getaddresses, parsedate_to_datetime

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
_SPACES = re.compile(r"[\s\x00-\x1f]{1,999}")
_BOUNDARY = re.compile(rb"(?im)^--([^\r\n]{1,70})\r?$")
_NESTED = re.compile(rb"(?im)^content-type:\s{0,9}(?:multipart/|message/rfc822)")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_ADDRESS = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,255}")

HtmlToText = Callable[[str], str]


def read_mail(raw: bytes, html_to_text: HtmlToText, limits: Limits | None = None) -> Mail:
    """Parse a message.

    Raises: Quarantined, when it exceeds ``limits`` or cannot be read as a mail at all.
    """
    limits = limits or Limits()
    if len(raw) > limits.max_bytes:
        raise Quarantined("too_large", f"{len(raw)} bytes, at most {limits.max_bytes} are read")
    _check_depth(raw, limits)
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(raw)
        parts = list(_walk(message, limits))
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError) as error:
        raise Quarantined("unreadable", type(error).__name__) from error
    headers = _headers(message, limits)
    if not headers:
        raise Quarantined("no_headers", "nothing in it looks like a mail")
    sender_name, sender = _first_address(headers.get("from", []))
    recipients = getaddresses([*headers.get("to", []), *headers.get("cc", [])])
    sealed = next((s for part in parts if (s := _sealed(part))), "")
    return Mail(
        message_id=_message_id(headers),
        sender=sender,
        sender_name=sender_name,
        recipients=tuple(address.lower() for _, address in recipients if address),
        subject=next(iter(headers.get("subject", [])), ""),
        date=_date(headers),
        headers=headers,
        text="" if sealed else _text(parts, html_to_text, limits),
        attachments=tuple(_attachments(parts)),
        report=_report(message),
        sealed=sealed,
    )


def _check_depth(raw: bytes, limits: Limits) -> None:
    """Refuse a nesting bomb before the parser recurses into it."""
    boundaries = len(set(_BOUNDARY.findall(raw[: limits.max_bytes])))
    nested = len(_NESTED.findall(raw))
    if nested > limits.max_depth and boundaries + nested > limits.max_depth:
        raise Quarantined("nested", f"{nested} nested parts, at most {limits.max_depth} are read")


def _walk(message: Message, limits: Limits) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number >= limits.max_parts:
            raise Quarantined("parts", f"more than {limits.max_parts} parts")
        yield part


def _headers(message: Message, limits: Limits) -> dict[str, list[str]]:
    items = message.items()
    if len(items) > limits.max_headers:
        raise Quarantined("headers", f"{len(items)} headers, at most {limits.max_headers} are read")
    headers: dict[str, list[str]] = {}
    for name, value in items:
        headers.setdefault(name.lower(), []).append(_decoded(str(value)[:_MAX_HEADER_CHARS]))
    return headers


def _decoded(value: str) -> str:
    """Decode RFC 2047 words; bytes that nobody declared are tried as UTF-8, then Windows."""
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        pieces = [(value, None)]
    text = "".join(
        piece if isinstance(piece, str) else _as_text(piece, charset) for piece, charset in pieces
    )
    raw = text.encode("ascii", "surrogateescape") if _has_surrogates(text) else None
    return _SPACES.sub(" ", clean(_as_text(raw, None) if raw else text)).strip()


def _has_surrogates(text: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in text) and all(
        character < "\x80" or "\udc80" <= character <= "\udcff" for character in text
    )


def _as_text(raw: bytes, charset: str | None) -> str:
    for candidate in (charset, "utf-8"):
        if candidate and candidate.lower() not in {"unknown-8bit", "unknown"}:
            try:
                return raw.decode(candidate)
            except (UnicodeDecodeError, LookupError, ValueError):
                continue
    # Every byte means something in Windows-1252 but five.
    return raw.decode("windows-1252", errors="replace")


def _first_address(values: list[str]) -> tuple[str, str]:
    for name, address in getaddresses(values[:1]):
        found = _ADDRESS.fullmatch(address.strip())
        if found:
            return clean(name), address.strip().lower()
    return "", ""


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
    name = _name(part).lower()
    return "winmail" if name == "winmail.dat" else kind


def _name(part: Message) -> str:
    try:
        return _decoded(str(part.get_filename() or ""))
    except (ValueError, LookupError, TypeError):
        return ""


def _attachments(parts: list[Message]) -> Iterator[Attachment]:
    for part in parts:
        if part.is_multipart() or not _is_attachment(part):
            continue
        payload = part.get_payload(decode=True)
        size = len(payload) if isinstance(payload, bytes) else 0
        yield Attachment(_name(part), part.get_content_type(), size)


def _is_attachment(part: Message) -> bool:
    is_text = part.get_content_type() in {"text/plain", "text/html"}
    return part.get_content_disposition() == "attachment" or not is_text or bool(_name(part))


def _text(parts: list[Message], html_to_text: HtmlToText, limits: Limits) -> str:
    """Join the plain parts; HTML counts only where there is no plain text."""
    readable = [p for p in parts if not p.is_multipart() and not _is_attachment(p)]
    plain = [_content(p) for p in readable if p.get_content_type() == "text/plain"]
    if not any(text.strip() for text in plain):
        html = "\n".join(_content(p) for p in readable if p.get_content_type() == "text/html")
        plain = [html_to_text(html[: limits.max_text_chars])] if html.strip() else []
    text = "\n\n".join(text.strip("\n") for text in plain if text.strip())
    return text[: limits.max_text_chars]


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_param("charset")
    text = _as_text(payload, str(collapse_rfc2231_value(charset)) if charset else None)
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
