"""The outer form of a mail, counted before anything parses it.

Python's e-mail package takes quadratic time for a header with many parameters
(python/cpython#136063) and a thousand bytes of memory for every empty part. Counting is
linear whatever the bytes are.
"""

from collections import Counter
from collections.abc import Iterator

from bot.triage.mail import Limits, Quarantined

_NESTING = (b"multipart/", b"message/rfc822")
_WITH_PARAMETERS = (b"content-type:", b"content-disposition:")
_MAX_BOUNDARY_BYTES = 72  # two dashes and 70 characters: RFC 2046 §5.1.1
# Base64 has 60 bytes a line and more; what has far less is empty lines without end.
_MIN_LINE_BYTES = 40
_FREE_LINES = 200_000


def check_form(raw: bytes, limits: Limits) -> None:
    """See that parsing a mail costs no more than its size. Raises: Quarantined."""
    if len(raw) > limits.max_bytes:
        raise Quarantined("too_large", f"{len(raw)} bytes, at most {limits.max_bytes} are read")
    # The parser takes each of the three for the end of a line.
    text = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    number = text.count(b"\n")
    if number > _FREE_LINES + len(text) // _MIN_LINE_BYTES:
        raise Quarantined("lines", f"{number} lines, hardly any of them with words")
    _check_head(text.partition(b"\n\n")[0], limits)
    lines = text.split(b"\n")
    headers = list(_headers_of_parts(lines, limits))
    nested = sum(any(kind in header for kind in _NESTING) for header in headers)
    if nested > limits.max_depth:
        raise Quarantined("nested", f"{nested} nested parts, at most {limits.max_depth} are read")
    parts = _count_parts(lines, b"\n".join(headers))
    if parts > limits.max_parts:
        raise Quarantined("parts", f"{parts} parts, at most {limits.max_parts} are read")


def _check_head(head: bytes, limits: Limits) -> None:
    if len(head) > limits.max_header_bytes:
        raise Quarantined(
            "headers", f"{len(head)} bytes of headers, at most {limits.max_header_bytes} are read"
        )
    number = head.count(b"\n") + 1 - head.count(b"\n ") - head.count(b"\n\t")
    if number > limits.max_headers:
        raise Quarantined("headers", f"{number} headers, at most {limits.max_headers} are read")


def _headers_of_parts(lines: list[bytes], limits: Limits) -> Iterator[bytes]:
    """Give every header that has parameters, in lower case, wherever a part may begin."""
    for place, line in enumerate(lines):
        if line[:8].lower() != b"content-" or not line[:21].lower().startswith(_WITH_PARAMETERS):
            continue
        header = _unfolded(lines, place, limits.max_parameters_bytes).lower()
        too_many = header.count(b";") > limits.max_parameters
        if too_many or len(header) > limits.max_parameters_bytes:
            raise Quarantined(
                "parameters", f"a part described by more than {limits.max_parameters} parameters"
            )
        yield header


def _unfolded(lines: list[bytes], place: int, most: int) -> bytes:
    header = lines[place]
    for line in lines[place + 1 :]:
        if not line.startswith((b" ", b"\t")) or len(header) > most:
            break
        header += line
    return header


def _count_parts(lines: list[bytes], headers: bytes) -> int:
    """Count the lines that begin a part: two dashes and a boundary that some header names."""
    marks = Counter(
        line.lower().rstrip()
        for line in lines
        if line.startswith(b"--") and len(line) <= _MAX_BOUNDARY_BYTES + 2
    )
    return sum(number for mark, number in marks.items() if mark[2:] and mark[2:] in headers)
