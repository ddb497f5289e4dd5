"""The intent classifier on a handful of messages and made-up sentence vectors."""

import io

import numpy as np
import pytest

from bot.understanding.classifier import IntentModel, named_intents
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


def vectors_of(*intents: str, seed: int) -> np.ndarray:
    """Make vectors near the axes of their intents, as one meaning in three languages is."""
    random = np.random.default_rng(seed)
    vectors = np.abs(random.normal(0, 0.1, (len(intents), DIMENSIONS)))
    for row, intent in enumerate(intents):
        vectors[row, INTENTS.index(intent)] += 1
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found: np.ndarray = vectors.astype(np.float32)
    return found


def vector_of(intent: str) -> np.ndarray:
    """Make the vector of a new message."""
    return vectors_of(intent, seed=99)[0]


def learn(examples: list[tuple[str, str]]) -> IntentModel:
    texts, intents = zip(*examples, strict=True)
    return IntentModel.learn(texts, vectors_of(*intents, seed=5), intents)


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
    ranking = model.rank(text, vector_of(intent))

    assert ranking[0].intent == intent


@pytest.mark.parametrize("language_and_text", EXAMPLES[:3])
def test_a_training_example_is_known_by_heart(
    model: IntentModel, language_and_text: tuple[str, str]
) -> None:
    text, intent = language_and_text
    misleading = vector_of("firewall")

    best = model.rank(f"  {text.upper()} ", misleading)[0]

    assert (best.intent, best.confidence) == (intent, 1.0)


def test_an_example_by_heart_matches_whatever_its_digits(model: IntentModel) -> None:
    best = model.rank("the firewall blocks port 808", vector_of("greet"))[0]

    assert (best.intent, best.confidence) == ("firewall", 1.0)


@pytest.mark.parametrize(
    ("text", "is_known"),
    [("The firewall: blocks port 808?!", True), ("the firewall blocks", False)],
)
def test_a_sentence_is_known_by_heart_without_its_marks(
    model: IntentModel, text: str, *, is_known: bool
) -> None:
    best = model.rank(text, vector_of("greet"))[0]

    assert (best.confidence == 1.0) is is_known


def test_what_is_shorter_is_known_with_its_marks_alone() -> None:
    model = learn([*EXAMPLES, ("ok", "greet")])

    assert model.rank("ok", vector_of("firewall"))[0].confidence == 1.0
    assert model.rank("ok?", vector_of("firewall"))[0].confidence < 1.0


def test_an_example_of_two_intents_is_not_known_by_heart() -> None:
    model = learn([*EXAMPLES, ("alles grijs", "greet"), ("alles grijs", "grey_screen")])

    ranking = model.rank("alles grijs", vector_of("grey_screen"))

    assert ranking[0].intent == "grey_screen"
    assert ranking[0].confidence < 1


@pytest.mark.parametrize("text", ["het scherm is grijs", "hello", "", "👍", "xyzzy " * 500])
def test_a_ranking_is_sorted_and_its_numbers_are_probabilities(
    model: IntentModel, text: str
) -> None:
    ranking = model.rank(text, vector_of("grey_screen"), length=3)

    confidences = [ranked.confidence for ranked in ranking]
    assert sorted(ranked.intent for ranked in ranking) == list(INTENTS)
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= ranked.confidence <= 1 for ranked in ranking)
    assert all(0 <= ranked.probability <= 1 for ranked in ranking)


def test_a_message_far_from_every_example_is_given_no_confidence(model: IntentModel) -> None:
    far = np.zeros(DIMENSIONS, dtype=np.float32)
    far[:3] = -1

    ranking = model.rank("xyzzy", far / np.linalg.norm(far))

    assert max(ranked.confidence for ranked in ranking) < 0.05


def test_a_ranking_is_as_long_as_asked_for(model: IntentModel) -> None:
    assert len(model.rank("hello", vector_of("greet"), length=2)) == 2


def test_two_intents_are_told_apart_as_well_as_many() -> None:
    model = learn([example for example in EXAMPLES if example[1] != "greet"])

    screen = model.rank("scherm grijs", vector_of("grey_screen"))
    firewall = model.rank("firewall blokkeert", vector_of("firewall"))

    assert (screen[0].intent, firewall[0].intent) == ("grey_screen", "firewall")
    assert screen[0].probability + screen[1].probability == pytest.approx(1)


def test_a_saved_model_ranks_as_before(model: IntentModel) -> None:
    archive = io.BytesIO()
    np.savez(archive, **model.to_arrays())
    archive.seek(0)

    restored = IntentModel(np.load(archive, allow_pickle=False))

    for text in ("het scherm is grijs", "hello", "port 443 firewall"):
        vector = vector_of("firewall")
        assert restored.rank(text, vector) == model.rank(text, vector)


def test_the_order_of_the_examples_does_not_change_the_intents(model: IntentModel) -> None:
    backwards = learn(EXAMPLES[::-1])

    assert backwards.intents == model.intents == list(INTENTS)
    assert backwards.rank("hello", vector_of("greet"))[0].intent == "greet"


@pytest.mark.parametrize(
    ("text", "normalised"),
    [("poort 443", "poort 000"), ("a\u200bb", "ab"), ("AADB2C90091", "AADB0C00000")],
)
def test_every_digit_counts_as_the_same(text: str, normalised: str) -> None:
    assert normalise(text) == normalised


def test_intents_with_few_examples_are_named_as_well() -> None:
    intents = ["faq/grey_screen"] * 3 + ["greet"] * 40

    assert named_intents(intents) == [("faq grey screen", "faq/grey_screen")]
