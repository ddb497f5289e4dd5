"""Which intent a message has, learnt from the training examples.

A softmax regression on two views of a message: the meaning of the sentence (a
multilingual vector, equal across languages) and its letters (character and word
n-grams, robust against typing errors). The n-grams are compressed by a singular value
decomposition while training, which makes training ten times faster; the result is
unfolded into one weight a gram, so that answering costs a few table look-ups.

The regression draws one straight border around an intent. A long story lies far from the
short questions that shape that border but often close to another story, so the cosine to
the nearest examples of each likely intent is added to its score: stories of the
development set ranked right went from 77.8 % to 84.2 %, the rest stayed within half a point.

Confidence starts from the resulting probability times the cosine to the nearest example of
that intent: on three real chatbots' logs this tells messages that are out of scope from
the others better than the probability alone (area under the ROC curve 0.888 against
0.815, 0.777 against 0.737, 0.884 against 0.857). Platt scaling (1999) turns that product
into the chance that the intent is the right one.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.understanding.spelling import respell
from bot.understanding.text import clean, fold

# Weights of the letters beside the sentence vector (norm 1): our measurement on BANKING77,
# 10 examples an intent, 82.5 % against 81.6 % without the letters.
_CHARACTER_WEIGHT = 0.7
_WORD_WEIGHT = 0.5
# Strength of the regularisation and dimensions of the letters, chosen on the development set
# by the cost of docs/understanding.md: C 20 with 300 dimensions cost 124, this 108. 1,000
# dimensions cost 103.5 and take 12 s longer.
_C = 50.0
_SVD_DIMENSIONS = 600
# 100 iterations take 5 s longer and do no better on the development set (91.5 % against
# 91.8 % ranked first).
_MAX_ITERATIONS = 50
_SEED = 1
# How much one unit of cosine adds to the logarithm of the probability; 8 to 16 do equally
# well on the development set.
_NEIGHBOUR_WEIGHT = 12.0
# The mean over three neighbours: one alone is too often a chance likeness.
_NEIGHBOURS = 3
# Only the likeliest intents are compared with their examples: all of them would cost
# 0.4 ms, and 7 of 978 development messages have their intent below the tenth place.
_CANDIDATES = 10
# Slope and offset of the logistic curve, fitted on the development set; in ten-fold
# cross-validation the expected calibration error is 0.023, without the curve it was 0.33.
_PLATT_SLOPE = 2.24
_PLATT_OFFSET = 2.93
_MAX_CHARACTERS = 4
# Misspelt messages tried here kept 0.88 or more of their n-grams, keyboard noise about 0.5.
_MIN_FAMILIARITY = 0.6
# Under so many examples a gram seen once is no accident to drop but all there is.
_SMALL = 100


@dataclass(frozen=True)
class Ranked:
    """One intent in the ranking of a message; both numbers lie between 0 and 1."""

    intent: str
    probability: float
    confidence: float


def normalise(text: str) -> str:
    """Prepare a text for comparison: names spelt right, no invisible marks, digits alike."""
    return re.sub(r"\d", "0", respell(clean(text)))


class IntentModel:
    """The trained classifier.

    ``vectors``: float32, shape ``(examples, dimensions)``, rows of one intent together.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays = dict(arrays)
        self.intents = [str(intent) for intent in arrays["intents"]]
        self._grams = [_Grams.from_arrays(arrays, kind) for kind in _ANALYZERS]
        self._by_heart = {
            str(text): int(row)
            for text, row in zip(arrays["known"], arrays["known_intents"], strict=True)
        }

    @classmethod
    def learn(
        cls, texts: Sequence[str], vectors: NDArray[Any], intents: Sequence[str]
    ) -> "IntentModel":
        """Train on one text, sentence vector (float32, norm 1) and intent an example."""
        order = sorted(range(len(texts)), key=lambda row: (intents[row], row))
        texts = [normalise(texts[row]) for row in order]
        labels = np.array([intents[row] for row in order])
        vectors = np.ascontiguousarray(vectors[order], dtype=np.float32)
        characters, character_matrix = _Grams.learn(texts, "characters")
        words, word_matrix = _Grams.learn(texts, "words")
        letters = hstack([character_matrix * _CHARACTER_WEIGHT, word_matrix * _WORD_WEIGHT]).tocsr()
        dimensions = min(_SVD_DIMENSIONS, letters.shape[1] - 1, len(texts) - 1)
        svd = TruncatedSVD(dimensions, n_iter=2, random_state=_SEED).fit(letters)
        features = np.hstack([vectors, svd.transform(letters).astype(np.float32)])
        regression = LogisticRegression(C=_C, max_iter=_MAX_ITERATIONS, tol=1e-3)
        regression.fit(features, labels)
        names, starts = np.unique(labels, return_index=True)
        weights = (
            regression.coef_ if len(names) > 2 else np.vstack([-regression.coef_, regression.coef_])
        )
        bias = (
            regression.intercept_ if len(names) > 2 else np.array([0.0, regression.intercept_[0]])
        )
        split = vectors.shape[1]
        unfolded = (svd.components_.T @ weights[:, split:].T).astype(np.float32)
        seam = character_matrix.shape[1]
        characters.weights = unfolded[:seam] * np.float32(_CHARACTER_WEIGHT)
        words.weights = unfolded[seam:] * np.float32(_WORD_WEIGHT)
        known = _known(texts, labels, names)
        return cls(
            {
                "intents": names,
                "starts": np.append(starts, len(texts)),
                "vectors": vectors,
                "sentence_weights": weights[:, :split].T.astype(np.float32),
                "bias": bias.astype(np.float32),
                "known": np.array(list(known)),
                "known_intents": np.array(list(known.values()), dtype=np.int32),
                **characters.to_arrays(),
                **words.to_arrays(),
            }
        )

    def rank(self, text: str, vector: NDArray[Any], *, length: int = _CANDIDATES) -> list[Ranked]:
        """Rank the likeliest intents of a message, most confident first.

        ``vector``: the sentence vector of the normalised text, float32, shape ``(dimensions,)``.
        """
        text = normalise(text)
        scores = vector @ self._arrays["sentence_weights"] + self._arrays["bias"]
        for grams in self._grams:
            scores = scores + grams.scores(text)
        candidates = np.argsort(-scores)[:_CANDIDATES]
        nearest = [self._nearest_cosines(row, vector) for row in candidates]
        scores = scores[candidates] + _NEIGHBOUR_WEIGHT * np.array([c.mean() for c in nearest])
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        ranking = [
            Ranked(self.intents[row], float(share), float(share) * float(cosines.max()))
            for row, share, cosines in zip(candidates, shares, nearest, strict=True)
        ]
        ranking = sorted(ranking, key=lambda ranked: -ranked.probability)[:length]
        familiarity = self._grams[0].known_share(text)
        if familiarity < _MIN_FAMILIARITY:
            # Keyboard noise has no meaning, but the encoder gives it one all the same.
            ranking = [Ranked(r.intent, r.probability, r.confidence * familiarity) for r in ranking]
        ranking = [Ranked(r.intent, r.probability, _calibrated(r.confidence)) for r in ranking]
        known = self._by_heart.get(fold(text))
        if known is not None:
            first = Ranked(self.intents[known], 1.0, 1.0)
            ranking = [first, *(r for r in ranking if r.intent != first.intent)][:length]
        return sorted(ranking, key=lambda ranked: -ranked.confidence)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Give the arrays the constructor takes, fit for ``numpy.savez``: no pickle."""
        return self._arrays

    def _nearest_cosines(self, row: int, vector: NDArray[Any]) -> NDArray[Any]:
        start, end = self._arrays["starts"][row : row + 2]
        cosines: NDArray[Any] = self._arrays["vectors"][start:end] @ vector
        return np.sort(cosines)[-_NEIGHBOURS:]


def _calibrated(closeness: float) -> float:
    """Turn probability x cosine into the chance of being right, 0 to 1."""
    share = min(max(closeness, 1e-6), 1 - 1e-6)
    log_odds = _PLATT_SLOPE * math.log(share / (1 - share)) + _PLATT_OFFSET
    return 1 / (1 + math.exp(-log_odds))


def _known(texts: Sequence[str], labels: NDArray[Any], names: NDArray[Any]) -> dict[str, int]:
    """Learn every example by heart that only one intent has."""
    rows = {name: row for row, name in enumerate(names)}
    meanings: dict[str, set[int]] = {}
    for text, label in zip(texts, labels, strict=True):
        meanings.setdefault(fold(text), set()).add(rows[label])
    return {text: found.pop() for text, found in meanings.items() if len(found) == 1}


class _Grams:
    """Tf-idf weighted n-grams of characters or words, with one weight an intent each.

    Training counts with scikit-learn; answering counts by hand, since one message at a
    time its vectorizer takes ten times as long as the arithmetic.
    """

    def __init__(self, kind: str, index: Mapping[str, int], idf: NDArray[Any]) -> None:
        self._kind = kind
        self._index = index
        self._idf = idf
        self.weights = np.zeros((len(index), 0), dtype=np.float32)

    @classmethod
    def learn(cls, texts: Sequence[str], kind: str) -> tuple["_Grams", csr_matrix]:
        """Count the n-grams of ``texts``; gives their matrix, rows of norm 1, as well."""
        vectorizer = TfidfVectorizer(
            analyzer=_ANALYZERS[kind],
            min_df=2 if len(texts) > _SMALL else 1,
            sublinear_tf=True,
            dtype=np.float32,
        )
        matrix = vectorizer.fit_transform(texts)
        return cls(kind, vectorizer.vocabulary_, vectorizer.idf_.astype(np.float32)), matrix

    def scores(self, text: str) -> NDArray[Any]:
        """Add up the weights of the n-grams of ``text``: float32, shape ``(intents,)``."""
        counts = Counter(
            row
            for gram in _ANALYZERS[self._kind](text)
            if (row := self._index.get(gram)) is not None
        )
        if not counts:
            return np.zeros(self.weights.shape[1], dtype=np.float32)
        rows = np.fromiter(counts.keys(), dtype=np.int64)
        times = np.fromiter(counts.values(), dtype=np.float32)
        values = (1.0 + np.log(times)) * self._idf[rows]
        scores: NDArray[Any] = (values / np.linalg.norm(values)) @ self.weights[rows]
        return scores

    def known_share(self, text: str) -> float:
        """Give the share of the n-grams of ``text`` that training has seen, 0 to 1."""
        grams = _ANALYZERS[self._kind](text)
        return sum(gram in self._index for gram in grams) / len(grams) if grams else 1.0

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        grams = sorted(self._index, key=self._index.__getitem__)
        return {
            f"{self._kind}_grams": np.array(grams),
            f"{self._kind}_idf": self._idf,
            f"{self._kind}_weights": self.weights,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], kind: str) -> "_Grams":
        index = {str(gram): row for row, gram in enumerate(arrays[f"{kind}_grams"])}
        grams = cls(kind, index, arrays[f"{kind}_idf"])
        grams.weights = arrays[f"{kind}_weights"]
        return grams


def _character_grams(text: str) -> list[str]:
    """Cut each word, with a space around it, into one to four characters."""
    return [
        padded[start : start + size]
        for word in text.lower().split()
        for padded in [f" {word} "]
        for size in range(1, _MAX_CHARACTERS + 1)
        for start in range(len(padded) - size + 1)
    ]


def _word_grams(text: str) -> list[str]:
    """Give the words and the pairs of neighbours."""
    words = re.findall(r"\w+", text.lower())
    return words + [f"{first} {second}" for first, second in pairwise(words)]


_ANALYZERS: Mapping[str, Callable[[str], list[str]]] = {
    "characters": _character_grams,
    "words": _word_grams,
}
