"""Kernel regression on made-up vectors."""

import numpy as np
import pytest

from bot.understanding import kernel as kernel_module
from bot.understanding.kernel import Kernel, radial

RANDOM = np.random.default_rng(5)


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


ROWS = np.repeat([0, 1, 2], 20)
CENTRES = unit(RANDOM.normal(size=(3, 16)))
VECTORS = unit(CENTRES[ROWS] + RANDOM.normal(0, 0.2, (60, 16)))
LETTERS = RANDOM.normal(size=(60, 5)).astype(np.float32)
QUERY = unit(CENTRES[[1]])[0]


def test_with_a_landmark_for_every_example_it_is_kernel_ridge_regression() -> None:
    targets = np.eye(3)[ROWS] - 1 / 3
    gram = np.exp(2 * (VECTORS @ VECTORS.T - 1)) + 0.5 * LETTERS @ LETTERS.T
    dual = np.linalg.solve(gram + 0.1 * np.eye(60), targets)

    kernel, letter_weights = Kernel.learn(VECTORS, LETTERS, ROWS)

    expected = np.exp(2 * (VECTORS @ QUERY - 1)) @ dual
    np.testing.assert_allclose(kernel.scores(QUERY), expected, atol=1e-3)
    np.testing.assert_allclose(letter_weights, 0.5 * LETTERS.T @ dual, atol=1e-3)


def test_a_few_landmarks_know_every_intent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_module, "_LANDMARKS", 6)

    kernel, _ = Kernel.learn(VECTORS, LETTERS, ROWS)

    assert len(kernel.landmarks) == 6
    best = [int(kernel.scores(centre).argmax()) for centre in CENTRES]
    assert best == [0, 1, 2]


def test_the_same_sentence_twice_does_no_harm() -> None:
    twice = np.vstack([VECTORS, VECTORS])

    kernel, _ = Kernel.learn(twice, np.vstack([LETTERS, LETTERS]), np.tile(ROWS, 2))

    assert np.isfinite(kernel.weights).all()
    assert kernel.scores(QUERY).argmax() == 1


def test_nearness_is_one_for_equal_rows_and_falls() -> None:
    near = radial(VECTORS[:1], np.vstack([VECTORS[:1], -VECTORS[:1]]))

    np.testing.assert_allclose(near, [[1, np.exp(-4)]], atol=1e-5)
