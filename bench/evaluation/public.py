"""Public data sets: the same classifier trained on them, to compare with others.

BANKING77 (PolyAI, CC BY 4.0, Casanueva et al. 2020), CLINC150 (CC BY 3.0, Larson et al. 2019) and
HWU64 (CC BY 4.0, Liu et al. 2019). The files are not part of this project: ``CYBO_BENCH_DATA``
names the folder that holds ``banking77/train10.csv``, ``test.csv`` and so on (columns text,
intent), and ``clinc150/oos.csv``, messages that belong to no intent.
"""

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from bench.evaluation.figures import Figure
from bot.nlu.encoder import encode_on_every_core
from bot.nlu.intent_classifier import learn_intents
from bot.understanding.classifier import IntentModel, Ranked
from bot.understanding.spelling import normalise

VARIABLE = "CYBO_BENCH_DATA"
_OUTSIDE = 0.97


@dataclass(frozen=True)
class Set:
    """A data set, how many examples an intent it is learnt from, and what was promised."""

    name: str
    examples: int
    target: float


SETS = (
    Set("banking77", 10, 0.87),
    Set("banking77", 30, 0.92),
    Set("clinc150", 10, 0.935),
    Set("hwu64", 10, 0.86),
)


def folder() -> Path | None:
    """Give the folder with the data, if there is one."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named and Path(named).is_dir() else None


def public_figures(data: Path) -> Iterator[Figure]:
    """Train on each set that is there and give the share of its test messages ranked right.

    Beside it logistic regression on the same vectors and letters; for CLINC150 the area below the
    ROC curve of telling messages that belong to no intent.
    """
    for entry in SETS:
        path = data / entry.name
        if not path.is_dir():
            continue
        texts, intents = _read(path / f"train{entry.examples}.csv")
        vectors = _encode(texts)
        tests, wanted = _read(path / "test.csv")
        model = learn_intents(texts, vectors, intents)
        label = f"{entry.name}, {entry.examples} examples an intent"
        ranked = _ranked(model, tests)
        yield Figure(
            label, _accuracy([r.intent for r in ranked], wanted), len(wanted), entry.target
        )
        plain = _logistic(texts, vectors, intents, tests)
        yield Figure("  logistic regression", _accuracy(plain, wanted), len(wanted))
        if (path / "oos.csv").exists():
            outside = _ranked(model, _read(path / "oos.csv")[0])
            scores = [r.confidence for r in (*ranked, *outside)]
            is_inside = [1] * len(ranked) + [0] * len(outside)
            area = float(roc_auc_score(is_inside, scores))
            yield Figure("  out of scope: area below ROC", area, len(outside), _OUTSIDE)


def _ranked(model: IntentModel, texts: Sequence[str]) -> list[Ranked]:
    return [
        max(model.rank(text, vector), key=lambda r: r.probability)
        for text, vector in zip(texts, _encode(texts), strict=True)
    ]


def _logistic(
    texts: Sequence[str], vectors: NDArray[Any], intents: Sequence[str], tests: Sequence[str]
) -> list[str]:
    """Rank by scikit-learn's logistic regression on vectors and tf-idf of letters and words."""
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)

    def features(some: Sequence[str], rows: NDArray[Any], *, fit: bool) -> csr_matrix:
        named = [normalise(text) for text in some]
        parts = [v.fit_transform(named) if fit else v.transform(named) for v in (characters, words)]
        return hstack([csr_matrix(rows), 0.7 * parts[0], 0.5 * parts[1]]).tocsr()

    model = LogisticRegression(C=20, max_iter=300)
    model.fit(features(texts, vectors, fit=True), intents)
    return [str(i) for i in model.predict(features(tests, _encode(tests), fit=False))]


def _accuracy(found: Sequence[str], wanted: Sequence[str]) -> float:
    return float(np.mean([f == w for f, w in zip(found, wanted, strict=True)]))


def _read(path: Path) -> tuple[list[str], list[str]]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [row["intent"] for row in rows]


def _encode(texts: Sequence[str]) -> NDArray[Any]:
    return encode_on_every_core([normalise(text) for text in texts])
