"""The sentence encoder's last layers, which turn pooled tokens into a sentence vector.

The encoder comes with these layers (Yang et al. 2020, "Multilingual Universal Sentence
Encoder for Semantic Retrieval"). ``network.py`` starts from them and trains them further, so
they stand here with their gradients.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# A matrix product copies the weights before it starts, a product with one row does not: two
# rows one by one take 0.09 ms instead of 0.34 (1280 x 640, one core, 28/11/2026).
_FEW_ROWS = 4
# Keeps a zero vector from being divided by zero.
_TINY = np.float32(1e-12)


DIMENSIONS = 512
"""Of the encoder's sentence vectors."""


@dataclass(frozen=True)
class Encoded:
    """Sentences as the encoder sees them.

    ``vectors``: float32, shape ``(sentences, dimensions)``, rows of norm 1. ``alike`` and
    ``weighed``: float32, shape ``(sentences, features)``, sums over each sentence's tokens in
    two ways of weighing them, divided by ``root``; ``root``: the square root of the number of
    tokens, shape ``(sentences,)``.
    """

    vectors: Array
    alike: Array
    weighed: Array
    root: Array

    @classmethod
    def of_columns(cls, columns: Array, dimensions: int = DIMENSIONS) -> "Encoded":
        """Read what ``columns`` wrote."""
        seam = dimensions + (columns.shape[1] - dimensions - 1) // 2
        vectors, alike, weighed = np.split(columns[:, :-1], [dimensions, seam], axis=1)
        return cls(vectors, alike, weighed, columns[:, -1])

    @property
    def columns(self) -> Array:
        """One row a sentence: its vector, both sums and the root."""
        return np.hstack([self.vectors, self.alike, self.weighed, self.root[:, None]])

    @property
    def stacked(self) -> tuple[Array, Array]:
        """Give sums and roots, first of all sentences alike, then of all weighed."""
        return np.vstack([self.alike, self.weighed]), np.tile(self.root, 2)

    def take(self, rows: Array) -> "Encoded":
        """Choose sentences by their rows."""
        return Encoded(self.vectors[rows], self.alike[rows], self.weighed[rows], self.root[rows])


@dataclass(frozen=True)
class Layers:
    """What the layers make of pooled sentences on their way, kept for the gradients."""

    sums: Array
    roots: Array
    first: Array
    second: Array
    third: Array
    squashed: Array
    lengths: Array
    vectors: Array
    total: Array
    summed: Array


@dataclass(frozen=True)
class Head:
    """The layers' weights, by name; ``entry`` has the columns of two layers side by side."""

    weights: Mapping[str, Array]

    def embed(self, sums: Array, roots: Array) -> Array:
        """Give the sentences' vectors, float32, rows of norm 1; takes ``Encoded.stacked``."""
        return self.run(sums, roots).summed

    def run(self, sums: Array, roots: Array) -> Layers:
        """Compute every layer; takes ``Encoded.stacked``."""
        w = self.weights
        hidden = _times(sums, w["entry"])
        hidden += roots[:, None] * w["entry_bias"]
        width = w["d1"].shape[0]
        first = np.maximum(hidden[:, :width], 0)
        second = hidden[:, width:] + _times(first, w["d1"])
        np.maximum(second, 0, out=second)
        third = _times(second, w["d2"])
        np.maximum(third, 0, out=third)
        squashed = _times(second, w["p3"])
        squashed += _times(third, w["d3"])
        np.tanh(squashed, out=squashed)
        vectors, lengths = _normed(squashed)
        half = len(vectors) // 2
        summed, total = _normed(vectors[:half] + vectors[half:])
        return Layers(sums, roots, first, second, third, squashed, lengths, vectors, total, summed)

    def gradients(self, layers: Layers, wanted: Array, into: Mapping[str, Array]) -> None:
        """Write the weights' gradients ``into`` arrays; ``wanted``: that of ``layers.summed``."""
        w = self.weights
        of_sum = _through_norm(wanted, layers.summed, layers.total)
        of_squashed = _through_norm(np.tile(of_sum, (2, 1)), layers.vectors, layers.lengths)
        of_squashed *= 1 - layers.squashed**2
        np.matmul(layers.second.T, of_squashed, out=into["p3"])
        np.matmul(layers.third.T, of_squashed, out=into["d3"])
        of_third = of_squashed @ w["d3"].T
        of_third *= layers.third > 0
        np.matmul(layers.second.T, of_third, out=into["d2"])
        of_second = of_squashed @ w["p3"].T
        of_second += of_third @ w["d2"].T
        of_second *= layers.second > 0
        np.matmul(layers.first.T, of_second, out=into["d1"])
        of_first = of_second @ w["d1"].T
        of_first *= layers.first > 0
        of_hidden = np.hstack([of_first, of_second])
        np.matmul(layers.sums.T, of_hidden, out=into["entry"])
        np.matmul(layers.roots, of_hidden, out=into["entry_bias"])


def _times(rows: Array, weights: Array) -> Array:
    if len(rows) > _FEW_ROWS:
        many: Array = rows @ weights
        return many
    return np.stack([row @ weights for row in rows])


def _normed(rows: Array) -> tuple[Array, Array]:
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows) + _TINY)[:, None]
    return rows / lengths, lengths


def _through_norm(gradient: Array, unit: Array, lengths: Array) -> Array:
    along = np.einsum("ij,ij->i", gradient, unit)[:, None]
    through: Array = (gradient - unit * along) / lengths
    return through
