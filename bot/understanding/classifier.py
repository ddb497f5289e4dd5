"""Which intent a message has, learnt from the training examples.

Two opinions are added up. A network (``network.py``) on two views of a message: its meaning
(the sentence encoder's features, equal across languages) and its letters (character and word
n-grams, robust against typing errors). The n-grams are compressed by a singular value
decomposition while training; the result is unfolded into one weight a gram, so that answering
costs a few table look-ups. And the cosine to the nearest example of each likely intent: a long
story lies far from the short questions that shape a border but often close to another story.

Confidence is the chance that the intent is the right one: a logistic curve (Platt 1999) over
the resulting probability.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.grams import ANALYZERS, Grams
from bot.understanding.network import FEW, Network
from bot.understanding.spelling import normalise
from bot.understanding.text import fold

# Weights of the letters beside the sentence vector (norm 1): our measurement on BANKING77,
# 10 examples an intent, 82.5 % against 81.6 % without the letters.
_CHARACTER_WEIGHT = 0.7
_WORD_WEIGHT = 0.5
# Dimensions of the compressed letters: 300 did worse on the development set, 1,000 take 12 s
# longer for little.
_SVD_DIMENSIONS = 600
# Every second of 25,551 examples takes 14 s, every third 10, but on the development set 9
# instead of 6 messages out of scope were then answered.
_SVD_EXAMPLES = 13000
_SEED = 1
# What one unit of cosine adds to the logarithm of the probability.
_NEIGHBOUR_WEIGHT = 8.0
# Only the likeliest intents are compared with their examples: all of them would cost
# 0.4 ms, and 7 of 978 development messages have their intent below the tenth place.
_CANDIDATES = 10
# Offset and slope of the logistic curve, fitted on 8,517 messages that a model trained on the
# other two thirds had not learnt: expected calibration error 0.006 (docs/understanding.md).
_PLATT_OFFSET = 0.357
_PLATT_SLOPE = 1.081
# Of 25,551 such messages none had a cosine below 0.1 to the nearest example of its likeliest
# intent, and one a cosine below 0.2: whatever has is like nothing learnt.
_UNLIKE, _LIKE = 0.1, 0.2
# Misspelt messages tried here kept 0.88 or more of their n-grams, keyboard noise about 0.5.
_MIN_FAMILIARITY = 0.6
_NO_LETTERS = re.compile(r"[\W_]{1,60}")
_WORD = re.compile(r"\w{1,256}")
# "Ok?" is no "ok"; in a sentence the marks between its words say little.
_SENTENCE = 4


@dataclass(frozen=True)
class Ranked:
    """One intent in the ranking of a message; both numbers lie between 0 and 1."""

    intent: str
    probability: float
    confidence: float


def named_intents(intents: Sequence[str]) -> list[tuple[str, str]]:
    """Give a text, made of its name, for each intent that has few examples.

    On BANKING77 with ten of them it brings half a point. Ours have more and need none.
    """
    counts = Counter(intents)
    return [
        (_NO_LETTERS.sub(" ", intent).strip(), intent)
        for intent in sorted(counts)
        if counts[intent] < FEW
    ]


class IntentModel:
    """The trained classifier.

    Its array ``vectors``: float32, shape ``(examples, dimensions)``, centred, of norm 1, rows
    of one intent together.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        # In the order in which an archive keeps them: sums then round alike before and after.
        self._arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        self.intents = [str(intent) for intent in arrays["intents"]]
        self._grams = [Grams.from_arrays(self._arrays, kind) for kind in ANALYZERS]
        self._network = Network.from_arrays(self._arrays)
        self._by_heart = {
            str(text): int(row)
            for text, row in zip(arrays["known"], arrays["known_intents"], strict=True)
        }

    @classmethod
    def learn(
        cls, texts: Sequence[str], vectors: NDArray[Any], intents: Sequence[str]
    ) -> "IntentModel":
        """Train on one text, its vector (norm 1) and its intent an example."""
        # Seconds of processor time that no start should spend.
        from scipy.sparse import hstack  # noqa: PLC0415
        from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415

        order = np.array(sorted(range(len(texts)), key=lambda row: (intents[row], row)))
        texts = [normalise(texts[row]) for row in order]
        names, starts, rows = np.unique(
            [intents[row] for row in order], return_index=True, return_inverse=True
        )
        mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
        vectors = _centred(vectors[order], mean)
        characters, character_matrix = Grams.learn(texts, "characters")
        words, word_matrix = Grams.learn(texts, "words")
        letters = hstack([character_matrix * _CHARACTER_WEIGHT, word_matrix * _WORD_WEIGHT]).tocsr()
        dimensions = min(_SVD_DIMENSIONS, letters.shape[1] - 1, len(texts) - 1)
        svd = TruncatedSVD(dimensions, n_iter=2, random_state=_SEED)
        svd.fit(letters[:: math.ceil(len(texts) / _SVD_EXAMPLES)])
        compressed = svd.transform(letters).astype(np.float32)
        network, letter_weights = Network.learn(vectors, compressed, rows)
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
                "known": np.array(list(known)),
                "known_intents": np.array(list(known.values()), dtype=np.int32),
                **network.to_arrays(),
                **characters.to_arrays(),
                **words.to_arrays(),
            }
        )

    def rank(self, text: str, vector: NDArray[Any], *, length: int = _CANDIDATES) -> list[Ranked]:
        """Rank the likeliest intents of a message, most confident first.

        ``vector``: of the normalised text, norm 1.
        """
        text = normalise(text)
        vector = _centred(vector[None, :], self._arrays["mean"])[0]
        scores = self._network.scores(vector[None, :])[0]
        for grams in self._grams:
            scores = scores + grams.scores(text)
        candidates = np.argsort(-scores)[:_CANDIDATES]
        nearest = np.array([self._nearest_cosine(row, vector) for row in candidates])
        scores = scores[candidates] + _NEIGHBOUR_WEIGHT * nearest
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        # Keyboard noise has no meaning, but the encoder gives it one all the same.
        known_share = self._grams[0].known_share(text)
        familiarity = known_share if known_share < _MIN_FAMILIARITY else 1.0
        ranking = [
            Ranked(
                self.intents[row],
                float(share),
                _calibrated(float(share) * familiarity * _likeness(float(cosine))),
            )
            for row, share, cosine in zip(candidates, shares, nearest, strict=True)
        ]
        ranking = sorted(ranking, key=lambda ranked: -ranked.probability)[:length]
        known = self._by_heart.get(_spoken(text))
        if known is not None:
            first = Ranked(self.intents[known], 1.0, 1.0)
            ranking = [first, *(r for r in ranking if r.intent != first.intent)][:length]
        return sorted(ranking, key=lambda ranked: -ranked.confidence)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Give the arrays the constructor takes, fit for ``numpy.savez``: no pickle."""
        return self._arrays

    def _nearest_cosine(self, row: int, vector: NDArray[Any]) -> float:
        start, end = self._arrays["starts"][row : row + 2]
        return float((self._arrays["vectors"][start:end] @ vector).max())


def _likeness(cosine: float) -> float:
    """Give less than 1 to a message that is like none of an intent's examples."""
    return min(max((cosine - _UNLIKE) / (_LIKE - _UNLIKE), 0.0), 1.0)


def _calibrated(share: float) -> float:
    """Turn a probability into the chance of being right, 0 to 1."""
    share = min(max(share, 1e-6), 1 - 1e-6)
    log_odds = _PLATT_SLOPE * math.log(share / (1 - share)) + _PLATT_OFFSET
    return 1 / (1 + math.exp(-log_odds))


def _centred(vectors: NDArray[Any], mean: NDArray[Any]) -> NDArray[Any]:
    """Take out what all sentences share; gives rows of norm 1."""
    moved = vectors - mean
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    centred: NDArray[Any] = moved / np.maximum(lengths, np.float32(1e-9))
    return centred


def _known(texts: Sequence[str], rows: NDArray[Any]) -> dict[str, int]:
    """Learn every example by heart that only one intent has."""
    meanings: dict[str, set[int]] = {}
    for text, row in zip(texts, rows, strict=True):
        meanings.setdefault(_spoken(text), set()).add(int(row))
    return {text: found.pop() for text, found in meanings.items() if len(found) == 1}


def _spoken(text: str) -> str:
    """Give a sentence as its words alone, and what is shorter with its marks."""
    folded = fold(text)
    words = _WORD.findall(folded)
    return " ".join(words) if len(words) >= _SENTENCE else folded
