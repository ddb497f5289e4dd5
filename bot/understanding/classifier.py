"""Which intent a message has, learnt from the training examples.

Three opinions are added up. A softmax regression on two views of a message: the meaning of
the sentence (a multilingual vector, equal across languages) and its letters (character and
word n-grams, robust against typing errors). The n-grams are compressed by a singular value
decomposition while training, which makes training ten times faster; the result is
unfolded into one weight a gram, so that answering costs a few table look-ups. A kernel
regression on the same views (``kernel.py``), whose borders bend. And the cosine to the
nearest examples of each likely intent: a long story lies far from the short questions that
shape a border but often close to another story.

Confidence starts from the resulting probability times the cosine to the nearest example of
that intent: on three real chatbots' logs this tells messages that are out of scope from
the others better than the probability alone (area under the ROC curve 0.888 against
0.815, 0.777 against 0.737, 0.884 against 0.857). Platt scaling (1999) turns that product
into the chance that the intent is the right one.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import LogisticRegression

from bot.understanding.grams import ANALYZERS, Grams
from bot.understanding.kernel import Kernel
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
# Every second of 18,800 examples: 18 s instead of 35, and 43.5 instead of 45.5 % of the
# letters' variance kept.
_SVD_EXAMPLES = 9000
# 100 iterations take 5 s longer and do no better on the development set (91.5 % against
# 91.8 % ranked first).
_MAX_ITERATIONS = 50
_SEED = 1
# What one unit of the kernel's score and of cosine adds to the logarithm of the probability.
_KERNEL_WEIGHT = 8.0
_NEIGHBOUR_WEIGHT = 8.0
# Where examples are few the intent's own name is one more: on BANKING77 with ten it brings
# half a point. Ours have more and need none.
_FEW = 40
# The mean over three neighbours: one alone is too often a chance likeness.
_NEIGHBOURS = 3
# Only the likeliest intents are compared with their examples: all of them would cost
# 0.4 ms, and 7 of 978 development messages have their intent below the tenth place.
_CANDIDATES = 10
# Slope and offset of the logistic curve, fitted on the development set; in ten-fold
# cross-validation the expected calibration error is 0.023, without the curve it was 0.33.
_PLATT_SLOPE = 2.31
_PLATT_OFFSET = 3.23
# Misspelt messages tried here kept 0.88 or more of their n-grams, keyboard noise about 0.5.
_MIN_FAMILIARITY = 0.6


@dataclass(frozen=True)
class Ranked:
    """One intent in the ranking of a message; both numbers lie between 0 and 1."""

    intent: str
    probability: float
    confidence: float


def normalise(text: str) -> str:
    """Prepare a text for comparison: names spelt right, no invisible marks, digits alike."""
    return re.sub(r"\d", "0", respell(clean(text)))


def named_intents(intents: Sequence[str]) -> list[tuple[str, str]]:
    """Give a text, made of its name, for each intent that has few examples."""
    counts = Counter(intents)
    return [
        (re.sub(r"[\W_]+", " ", intent).strip(), intent)
        for intent in sorted(counts)
        if counts[intent] < _FEW
    ]


class IntentModel:
    """The trained classifier.

    ``vectors``: float32, shape ``(examples, dimensions)``, centred, of norm 1, rows of one
    intent together.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        # In the order in which an archive keeps them: sums then round alike before and after.
        self._arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        self.intents = [str(intent) for intent in arrays["intents"]]
        self._grams = [Grams.from_arrays(self._arrays, kind) for kind in ANALYZERS]
        self._kernel = Kernel(self._arrays["landmarks"], self._arrays["landmark_weights"])
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
        names, starts, rows = np.unique(
            [intents[row] for row in order], return_index=True, return_inverse=True
        )
        mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
        vectors = _centred(np.asarray(vectors[order], dtype=np.float32), mean)
        characters, character_matrix = Grams.learn(texts, "characters")
        words, word_matrix = Grams.learn(texts, "words")
        letters = hstack([character_matrix * _CHARACTER_WEIGHT, word_matrix * _WORD_WEIGHT]).tocsr()
        dimensions = min(_SVD_DIMENSIONS, letters.shape[1] - 1, len(texts) - 1)
        svd = TruncatedSVD(dimensions, n_iter=2, random_state=_SEED)
        svd.fit(letters[:: max(1, len(texts) // _SVD_EXAMPLES)])
        compressed = svd.transform(letters).astype(np.float32)
        kernel, letter_weights = Kernel.learn(vectors, compressed, rows)
        weights, bias = _regress(np.hstack([vectors, compressed]), rows)
        split = vectors.shape[1]
        letter_weights = weights[split:] + _KERNEL_WEIGHT * letter_weights
        unfolded = (svd.components_.T @ letter_weights).astype(np.float32)
        seam = character_matrix.shape[1]
        characters.weights = unfolded[:seam] * np.float32(_CHARACTER_WEIGHT)
        words.weights = unfolded[seam:] * np.float32(_WORD_WEIGHT)
        known = _known(texts, rows)
        return cls(
            {
                "intents": names,
                "starts": np.append(starts, len(texts)),
                "mean": mean,
                "vectors": vectors,
                "sentence_weights": weights[:split],
                "bias": bias,
                "landmarks": kernel.landmarks,
                "landmark_weights": kernel.weights,
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
        vector = _centred(vector[None, :], self._arrays["mean"])[0]
        scores = vector @ self._arrays["sentence_weights"] + self._arrays["bias"]
        scores = scores + _KERNEL_WEIGHT * self._kernel.scores(vector)
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


def _centred(vectors: NDArray[Any], mean: NDArray[Any]) -> NDArray[Any]:
    """Take out what all sentences share; gives rows of norm 1."""
    moved = vectors - mean
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    centred: NDArray[Any] = moved / np.maximum(lengths, np.float32(1e-9))
    return centred


def _regress(features: NDArray[Any], rows: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Fit the softmax regression: weights ``(features, intents)`` and bias, float32."""
    regression = LogisticRegression(C=_C, max_iter=_MAX_ITERATIONS, tol=1e-3).fit(features, rows)
    weights, bias = regression.coef_, regression.intercept_
    if len(weights) == 1:  # scikit-learn keeps one border between two intents
        weights, bias = np.vstack([-weights, weights]), np.array([0.0, bias[0]])
    return weights.T.astype(np.float32), bias.astype(np.float32)


def _known(texts: Sequence[str], rows: NDArray[Any]) -> dict[str, int]:
    """Learn every example by heart that only one intent has."""
    meanings: dict[str, set[int]] = {}
    for text, row in zip(texts, rows, strict=True):
        meanings.setdefault(fold(text), set()).add(int(row))
    return {text: found.pop() for text, found in meanings.items() if len(found) == 1}
