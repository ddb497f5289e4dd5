"""What a message says once every part of it is decoded."""

import html
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32


def readings(raw: bytes) -> Iterator[str]:
    """Give everything that a message or another piece of bytes may say.

    As it came, its headers decoded (RFC 2047), every part without its base64 or
    quoted-printable, in the character sets that people use, HTML entities resolved.
    Archives and PDFs stay closed.
    """
    yield from _texts(raw)
    for part in BytesParser(policy=compat32).parsebytes(raw).walk():
        for value in part.values():
            yield _header(str(value))
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            yield from _texts(content)
            if _is_message(part):
                yield from readings(content)


def _texts(content: bytes) -> Iterator[str]:
    for encoding in _encodings(content):
        text = content.decode(encoding, errors="replace")
        yield text
        if "&" in text:
            yield html.unescape(text)


def _encodings(content: bytes) -> Iterator[str]:
    """Name what the bytes may be written in, whatever the part says of itself."""
    if b"\0" in content:
        yield from ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
    yield "utf-8"
    if not content.isascii():
        yield "windows-1252"


def _header(value: str) -> str:
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(_piece(piece, charset) for piece, charset in pieces)


def _piece(piece: str | bytes, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    try:
        return piece.decode(charset or "ascii", errors="replace")
    except LookupError:
        return piece.decode("latin-1")


def _is_message(part: Message) -> bool:
    """Say whether a part is a mail that was attached as a file."""
    name = part.get_filename() or ""
    return part.get_content_maintype() != "multipart" and name.lower().endswith(".eml")
