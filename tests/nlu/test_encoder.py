"""The sentence encoder, as the file that comes with Cybo makes it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bot.nlu.encoder import DIMENSIONS, MAX_PIECES, encode, encode_as_trained, encoder

TEXTS = [
    "Ik kan sinds vanochtend niet meer aanmelden met mijn certificaat.",
    "écran gris",
    "x",
    "",
    "My forms are gone, and the deadline is tomorrow! " * 30,
    "AADB0C00000 👍",
]


def test_vectors_have_norm_one_and_their_shape() -> None:
    together = encode(TEXTS)

    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert together.shape == (len(TEXTS), DIMENSIONS)
    assert encode([]).shape == (0, DIMENSIONS)


def test_a_text_has_the_same_vector_whenever_it_comes() -> None:
    np.testing.assert_array_equal(encode(TEXTS), np.vstack([encode([text]) for text in TEXTS]))


def test_every_processor_makes_the_same_vectors() -> None:
    # Written down on one with VNNI; whoever makes another encoder writes down its own.
    written = [-0.034, -0.047, 0.144, -0.008, 0.018, 0.003, 0.017, 0.016]

    (found,) = encode(["mes formulaires ont disparu"])

    np.testing.assert_allclose(found[:8], written, atol=0.002)


def test_threads_do_not_mix_their_sentences() -> None:
    expected = encode(TEXTS)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(encoder().vector, TEXTS * 5))

    np.testing.assert_array_equal(np.vstack(found), np.tile(expected, (5, 1)))


def test_one_meaning_in_three_languages_lies_closer_than_another_in_one() -> None:
    grey = encode_as_trained(
        ["my screen stays grey", "mon écran reste gris", "mijn scherm blijft grijs"]
    )
    price = encode_as_trained(["what does a new certificate cost?"])

    assert (grey @ grey.T).min() > (grey @ price.T).max()


def test_a_reading_without_a_question_has_the_vector_of_the_text() -> None:
    vector, _ = encoder().read("mijn scherm blijft grijs")

    np.testing.assert_allclose(vector, encoder().vector("mijn scherm blijft grijs"), atol=1e-5)


@pytest.mark.parametrize(
    ("asked", "text", "detail", "words"),
    [
        ("closing_date", "le 31 décembre 2022 je crois", "closing_date", "31 décembre 2022"),
        ("certificate_owner", "dat is Jan Peeters", "certificate_owner", "Jan Peeters"),
        (None, "👍🏽 it is about 0403.170.701", "enterprise_number", "0403.170.701"),
    ],
)
def test_a_detail_stands_where_it_was_typed(
    asked: str | None, text: str, detail: str, words: str
) -> None:
    _, reading = encoder().read(text, asked)

    assert [(s.detail, text[s.start : s.end]) for s in reading.stated] == [(detail, words)]


@pytest.mark.parametrize(
    ("asked", "text", "move"),
    [
        ("confirm_ticket", "ja dat klopt helemaal", "affirm"),
        ("add_filing", "non merci, c'est la seule", "deny"),
        ("certificate_number", "where do I find that?", "help"),
        ("closing_date", "laat maar, stop ermee", "stop"),
    ],
)
def test_a_move_is_read_in_the_light_of_the_question(asked: str, text: str, move: str) -> None:
    _, reading = encoder().read(text, asked)

    assert max(reading.moves, key=reading.moves.__getitem__) == move
    assert reading.moves[move] > 0.5


def test_an_unknown_question_is_no_question() -> None:
    assert encoder().read("ja", "no_such_slot")[1] == encoder().read("ja")[1]


@pytest.mark.parametrize(
    "text", ["", " ", "\u200b", "a" * 50_000, "".join(map(chr, range(0x21, 0xD800, 7)))]
)
def test_any_text_is_read_and_what_is_endless_is_cut(text: str) -> None:
    vector, reading = encoder().read(text, "closing_date")

    assert np.isfinite(vector).all()
    assert all(0 <= s.start < s.end <= len(text) for s in reading.stated)


def test_the_longest_text_takes_as_many_pieces_as_are_read() -> None:
    pieces = encoder().pieces("één formulier, " * 1000, "closing_date")

    assert len(pieces.numbers) == len(pieces.places) == MAX_PIECES
