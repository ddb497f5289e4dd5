"""A network that learns the intents, starting from the sentence encoder's own last layers.

Vectors made for comparing sentences in general do not tell the topics of one helpdesk apart
as well as they could. Here the encoder's last layers are trained further, together with one
weight a letter n-gram and intent. In three-fold cross-validation over the training data this
network ranks more messages right than a softmax regression on the encoder's vectors and the
same letters (docs/understanding.md).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.head import Encoded, Head

# Fewer examples an intent than this are few.
FEW = 40
# Chosen by cross-validation over the training data; what concerns few examples, inside the
# training files of BANKING77.
_BATCH = 128
_EPOCHS = 4
# Where examples are few, four times through them are too few steps.
_MIN_STEPS = 150
_WARM_UP_STEPS = 50
# Steps of Adam (Kingma and Ba 2015) for what was trained before, and for what starts at zero.
_TUNING_RATE = 1e-3
_LEARNING_RATE = 3e-3
_MOMENTUM, _MEMORY, _EPSILON = 0.9, 0.999, 1e-8
# Share of the pooled features left out at random in each step.
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
    """The tuned layers (``head``) and one weight a vector's dimension and intent."""

    head: Head
    weights: Array
    bias: Array

    @classmethod
    def learn(
        cls, head: Head, encoded: Encoded, letters: Array, rows: Array
    ) -> tuple["Network", Array]:
        """Train on encoded sentences, compressed letters and the intent's row an example.

        Gives the letters' weights too: float32, shape ``(letters, intents)``.
        """
        mean = head.embed(*encoded.stacked).mean(axis=0)
        intents = int(rows.max()) + 1
        scale = _LETTERS_SCALE if len(rows) >= FEW * intents else _LETTERS_SCALE_OF_FEW
        training = _Training(head, mean, letters.shape[1], intents)
        letters = letters * scale
        for batch, pace in _schedule(len(rows), training.noise):
            training.step(encoded.take(batch), letters[batch], rows[batch], pace)
        values = training.parameters.values
        weights = values["vector"] * _VECTOR_SCALE
        bias = values["bias"] - mean @ weights
        return cls(training.head, weights, bias), values["letters"] * scale

    def scores(self, encoded: Encoded) -> Array:
        """Score every intent: float32, shape ``(sentences, intents)``, letters not counted."""
        scores: Array = self.head.embed(*encoded.stacked) @ self.weights + self.bias
        return scores

    def to_arrays(self) -> dict[str, Array]:
        """Give the arrays that ``from_arrays`` takes, fit for ``numpy.savez``."""
        layers = {f"network_{name}": array for name, array in self.head.weights.items()}
        return {**layers, "network_weights": self.weights, "network_bias": self.bias}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> "Network":
        """Rebuild the network from ``to_arrays``."""
        named = {
            name.removeprefix("network_"): array
            for name, array in arrays.items()
            if name.startswith("network_")
        }
        weights, bias = named.pop("weights"), named.pop("bias")
        return cls(Head(named), weights, bias)


class _Parameters:
    """Named arrays in one stretch of memory, so that Adam moves them all at once."""

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], rates: Mapping[str, float]) -> None:
        size = sum(math.prod(shape) for shape in shapes.values())
        self._flat, self._gradient, self._first, self._second, self._work = np.zeros(
            (5, size), dtype=np.float32
        )
        self.values = _views(self._flat, shapes)
        self.gradients = _views(self._gradient, shapes)
        self._rates = np.empty(size, dtype=np.float32)
        for name, view in _views(self._rates, shapes).items():
            view[:] = rates.get(name, _LEARNING_RATE)
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
        work *= self._rates
        work *= pace / (1 - _MOMENTUM**self._steps)
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
    """The layers on their way from what the encoder came with to what tells intents apart."""

    def __init__(self, head: Head, mean: Array, letters: int, intents: int) -> None:
        shapes = {name: array.shape for name, array in head.weights.items()}
        new = {
            "vector": (len(mean), intents),
            "letters": (letters, intents),
            "bias": (intents,),
        }
        self.parameters = _Parameters({**shapes, **new}, dict.fromkeys(shapes, _TUNING_RATE))
        for name, array in head.weights.items():
            self.parameters.values[name][:] = array
        self.head = Head({name: self.parameters.values[name] for name in shapes})
        self.noise = np.random.default_rng(_SEED)
        self._mean = mean

    def step(self, encoded: Encoded, letters: Array, rows: Array, pace: float) -> None:
        """Move against the gradients of one batch's cross-entropy."""
        sums, roots = encoded.stacked
        sums *= self.noise.random(sums.shape, dtype=np.float32) >= _DROPOUT
        sums *= np.float32(1 / (1 - _DROPOUT))
        layers = self.head.run(sums, roots)
        values, gradients = self.parameters.values, self.parameters.gradients
        centred = layers.summed - self._mean
        scores = _VECTOR_SCALE * (centred @ values["vector"])
        scores += letters @ values["letters"]
        error = _error(scores + values["bias"], rows)
        np.sum(error, axis=0, out=gradients["bias"])
        np.matmul(letters.T, error, out=gradients["letters"])
        error *= _VECTOR_SCALE
        np.matmul(centred.T, error, out=gradients["vector"])
        self.head.gradients(layers, error @ values["vector"].T, gradients)
        self.parameters.move(pace)


def _error(scores: Array, rows: Array) -> Array:
    """Give what each score contributes too much to its row's cross-entropy."""
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares -= np.float32(_SMOOTHING / shares.shape[1])
    shares[np.arange(len(rows)), rows] -= np.float32(1 - _SMOOTHING)
    error: Array = shares / np.float32(len(rows))
    return error
