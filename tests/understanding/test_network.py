"""The network and the layers it starts from, on made-up sentences."""

from dataclasses import replace

import numpy as np
import pytest

from bot.understanding import network as network_module
from bot.understanding.head import Encoded, Head
from bot.understanding.network import Network

FEATURES, WIDTH, DIMENSIONS, LETTERS = 12, 6, 8, 5
SHAPES = {
    "entry": (FEATURES, 2 * WIDTH),
    "entry_bias": (2 * WIDTH,),
    "d1": (WIDTH, WIDTH),
    "d2": (WIDTH, DIMENSIONS),
    "p3": (WIDTH, DIMENSIONS),
    "d3": (DIMENSIONS, DIMENSIONS),
}


def random_head(seed: int, kind: type = np.float32) -> Head:
    random = np.random.default_rng(seed)
    return Head({name: random.normal(0, 0.5, shape).astype(kind) for name, shape in SHAPES.items()})


def sentences(head: Head, centres: np.ndarray, seed: int) -> Encoded:
    """Make a sentence near each centre; the two ways of weighing tokens differ a little."""
    random = np.random.default_rng(seed)
    alike, weighed = (centres + random.normal(0, 0.3, centres.shape) for _ in range(2))
    root = random.uniform(1, 3, len(centres))
    encoded = Encoded(np.empty((len(centres), 0)), alike, weighed, root)
    return replace(encoded, vectors=head.embed(*encoded.stacked))


def test_columns_are_read_as_they_were_written() -> None:
    encoded = sentences(random_head(1), np.ones((3, FEATURES)), seed=2)

    read = Encoded.of_columns(encoded.columns, DIMENSIONS)

    for name in ("vectors", "alike", "weighed", "root"):
        np.testing.assert_array_equal(getattr(read, name), getattr(encoded, name))


def test_vectors_have_norm_one() -> None:
    encoded = sentences(random_head(1), np.ones((3, FEATURES)), seed=2)

    np.testing.assert_allclose(np.linalg.norm(encoded.vectors, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("name", SHAPES)
def test_a_gradient_says_how_much_the_sum_moves_with_each_weight(name: str) -> None:
    head = random_head(1, np.float64)
    encoded = sentences(head, np.ones((4, FEATURES)), seed=2)
    wanted = np.random.default_rng(3).normal(size=(4, DIMENSIONS))
    gradients = {layer: np.zeros(shape) for layer, shape in SHAPES.items()}

    head.gradients(head.run(*encoded.stacked), wanted, gradients)

    weights, step = head.weights[name], 1e-6
    expected = np.zeros_like(weights)
    for place in np.ndindex(weights.shape):
        weights[place] += step
        above = (head.embed(*encoded.stacked) * wanted).sum()
        weights[place] -= 2 * step
        expected[place] = (above - (head.embed(*encoded.stacked) * wanted).sum()) / (2 * step)
        weights[place] += step
    assert np.abs(expected).max() > 0
    np.testing.assert_allclose(gradients[name], expected, atol=1e-6)


@pytest.fixture(scope="module")
def learnt() -> tuple[Head, np.ndarray, Network, np.ndarray]:
    head = random_head(1)
    centres = np.random.default_rng(4).normal(size=(3, FEATURES)).astype(np.float32)
    rows = np.repeat([0, 1, 2], 30)
    letters = np.zeros((90, LETTERS), dtype=np.float32)
    letters[np.arange(90), rows] = 1
    return head, centres, *Network.learn(head, sentences(head, centres[rows], 5), letters, rows)


def test_it_tells_new_sentences_apart_and_letters_too(
    learnt: tuple[Head, np.ndarray, Network, np.ndarray],
) -> None:
    head, centres, network, letter_weights = learnt
    rows = np.tile([0, 1, 2], 10)

    scores = network.scores(sentences(head, centres[rows], 6))

    assert (scores.argmax(axis=1) == rows).mean() > 0.9
    np.testing.assert_array_equal(letter_weights[:3].argmax(axis=1), [0, 1, 2])


def test_the_layers_it_starts_from_stay_as_they_were(
    learnt: tuple[Head, np.ndarray, Network, np.ndarray],
) -> None:
    head, _, network, _ = learnt

    for name, weights in random_head(1).weights.items():
        np.testing.assert_array_equal(head.weights[name], weights)
        assert not np.array_equal(network.head.weights[name], weights)


def test_the_same_data_give_the_same_network_twice(
    learnt: tuple[Head, np.ndarray, Network, np.ndarray],
) -> None:
    head, centres, network, _ = learnt
    rows = np.repeat([0, 1, 2], 30)
    letters = np.zeros((90, LETTERS), dtype=np.float32)
    letters[np.arange(90), rows] = 1

    again, _ = Network.learn(head, sentences(head, centres[rows], 5), letters, rows)

    for name, array in network.to_arrays().items():
        np.testing.assert_array_equal(again.to_arrays()[name], array)


def test_letters_say_less_where_examples_are_few(
    learnt: tuple[Head, np.ndarray, Network, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    head, centres, _, of_few = learnt
    rows = np.repeat([0, 1, 2], 30)
    letters = np.zeros((90, LETTERS), dtype=np.float32)
    letters[np.arange(90), rows] = 1
    monkeypatch.setattr(network_module, "FEW", 30)

    _, of_many = Network.learn(head, sentences(head, centres[rows], 5), letters, rows)

    assert np.abs(of_few).mean() < 0.8 * np.abs(of_many).mean()


def test_a_saved_network_scores_as_before(
    learnt: tuple[Head, np.ndarray, Network, np.ndarray],
) -> None:
    head, centres, network, _ = learnt
    encoded = sentences(head, centres, 7)

    restored = Network.from_arrays(network.to_arrays())

    np.testing.assert_array_equal(restored.scores(encoded), network.scores(encoded))
