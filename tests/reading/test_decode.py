"""From scores to a reading, on scores made up by hand."""

import numpy as np
import pytest

from bot.reading.decode import Scores, decode
from bot.reading.model import Names, Stated

NAMES = Names(
    ("affirm", "give"),
    ("O", "B-closing_date", "I-closing_date", "B-closing_date!wrong", "I-closing_date!wrong"),
    (),
    (),
)
TEXT = "no 30/6 but 31/12"
PLACES = [(0, 0), (0, 2), (2, 7), (7, 11), (11, 17), (0, 0)]


def scores(labels: list[int], filings: list[int]) -> Scores:
    return Scores(
        np.array([-20.0, 20.0]),
        20 * np.eye(len(NAMES.details))[labels],
        20 * np.eye(6)[filings],
        np.zeros((6, 0)),
    )


def test_moves_and_details_come_with_their_places_roles_and_filings() -> None:
    reading = decode(TEXT, PLACES, scores([0, 0, 3, 0, 1, 0], [0, 0, 0, 0, 2, 0]), NAMES)

    assert reading.moves == pytest.approx({"affirm": 0, "give": 1}, abs=1e-6)
    assert [TEXT[s.start : s.end] for s in reading.stated] == ["30/6", "31/12"]
    wrong, right = reading.stated
    assert wrong == Stated("closing_date", "wrong", 3, 7, 0, pytest.approx(1))
    assert right == Stated("closing_date", "value", 12, 17, 2, pytest.approx(1))


def test_a_detail_said_of_two_filings_alike_is_said_of_none_of_them() -> None:
    of_both = scores([0, 0, 0, 0, 1, 0], [0] * 6)
    of_both.filings[4] = [0, 20, 20, 0, 0, 0]

    (stated,) = decode(TEXT, PLACES, of_both, NAMES).stated

    assert stated.filing == 0


def test_a_detail_that_covers_no_character_is_none() -> None:
    reading = decode(TEXT, PLACES, scores([1, 0, 0, 0, 0, 1], [0] * 6), NAMES)

    assert reading.stated == ()


def test_a_doubtful_detail_says_so() -> None:
    doubtful = Scores(
        np.zeros(2), np.array([[0, 0.1, 0, 0, 0]] * 6), np.zeros((6, 6)), np.zeros((6, 0))
    )

    reading = decode(TEXT, PLACES, doubtful, NAMES)

    assert reading.moves == {"affirm": 0.5, "give": 0.5}
    assert all(s.certainty < 0.5 for s in reading.stated)


def test_a_word_is_one_detail_whatever_some_of_its_pieces_say() -> None:
    text = "0403.170.701"
    places = [(0, 4), (4, 5), (5, 8), (8, 9), (9, 12)]
    labels = 20 * np.eye(len(NAMES.details))[[1, 0, 2, 3, 2]]
    read = decode(
        text, places, Scores(np.zeros(2), labels, np.zeros((5, 6)), np.zeros((5, 0))), NAMES
    )

    assert [(s.role, text[s.start : s.end]) for s in read.stated] == [("value", text)]


def test_words_of_a_closed_list_say_which_value_they_mean() -> None:
    names = Names(
        (),
        ("O", "B-filing_model", "I-filing_model"),
        ("deposit_type=initial", "filing_model=full", "filing_model=micro"),
        (),
    )
    clear = Scores(np.zeros(0), np.array([[0, 9, 0]]), np.zeros((1, 6)), np.array([[99, 0, 5]]))
    unclear = Scores(np.zeros(0), np.array([[0, 9, 0]]), np.zeros((1, 6)), np.array([[99, 4, 5]]))

    assert decode("small", [(0, 5)], clear, names).stated[0].meant == "micro"
    assert decode("small", [(0, 5)], unclear, names).stated[0].meant == ""
