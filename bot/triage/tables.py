"""Tables that a mail program took apart, one cell a line, as Gmail does in plain text."""

from collections.abc import Iterator, Sequence

from bot.details.labels import named_detail

_MIN_COLUMNS = 3
# Only nine details have a name, and no name counts twice.
_MAX_COLUMNS = 10
_MAX_CELL_CHARS = 50


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
