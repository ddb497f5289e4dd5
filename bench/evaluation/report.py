"""The HTML report: figures, reliability curve, confusion plot, worst misses."""

from collections.abc import Mapping, Sequence
from math import sqrt

from jinja2 import Environment, PackageLoader

from bench.evaluation.figures import (
    Bin,
    calibration_error,
    confusions,
    figures,
    reliability,
    worst_misses,
)
from bench.evaluation.messages import Judged

_CONFUSIONS = 30
_MISSES = 60


def render(title: str, judged: Mapping[str, Sequence[Judged]]) -> str:
    """Write the report on the judged messages of each language, as one HTML page."""
    everything = [j for group in judged.values() for j in group]
    bins = reliability(everything)
    template = Environment(
        loader=PackageLoader("bench.evaluation", "."), autoescape=True
    ).get_template("report.html.j2")
    return template.render(
        title=title,
        figures={language: figures(group) for language, group in judged.items()},
        bins=bins,
        curve=" ".join(f"{b.confidence * 300:.1f},{300 - b.right * 300:.1f}" for b in bins),
        radii=_radii(bins),
        calibration_error=calibration_error(bins),
        confusions=confusions(everything)[:_CONFUSIONS],
        topics=_matrix(everything),
        misses=worst_misses(everything, _MISSES),
    )


def _radii(bins: Sequence[Bin]) -> list[float]:
    most = max((b.count for b in bins), default=1)
    return [3 + 9 * sqrt(b.count / most) for b in bins]


def _matrix(judged: Sequence[Judged]) -> dict[str, object]:
    """Lay out the confusion plot: a square a (meant, understood) pair, darker when frequent."""
    names = sorted({j.message.topic for j in judged} | {j.understood for j in judged})
    place = {name: row for row, name in enumerate(names)}
    totals = {name: sum(j.message.topic == name for j in judged) for name in names}
    counts: dict[tuple[str, str], int] = {}
    for j in judged:
        pair = (j.message.topic, j.understood)
        counts[pair] = counts.get(pair, 0) + 1
    cells = [
        {
            "x": place[understood],
            "y": place[meant],
            "share": times / totals[meant],
            "is_right": meant == understood,
            "title": f"{meant}, understood as {understood}: {times} of {totals[meant]}",
        }
        for (meant, understood), times in sorted(counts.items())
    ]
    return {"names": names, "cells": cells}
