"""Lists as files for a spreadsheet."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@")
_BLANKS = ("\t", "\r", "\n")


def to_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a table as CSV that opens by a double click in Belgium.

    Semicolons, for that is what Excel expects with Belgian settings, and a byte order mark,
    by which it knows UTF-8. A text that a spreadsheet would calculate gets a quote before it.
    """
    return codecs.BOM_UTF8 + csv_lines([headings, *rows])


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Write some lines of such a file."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";")
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return written.getvalue().encode()


def _harmless(value: object) -> object:
    """Put a quote before what a spreadsheet might calculate, full-width signs too (＝)."""
    if not isinstance(value, str):
        return value
    first = unicodedata.normalize("NFKC", value.lstrip()[:1])
    return f"'{value}" if first.startswith(_FORMULA) or value.startswith(_BLANKS) else value
