"""The layer that learns the intents, on made-up vectors."""

import numpy as np
import pytest

from bot.understanding import network as network_module
from bot.understanding.network import Network

DIMENSIONS, LETTERS = 8, 5
ROWS = np.repeat([0, 1, 2], 30)
CENTRES = np.random.default_rng(4).normal(size=(3, DIMENSIONS)).astype(np.float32)


def vectors(rows: np.ndarray, seed: int) -> np.ndarray:
    """Make a vector of norm 1 near the centre of each row."""
    near = CENTRES[rows] + np.random.default_rng(seed).normal(0, 0.3, (len(rows), DIMENSIONS))
    return (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)


def letters() -> np.ndarray:
    found = np.zeros((len(ROWS), LETTERS), dtype=np.float32)
    found[np.arange(len(ROWS)), ROWS] = 1
    return found


@pytest.fixture(scope="module")
def learnt() -> tuple[Network, np.ndarray]:
    return Network.learn(vectors(ROWS, 5), letters(), ROWS)


def test_it_tells_new_sentences_apart_and_letters_too(learnt: tuple[Network, np.ndarray]) -> None:
    network, letter_weights = learnt
    rows = np.tile([0, 1, 2], 10)

    scores = network.scores(vectors(rows, 6))

    assert (scores.argmax(axis=1) == rows).mean() > 0.9
    np.testing.assert_array_equal(letter_weights[:3].argmax(axis=1), [0, 1, 2])


def test_the_same_data_give_the_same_network_twice(learnt: tuple[Network, np.ndarray]) -> None:
    network, _ = learnt

    again, _ = Network.learn(vectors(ROWS, 5), letters(), ROWS)

    for name, array in network.to_arrays().items():
        np.testing.assert_array_equal(again.to_arrays()[name], array)


def test_letters_say_less_where_examples_are_few(
    learnt: tuple[Network, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, of_few = learnt
    monkeypatch.setattr(network_module, "FEW", 30)

    _, of_many = Network.learn(vectors(ROWS, 5), letters(), ROWS)

    assert np.abs(of_few).mean() < 0.8 * np.abs(of_many).mean()


def test_a_saved_network_scores_as_before(learnt: tuple[Network, np.ndarray]) -> None:
    network, _ = learnt

    restored = Network.from_arrays(network.to_arrays())

    np.testing.assert_array_equal(restored.scores(CENTRES), network.scores(CENTRES))
