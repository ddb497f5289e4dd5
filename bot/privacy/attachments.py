"""Secrets in attached files, read as a person who opens them would."""

import codecs
import html
import re

from bot.privacy.secrets import mask_secrets
from bot.understanding.text import clean

# More is not searched: such a file counts as one that holds a secret. 2 million characters
# take about three seconds.
_MAX_CHARS = 2_000_000
_TEXTS = frozenset(
    {
        "application/json",
        "application/xml",
        "application/xhtml+xml",
        "application/rtf",
        "application/x-yaml",
        "application/yaml",
        "application/sql",
        "application/javascript",
        "message/delivery-status",
    }
)
_MARKUP = frozenset({"text/html", "application/xhtml+xml", "text/xml", "application/xml"})
# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Python's other codecs are no charsets of mails, and punycode takes the square of its length.
_CHARSETS = re.compile(
    r"(?:utf(?:_?8|_?16|_?32)(?:_[bl]e)?|ascii|us_ascii|latin_?1|iso_?8859_\d{1,2}|"
    r"(?:cp|windows_)\d{3,4}|mac_?roman|koi8_[rut]|gb(?:2312|k|18030)|big5|euc_(?:jp|kr)|"
    r"shift_jis|iso_2022_jp)"
)
_TAG_NAME = re.compile(r"/?\s{0,9}([A-Za-z][A-Za-z0-9]{0,20})")
_BREAKING = frozenset(
    "address article blockquote br dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li ol p "
    "pre section table tbody thead title tr ul".split()
)
_APART = frozenset({"td", "th", "input", "option", "img"})
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")


def attachment_holds_secret(content: bytes, content_type: str, charset: str | None) -> bool:
    """Say whether a file that is text holds a secret.

    ``content``: decoded from its transfer encoding. ``content_type``: in lower case or not,
    its parameters left out. ``charset``: as declared; a byte order mark knows better. A file
    of more than two million characters counts as one that does; what is no text cannot be
    read here and counts as one that does not.
    """
    kind = content_type.strip().lower()
    if not kind.startswith("text/") and kind not in _TEXTS and not kind.endswith(("+xml", "+json")):
        return False
    text = _decoded(content, charset)
    if len(text) > _MAX_CHARS:
        return True
    if kind in _MARKUP or kind.endswith("+xml"):
        # In the source too: a comment or an attribute may hold one.
        return _holds_secret(text_of_html(text)) or _holds_secret(text)
    return _holds_secret(text)


def text_of_html(source: str) -> str:
    """Give the text of HTML: tags inside a word leave no gap, cells and paragraphs do.

    Tags are found by searching for their ends, once each: Python 3.10's own parser takes the
    square of a text of many beginnings (CVE-2025-6069).
    """
    pieces: list[str] = []
    place = 0
    last_comment = source.rfind("-->")
    while True:
        start = source.find("<", place)
        end = -1 if start < 0 else _end_of_tag(source, start, last_comment)
        if end < 0:
            pieces.append(source[place:])
            break
        pieces += [source[place:start], _gap(source, start)]
        place = end
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), "".join(pieces))


def _end_of_tag(source: str, start: int, last_comment: int) -> int:
    """Say where a tag or comment ends; -1 when nothing after it ends one."""
    # Never searched for in vain, which would cost the whole text at each beginning.
    if source.startswith("<!--", start) and start + 4 <= last_comment:
        return source.find("-->", start + 4) + 3
    end = source.find(">", start)
    return end + 1 if end >= 0 else -1


def _gap(source: str, start: int) -> str:
    tag = _TAG_NAME.match(source, start + 1)
    name = tag[1].lower() if tag else ""
    return "\n" if name in _BREAKING else " " if name in _APART else ""


def _decoded(content: bytes, charset: str | None) -> str:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, errors="replace")
    return content.decode(_codec(content, charset), errors="replace")


def _codec(content: bytes, charset: str | None) -> str:
    # Notepad's "Unicode" without its mark: every second byte of Latin text is zero.
    head = content[:1000]
    if len(head) > 3 and head.count(0) > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"
    name = (charset or "").strip().strip("\"'").lower().replace("-", "_")
    try:
        return codecs.lookup(name).name if _CHARSETS.fullmatch(name) else "utf-8"
    except LookupError:
        return "utf-8"


def _holds_secret(text: str) -> bool:
    return bool(mask_secrets(clean(text)).kinds)
