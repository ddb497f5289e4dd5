"""BANKING77: the same classifier trained on a public data set, to compare with others.

PolyAI, CC BY 4.0, Casanueva et al. 2020 (arXiv 2003.04807). The files are not part of this
project: ``CYBO_BENCH_DATA`` names the folder that holds ``banking77/train10.csv``,
``train30.csv`` and ``test.csv`` (columns text, intent).
"""

import csv
import os
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from bot.nlu.encoder import encode_many
from bot.nlu.intent_classifier import learn_intents
from bot.understanding.spelling import normalise

VARIABLE = "CYBO_BENCH_DATA"
TARGETS = {"train10": 0.87, "train30": 0.92}


def folder() -> Path | None:
    """Give the folder with the data, if there is one."""
    named = os.environ.get(VARIABLE)
    path = Path(named) / "banking77" if named else None
    return path if path and path.is_dir() else None


def accuracy(data: Path, training: str) -> float:
    """Train on one file and give the share of ``test.csv`` that is ranked right."""
    texts, intents = _read(data / f"{training}.csv")
    model = learn_intents(texts, _encode(texts), intents)
    texts, intents = _read(data / "test.csv")
    ranked = (
        max(model.rank(text, vector), key=lambda r: r.probability).intent
        for text, vector in zip(texts, _encode(texts), strict=True)
    )
    return sum(map(str.__eq__, ranked, intents)) / len(intents)


def _read(path: Path) -> tuple[list[str], list[str]]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [row["intent"] for row in rows]


def _encode(texts: list[str]) -> NDArray[Any]:
    return encode_many([normalise(text) for text in texts])
