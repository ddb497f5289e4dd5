"""Counting letters and words: n-grams with one weight an intent each."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_MAX_CHARACTERS = 4
# Under so many examples a gram seen once is no accident to drop but all there is.
_SMALL = 100
_WORD = re.compile(r"\w{1,256}")


class Grams:
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
    def learn(cls, texts: Sequence[str], kind: str) -> tuple["Grams", "csr_matrix"]:
        """Count the n-grams of ``texts``; gives their matrix, rows of norm 1, as well."""
        # A second of processor time that only a training needs to spend.
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

        vectorizer = TfidfVectorizer(
            analyzer=ANALYZERS[kind],
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
            for gram in ANALYZERS[self._kind](text)
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
        grams = ANALYZERS[self._kind](text)
        return sum(gram in self._index for gram in grams) / len(grams) if grams else 1.0

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Give the arrays that ``from_arrays`` takes, fit for ``numpy.savez``."""
        grams = sorted(self._index, key=self._index.__getitem__)
        return {
            f"{self._kind}_grams": np.array(grams),
            f"{self._kind}_idf": self._idf,
            f"{self._kind}_weights": self.weights,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], kind: str) -> "Grams":
        """Rebuild n-grams from ``to_arrays``."""
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
    words = _WORD.findall(text.lower())
    return words + [f"{first} {second}" for first, second in pairwise(words)]


ANALYZERS: Mapping[str, Callable[[str], list[str]]] = {
    "characters": _character_grams,
    "words": _word_grams,
}
