"""Secrets in what is attached to a mail."""

from bot.privacy.secrets import mask_secrets

_WINDOW_CHARS = 100_000
_OVERLAP_CHARS = 300
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


def attachment_holds_secret(content: bytes, content_type: str, charset: str | None) -> bool:
    """Say whether a file's words hold a secret; what is no text is not searched."""
    if not content_type.startswith("text/"):
        return False
    marked = next(
        (name for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), ""
    )
    try:
        text = content.decode(marked or charset or "utf-8", errors="replace")
    except (LookupError, ValueError):
        text = content.decode("utf-8", errors="replace")
    if content_type == "text/html":
        text = _without_tags(text)
    starts = range(0, max(1, len(text)), _WINDOW_CHARS)
    return any(mask_secrets(text[s : s + _WINDOW_CHARS + _OVERLAP_CHARS]).kinds for s in starts)


def _without_tags(html: str) -> str:
    first, *rest = html.split("<")
    return " ".join([first, *(piece.partition(">")[2] for piece in rest)])
