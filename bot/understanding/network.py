"""One layer that learns the intents from messages' vectors and their letters.

The encoder was tuned until a line can part its topics; this layer draws the line anew at every
training, so that new examples and new topics count at once.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Fewer examples an intent than this are few.
FEW = 40
# Chosen by cross-validation over the training data; what concerns few examples, inside the
# training files of BANKING77.
_BATCH = 128
_EPOCHS = 4
# Where examples are few, four times through them are too few steps.
_MIN_STEPS = 150
_WARM_UP_STEPS = 50
# Steps of Adam (Kingma and Ba 2015).
_LEARNING_RATE = 3e-3
_MOMENTUM, _MEMORY, _EPSILON = 0.9, 0.999, 1e-8
# Share of a vector left out at random in each step.
_DROPOUT = 0.2
# Share of certainty spread over all intents: labels overlap.
_SMOOTHING = 0.05
# How much a vector's and the letters' weights count: larger ones learn faster. Letters mislead
# where an intent has few examples.
_VECTOR_SCALE = np.float32(10)
_LETTERS_SCALE = np.float32(40)
_LETTERS_SCALE_OF_FEW = np.float32(20)
_SEED = 1

Array = NDArray[Any]


@dataclass(frozen=True)
class Network:
    """One weight a vector's dimension and intent, and a bias an intent."""

    weights: Array
    bias: Array

    @classmethod
    def learn(cls, vectors: Array, letters: Array, rows: Array) -> tuple["Network", Array]:
        """Train on centred vectors, compressed letters and the intent's row an example.

        Gives the letters' weights too: float32, shape ``(letters, intents)``.
        """
        intents = int(rows.max()) + 1
        scale = _LETTERS_SCALE if len(rows) >= FEW * intents else _LETTERS_SCALE_OF_FEW
        training = _Training(vectors.shape[1], letters.shape[1], intents)
        vectors, letters = vectors * _VECTOR_SCALE, letters * scale
        for batch, pace in _schedule(len(rows), training.noise):
            training.step(vectors[batch], letters[batch], rows[batch], pace)
        values = training.parameters.values
        return cls(values["vector"] * _VECTOR_SCALE, values["bias"]), values["letters"] * scale

    def scores(self, vectors: Array) -> Array:
        """Score every intent: float32, shape ``(sentences, intents)``, letters not counted."""
        scores: Array = vectors @ self.weights + self.bias
        return scores

    def to_arrays(self) -> dict[str, Array]:
        """Give the arrays that ``from_arrays`` takes, fit for ``numpy.savez``."""
        return {"network_weights": self.weights, "network_bias": self.bias}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> "Network":
        """Rebuild the network from ``to_arrays``."""
        return cls(arrays["network_weights"], arrays["network_bias"])


class _Parameters:
    """Named arrays in one stretch of memory, so that Adam moves them all at once."""

    def __init__(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        size = sum(math.prod(shape) for shape in shapes.values())
        self._flat, self._gradient, self._first, self._second, self._work = np.zeros(
            (5, size), dtype=np.float32
        )
        self.values = _views(self._flat, shapes)
        self.gradients = _views(self._gradient, shapes)
        self._steps = 0

    def move(self, pace: float) -> None:
        """Take a step against the gradients; ``pace``: what share of a whole one."""
        self._steps += 1
        work = self._work
        self._first *= _MOMENTUM
        self._first += np.multiply(self._gradient, 1 - _MOMENTUM, out=work)
        self._second *= _MEMORY
        np.square(self._gradient, out=work)
        work *= 1 - _MEMORY
        self._second += work
        np.multiply(self._second, 1 / (1 - _MEMORY**self._steps), out=work)
        np.sqrt(work, out=work)
        work += _EPSILON
        np.divide(self._first, work, out=work)
        work *= _LEARNING_RATE * pace / (1 - _MOMENTUM**self._steps)
        self._flat -= work


def _views(flat: Array, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Array]:
    views, start = {}, 0
    for name, shape in shapes.items():
        views[name] = flat[start : start + math.prod(shape)].reshape(shape)
        start += math.prod(shape)
    return views


def _schedule(count: int, noise: np.random.Generator) -> Iterator[tuple[Array, float]]:
    """Give each step's examples and pace: up from zero, then down to it."""
    size = min(_BATCH, count)
    a_round = count // size
    rounds = max(_EPOCHS, math.ceil(_MIN_STEPS / a_round))
    steps = rounds * a_round
    step = 0
    for _ in range(rounds):
        order = noise.permutation(count)
        for start in range(0, a_round * size, size):
            step += 1
            yield order[start : start + size], min(1.0, step / _WARM_UP_STEPS) * (1 - step / steps)


class _Training:
    """The weights on their way, from nothing to what tells intents apart."""

    def __init__(self, dimensions: int, letters: int, intents: int) -> None:
        self.parameters = _Parameters(
            {"vector": (dimensions, intents), "letters": (letters, intents), "bias": (intents,)}
        )
        self.noise = np.random.default_rng(_SEED)

    def step(self, vectors: Array, letters: Array, rows: Array, pace: float) -> None:
        """Move against the gradients of one batch's cross-entropy."""
        kept = self.noise.random(vectors.shape, dtype=np.float32) >= _DROPOUT
        vectors = vectors * kept * np.float32(1 / (1 - _DROPOUT))
        values, gradients = self.parameters.values, self.parameters.gradients
        scores = vectors @ values["vector"]
        scores += letters @ values["letters"]
        error = _error(scores + values["bias"], rows)
        np.sum(error, axis=0, out=gradients["bias"])
        np.matmul(letters.T, error, out=gradients["letters"])
        np.matmul(vectors.T, error, out=gradients["vector"])
        self.parameters.move(pace)


def _error(scores: Array, rows: Array) -> Array:
    """Give what each score contributes too much to its row's cross-entropy."""
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares -= np.float32(_SMOOTHING / shares.shape[1])
    shares[np.arange(len(rows)), rows] -= np.float32(1 - _SMOOTHING)
    error: Array = shares / np.float32(len(rows))
    return error
