"""Charts as SVG, drawn on the server.

Colours come from the page's style sheet by class, never from a ``style`` attribute, which
the desk's Content-Security-Policy forbids. Each series has a pattern besides its colour.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 8, 20, 28
_MOST_LABELS = 10
_MOST_NUMBERED = 31
_ROW_HEIGHT, _BAR_HEIGHT, _BAR_WIDTH = 44, 16, 640
_MARKS = (
    "",
    "M-2 2L2 -2M0 8L8 0M6 10L10 6",
    "M2 2h2v2h-2z",
    "M0 4H8",
    "M0 0L8 8M0 8L8 0",
    "M4 0V8",
)
"""What is drawn over the colour of each series: nothing, strokes, dots, lines, a lattice."""
MOST_SERIES = len(_MARKS)


@dataclass(frozen=True)
class Chart:
    """What a chart says. ``ident``: unique on its page; ``description``: for who cannot see it."""

    ident: str
    title: str
    description: str


def columns(
    chart: Chart, labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]
) -> str:
    """Draw stacked columns over time, one a label; at most ``MOST_SERIES`` series."""
    sums = [sum(values) for values in zip(*(values for _, values in series), strict=True)]
    ticks = _ticks(max(sums, default=0))
    scale = (_HEIGHT - _TOP - _BOTTOM) / ticks[-1]
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, len(labels))
    parts = [_patterns(chart.ident, len(series))]
    for tick in ticks:
        y = _HEIGHT - _BOTTOM - tick * scale
        line = f'x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"'
        parts.append(f'<line class="grid" {line}/>')
        parts.append(_text(_LEFT - 6, y + 4, str(tick), anchor="end"))
    for column, total in enumerate(sums):
        x = _LEFT + column * step
        parts += _column(chart.ident, x, step, [values[column] for _, values in series], scale)
        if total and len(labels) <= _MOST_NUMBERED:
            y = _HEIGHT - _BOTTOM - total * scale - 4
            parts.append(_text(x + step / 2, y, str(total), anchor="middle"))
    every = -(-len(labels) // _MOST_LABELS)
    for column in range(0, len(labels), max(1, every)):
        x = _LEFT + (column + 0.5) * step
        parts.append(_text(x, _HEIGHT - 8, labels[column], anchor="middle"))
    return _svg(chart, _HEIGHT, parts)


def bars(chart: Chart, rows: Sequence[tuple[str, int]]) -> str:
    """Draw a bar a row, its words above it and its number at its end."""
    most = max((number for _, number in rows), default=0) or 1
    parts = [_patterns(chart.ident, 1)]
    for row, (words, number) in enumerate(rows):
        y, width = row * _ROW_HEIGHT, number * _BAR_WIDTH / most
        parts.append(_text(0, y + 16, words, anchor="start"))
        box = f'x="0" y="{y + 22}" width="{width:.1f}" height="{_BAR_HEIGHT}"'
        parts.append(f'<rect {box} fill="url(#{chart.ident}-0)"/>')
        parts.append(_text(width + 6, y + 35, str(number), anchor="start"))
    return _svg(chart, len(rows) * _ROW_HEIGHT, parts)


def swatch(ident: str, number: int) -> str:
    """Draw the mark of a series, for the legend of the chart called ``ident``."""
    return (
        '<svg class="swatch" width="28" height="16" aria-hidden="true">'
        f'<rect width="28" height="16" fill="url(#{ident}-{number})"/></svg>'
    )


def _column(
    ident: str, x: float, step: float, values: Sequence[int], scale: float
) -> Iterator[str]:
    y = float(_HEIGHT - _BOTTOM)
    for number, value in enumerate(values):
        if value > 0:
            height = value * scale
            y -= height
            box = f'x="{x + step * 0.1:.1f}" y="{y:.1f}" width="{step * 0.8:.1f}"'
            yield f'<rect {box} height="{height:.1f}" fill="url(#{ident}-{number})"/>'


def _ticks(most: int) -> list[int]:
    """Give round numbers from 0 to at least ``most``, five steps at most."""
    step = next(
        step
        for power in range(19)
        for step in (10**power, 2 * 10**power, 5 * 10**power)
        if step * 5 >= most
    )
    return list(range(0, max(most, 1) + step, step))[: -(-max(most, 1) // step) + 1]


def _patterns(ident: str, number: int) -> str:
    drawn = "".join(
        f'<pattern id="{ident}-{row}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect class="s{row}" width="8" height="8"/><path class="mark" d="{mark}"/></pattern>'
        for row, mark in enumerate(_MARKS[:number])
    )
    return f"<defs>{drawn}</defs>"


def _text(x: float, y: float, words: str, *, anchor: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text class="tick" {place}>{escape(words)}</text>'


def _svg(chart: Chart, height: int, parts: Sequence[str]) -> str:
    title, description = f"{chart.ident}-title", f"{chart.ident}-description"
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-labelledby="{title} {description}">'
        f'<title id="{title}">{escape(chart.title)}</title>'
        f'<desc id="{description}">{escape(chart.description)}</desc>' + "".join(parts) + "</svg>"
    )
