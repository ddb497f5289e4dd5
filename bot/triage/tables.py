"""Tables in a mail, and those that a program took apart, one cell a line, as Gmail does."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.details.choices import says_association
from bot.details.labels import named_detail
from bot.details.model import InvalidDetail
from bot.details.parse import parse_detail
from bot.reading.filings import KEYS

_MIN_COLUMNS = 3
# Only nine details have a name, and no name counts twice.
_MAX_COLUMNS = 10
_MAX_CELL_CHARS = 50
_MAX_ROWS = 50
_MIN_NAMED = 2
# What a cell is can be told without a heading; any words may be a name, and digits a serial number.
_TOLD_BY_CELLS = (
    "enterprise_number",
    "closing_date",
    "certificate_email",
    "deposit_type",
    "filing_model",
    "certificate_type",
    "filing_language",
)
_WORDS_OF_A_CELL = 4
_MAX_TABLE_COLUMNS = 30
# What repeats the cell above; "idem" does in all three languages.
_DITTOS = frozenset({'"', "''", ",,", "„", "”", "〃", '-"-', "idem", "id.", "id"})
_CELLS = re.compile(r"\s{0,999}[|\t;]\s{0,999}|\s{2,999}")
_RULE = frozenset(" -+|=:\t")


@dataclass(frozen=True)
class Table:
    """``columns``: the detail that each heading names, None for others; ``rows``: their cells.

    ``head``: the line of the headings.
    """

    head: str
    columns: list[str | None]
    rows: list[list[str]] = field(default_factory=list)


def tables_and_lines(lines: Sequence[str]) -> Iterator[Table | str]:
    """Give the tables whose columns are details, whole, and the lines outside them."""
    table: Table | None = None
    for place, line in enumerate(lines):
        if table and set(line) <= _RULE:
            continue
        cells = _cells(line)
        if table and len(cells) == len(table.columns) and len(table.rows) < _MAX_ROWS:
            table.rows.append(cells)
            continue
        yield from _closed(table)
        names = [named_detail(cell) if len(cell) < _MAX_CELL_CHARS else None for cell in cells]
        is_head = not any(map(str.isdigit, line)) and (
            len(set(filter(None, names))) >= _MIN_NAMED or _has_rows(lines, place, len(cells))
        )
        table = Table(line, names) if is_head else None
        if not is_head:
            yield line
    yield from _closed(table)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _CELLS.split(line.strip(" |\t"))]


def _has_rows(lines: Sequence[str], place: int, columns: int) -> bool:
    """Say whether below a line without a known heading stand as many cells, with digits."""
    if columns < _MIN_COLUMNS:
        return False
    below = (line for line in lines[place + 1 : place + 3] if not set(line) <= _RULE)
    first = next(below, "")
    return len(_cells(first)) == columns and any(map(str.isdigit, first))


def _closed(table: Table | None) -> Iterator[Table | str]:
    """Give a table; what has no rows, or no columns that are details, was prose."""
    if not table:
        return
    rows = _without_dittos(table.rows)
    columns = _told_by_cells(table.columns, rows)
    named = set(filter(None, columns))
    is_named = len(set(filter(None, table.columns))) >= _MIN_NAMED
    if rows and len(named) >= _MIN_NAMED and (is_named or named & set(KEYS)):
        rows = _with_their_kind(_cells(table.head), columns, rows)
        yield replace(table, columns=columns, rows=rows)
    else:
        yield table.head
        yield from ("; ".join(row) for row in table.rows)


def _without_dittos(rows: Sequence[list[str]]) -> list[list[str]]:
    """Put the cell above in the place of a mark that repeats it."""
    filled: list[list[str]] = []
    for row in rows:
        above = filled[-1] if filled else row
        filled.append(
            [
                up if cell.casefold() in _DITTOS else cell
                for cell, up in zip(row, above, strict=True)
            ]
        )
    return filled


def _with_their_kind(
    headings: Sequence[str], columns: Sequence[str | None], rows: Sequence[list[str]]
) -> list[list[str]]:
    """Give models the word for an association that stands above them: "model vzw", "micro"."""
    is_associations = [
        name == "filing_model" and says_association(heading)
        for heading, name in zip(headings, columns, strict=True)
    ]
    return [
        [
            f"{cell} {heading}" if cell and is_association else cell
            for heading, cell, is_association in zip(headings, row, is_associations, strict=True)
        ]
        for row in rows
    ]


def _told_by_cells(
    columns: Sequence[str | None], rows: Sequence[Sequence[str]]
) -> list[str | None]:
    """Give each column the detail that its heading names, or else that its cells are.

    A heading whose cells are all of another kind names something else: "schema" a brand.
    """
    told = list(columns)
    if len(columns) > _MAX_TABLE_COLUMNS:
        return told
    for place in range(len(columns)):
        cells = [row[place] for row in rows if row[place]]
        name = told[place]
        if cells and not any(_is(name, cell) for cell in cells):
            kinds = (kind for kind in _TOLD_BY_CELLS if kind not in told)
            told[place] = next((kind for kind in kinds if _are(kind, cells)), name)
    return _with_the_end(told, rows)


def _with_the_end(columns: Sequence[str | None], rows: Sequence[Sequence[str]]) -> list[str | None]:
    """Take the second of two columns of days for the closing date: "from; to"."""
    told = list(columns)
    start = told.index("closing_date") if "closing_date" in told else len(told)
    if start + 1 < len(told) and told[start + 1] is None:
        days = [(_day(row[start]), _day(row[start + 1])) for row in rows]
        if all(first and last and first < last for first, last in days):
            told[start : start + 2] = [None, "closing_date"]
    return told


def _day(cell: str) -> str | None:
    try:
        return parse_detail("closing_date", cell, today=date.max)
    except InvalidDetail:
        return None


def _are(kind: str, cells: Sequence[str]) -> bool:
    """Say whether cells are of a kind: of keys most, since one may be mistyped.

    A certificate is one for all rows; an address that changes is a client's.
    """
    right = sum(_is(kind, cell) for cell in cells)
    if kind in KEYS:
        return right * 3 >= len(cells) * 2
    is_one = not kind.startswith("certificate_") or len(set(cells)) == 1
    return right == len(cells) and is_one


def _is(detail: str | None, cell: str) -> bool:
    if detail is None or len(cell.split()) > _WORDS_OF_A_CELL:
        return False
    if detail not in _TOLD_BY_CELLS:
        return True
    try:
        parse_detail(detail, cell, today=date.max)
    except InvalidDetail:
        return False
    return True


def restacked(lines: Sequence[str]) -> list[str]:
    """Put rows together again, cells apart by tabs; what is no such table stays."""
    result: list[str] = []
    place = 0
    while place < len(lines):
        columns = _headings(lines, place)
        rows = list(_rows(lines, place + columns, columns)) if columns >= _MIN_COLUMNS else []
        if rows:
            result += ["\t".join(lines[place : place + columns]), *map("\t".join, rows)]
            place += columns * (1 + len(rows))
        else:
            result.append(lines[place])
            place += 1
    return result


def _headings(lines: Sequence[str], place: int) -> int:
    """Count the lines from ``place`` that are the name of a detail each, all different."""
    names: set[str] = set()
    for line in lines[place : place + _MAX_COLUMNS]:
        is_bare = len(line) <= _MAX_CELL_CHARS and ":" not in line and "\t" not in line
        name = named_detail(line) if is_bare and not any(map(str.isdigit, line)) else None
        if name is None or name in names:
            break
        names.add(name)
    return len(names)


def _rows(lines: Sequence[str], place: int, columns: int) -> Iterator[list[str]]:
    for start in range(place, len(lines) - columns + 1, columns):
        cells = list(lines[start : start + columns])
        has_value = any(any(map(str.isdigit, cell)) for cell in cells)
        if not has_value or not all(0 < len(cell) <= _MAX_CELL_CHARS for cell in cells):
            return
        yield cells
