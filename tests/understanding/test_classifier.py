"""The intent classifier on a handful of messages and made-up sentence vectors."""

import io

import numpy as np
import pytest

from bot.understanding.classifier import IntentModel, named_intents
from bot.understanding.head import Encoded, Head
from bot.understanding.spelling import normalise

EXAMPLES = [
    ("my screen stays grey", "grey_screen"),
    ("mon écran reste gris", "grey_screen"),
    ("mijn scherm blijft grijs", "grey_screen"),
    ("alles is grijs", "grey_screen"),
    ("the firewall blocks port 443", "firewall"),
    ("le pare-feu bloque le site", "firewall"),
    ("de firewall blokkeert de site", "firewall"),
    ("which hosts must the proxy allow", "firewall"),
    ("hello", "greet"),
    ("bonjour", "greet"),
    ("goeiedag", "greet"),
    ("alles goed", "greet"),
]
INTENTS = ("firewall", "greet", "grey_screen")
DIMENSIONS = 8


def straight_head() -> Head:
    """Make layers that hand on what they get, squeezed a little."""
    zero, one = np.zeros((DIMENSIONS, DIMENSIONS)), np.eye(DIMENSIONS)
    layers = {
        "entry": np.hstack([zero, one]),
        "entry_bias": np.zeros(2 * DIMENSIONS),
        "d1": zero,
        "d2": zero,
        "p3": one,
        "d3": zero,
    }
    return Head({name: layer.astype(np.float32) for name, layer in layers.items()})


def encoded_as(vectors: np.ndarray) -> Encoded:
    return Encoded(vectors, vectors, vectors, np.ones(len(vectors), dtype=np.float32))


def encoding_of(*intents: str, seed: int) -> Encoded:
    """Make sentences near the axes of their intents, as one meaning in three languages is."""
    random = np.random.default_rng(seed)
    vectors = np.abs(random.normal(0, 0.1, (len(intents), DIMENSIONS)))
    for row, intent in enumerate(intents):
        vectors[row, INTENTS.index(intent)] += 1
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return encoded_as(vectors.astype(np.float32))


def learn(examples: list[tuple[str, str]]) -> IntentModel:
    texts, intents = zip(*examples, strict=True)
    return IntentModel.learn(texts, encoding_of(*intents, seed=5), intents, straight_head())


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return learn(EXAMPLES)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("my scren is gray", "grey_screen"),
        ("waarom is dat scherm grijs", "grey_screen"),
        ("firewal blocks us", "firewall"),
        ("bonjour à tous", "greet"),
    ],
)
def test_a_new_message_gets_the_intent_of_its_meaning_and_letters(
    model: IntentModel, text: str, intent: str
) -> None:
    ranking = model.rank(text, encoding_of(intent, seed=99))

    assert ranking[0].intent == intent


@pytest.mark.parametrize("language_and_text", EXAMPLES[:3])
def test_a_training_example_is_known_by_heart(
    model: IntentModel, language_and_text: tuple[str, str]
) -> None:
    text, intent = language_and_text
    misleading = encoding_of("firewall", seed=99)

    best = model.rank(f"  {text.upper()} ", misleading)[0]

    assert (best.intent, best.confidence) == (intent, 1.0)


def test_an_example_by_heart_matches_whatever_its_digits(model: IntentModel) -> None:
    best = model.rank("the firewall blocks port 808", encoding_of("greet", seed=99))[0]

    assert (best.intent, best.confidence) == ("firewall", 1.0)


def test_an_example_of_two_intents_is_not_known_by_heart() -> None:
    model = learn([*EXAMPLES, ("alles grijs", "greet"), ("alles grijs", "grey_screen")])

    ranking = model.rank("alles grijs", encoding_of("grey_screen", seed=99))

    assert ranking[0].intent == "grey_screen"
    assert ranking[0].confidence < 1


@pytest.mark.parametrize("text", ["het scherm is grijs", "hello", "", "👍", "xyzzy " * 500])
def test_a_ranking_is_sorted_and_its_numbers_are_probabilities(
    model: IntentModel, text: str
) -> None:
    ranking = model.rank(text, encoding_of("grey_screen", seed=99), length=3)

    confidences = [ranked.confidence for ranked in ranking]
    assert sorted(ranked.intent for ranked in ranking) == list(INTENTS)
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= ranked.confidence <= 1 for ranked in ranking)
    assert all(0 <= ranked.probability <= 1 for ranked in ranking)


def test_a_message_far_from_every_example_is_given_no_confidence(model: IntentModel) -> None:
    far = np.zeros((1, DIMENSIONS), dtype=np.float32)
    far[0, :3] = -1

    ranking = model.rank("xyzzy", encoded_as(far / np.linalg.norm(far)))

    assert max(ranked.confidence for ranked in ranking) < 0.05


def test_a_ranking_is_as_long_as_asked_for(model: IntentModel) -> None:
    assert len(model.rank("hello", encoding_of("greet", seed=99), length=2)) == 2


def test_two_intents_are_told_apart_as_well_as_many() -> None:
    model = learn([example for example in EXAMPLES if example[1] != "greet"])

    screen = model.rank("scherm grijs", encoding_of("grey_screen", seed=99))
    firewall = model.rank("firewall blokkeert", encoding_of("firewall", seed=99))

    assert (screen[0].intent, firewall[0].intent) == ("grey_screen", "firewall")
    assert screen[0].probability + screen[1].probability == pytest.approx(1)


def test_a_saved_model_ranks_as_before(model: IntentModel) -> None:
    archive = io.BytesIO()
    np.savez(archive, **model.to_arrays())
    archive.seek(0)

    restored = IntentModel(np.load(archive, allow_pickle=False))

    for text in ("het scherm is grijs", "hello", "port 443 firewall"):
        encoded = encoding_of("firewall", seed=99)
        assert restored.rank(text, encoded) == model.rank(text, encoded)


def test_the_order_of_the_examples_does_not_change_the_intents(model: IntentModel) -> None:
    backwards = learn(EXAMPLES[::-1])

    assert backwards.intents == model.intents == list(INTENTS)
    assert backwards.rank("hello", encoding_of("greet", seed=99))[0].intent == "greet"


@pytest.mark.parametrize(
    ("text", "normalised"),
    [("poort 443", "poort 000"), ("a\u200bb", "ab"), ("AADB2C90091", "AADB0C00000")],
)
def test_every_digit_counts_as_the_same(text: str, normalised: str) -> None:
    assert normalise(text) == normalised


def test_intents_with_few_examples_are_named_as_well() -> None:
    intents = ["faq/grey_screen"] * 3 + ["greet"] * 40

    assert named_intents(intents) == [("faq grey screen", "faq/grey_screen")]
