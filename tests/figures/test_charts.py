"""Charts: well-formed, in proportion, readable without colours, and safe under a strict policy."""

import re
from xml.etree import ElementTree

import pytest

from bot.figures.charts import MOST_SERIES, Chart, bars, columns, swatch

CHART = Chart("c", "Gesprekken", "web: 3; <b>")
SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(
        svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    )


def heights(svg: str) -> list[float]:
    rects = [r for r in parsed(svg).iter(f"{SVG}rect") if "url(#" in r.get("fill", "")]
    return [float(r.get("height", "")) for r in rects]


def test_a_chart_is_named_and_described_for_who_cannot_see_it() -> None:
    svg = parsed(columns(CHART, ["24/11"], [("web", [3])]))

    assert svg.get("role") == "img"
    named = {element.get("id"): element.text for element in svg if element.get("id")}
    assert [named[ident] for ident in svg.get("aria-labelledby", "").split()] == [
        "Gesprekken",
        "web: 3; <b>",
    ]


def test_columns_are_as_high_as_their_numbers_and_stand_on_each_other() -> None:
    svg = columns(CHART, ["a", "b"], [("x", [10, 5]), ("y", [0, 5])])

    assert len(heights(svg)) == 3
    assert heights(svg)[0] == pytest.approx(2 * heights(svg)[1], abs=0.2)
    assert heights(svg)[1] == pytest.approx(heights(svg)[2], abs=0.2)


def test_bars_are_as_long_as_their_numbers() -> None:
    svg = bars(CHART, [("veel", 10), ("<weinig>", 1)])

    rects = [r for r in parsed(svg).iter(f"{SVG}rect") if "url(#" in r.get("fill", "")]
    assert [float(r.get("width", "")) for r in rects] == [640.0, 64.0]
    assert "&lt;weinig&gt;" in svg


def test_every_series_has_a_pattern_of_its_own() -> None:
    series = [(str(n), [n + 1]) for n in range(MOST_SERIES)]

    patterns = list(parsed(columns(CHART, ["a"], series)).iter(f"{SVG}pattern"))

    marks = {path.get("d") for pattern in patterns for path in pattern.iter(f"{SVG}path")}
    assert len(patterns) == len(marks) == MOST_SERIES
    assert "url(#c-2)" in swatch("c", 2)


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (0, ["0", "1"]),
        (1, ["0", "1"]),
        (5, ["0", "1", "2", "3", "4", "5"]),
        (7, ["0", "2", "4", "6", "8"]),
        (1234, ["0", "500", "1000", "1500"]),
    ],
)
def test_the_axis_has_round_numbers_up_to_the_highest_column(most: int, ticks: list[str]) -> None:
    svg = columns(CHART, ["a"], [("x", [most])])

    assert re.findall(r'text-anchor="end">([^<]*)<', svg) == ticks


def test_many_days_have_a_few_labels() -> None:
    svg = columns(CHART, [f"dag {n}" for n in range(90)], [("x", [1] * 90)])

    assert svg.count("dag ") == 10


@pytest.mark.parametrize(
    "svg", [columns(CHART, ["a"], [("x", [1])]), columns(CHART, [], [("x", [])]), bars(CHART, [])]
)
def test_nothing_in_a_chart_needs_more_than_the_policy_allows(svg: str) -> None:
    assert parsed(svg) is not None
    assert not re.search(r"style=|<script|\son\w+=|href=|https?:", svg)
