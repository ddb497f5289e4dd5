"""The word lists of an earlier version are scored as the reader is."""

import pytest

from bench.evaluation.marked import Line, Mark
from bench.word_lists import Read, detail_figures, unpacked, yes_no_figures
from bot.errors import HelpdeskError

MODEL = Mark("filing_model", "abridged")
NUMBER = Mark("certificate_number", "4A:7F")


def answer(moves: str, heard: bool | None, asked: str = "add_filing") -> Read:
    return Read(Line("en", asked, tuple(moves.split("+")), "text"), frozenset(), heard)


def test_an_answer_is_right_when_it_was_heard_as_what_it_is() -> None:
    read = [answer("affirm", True), answer("deny", None), answer("deny", True)]

    # What says more than yes or no, or answers something else, does not count.
    figure = yes_no_figures([*read, answer("affirm+ask", None), answer("affirm", None, "none")])

    assert (figure.share, figure.count) == (1 / 3, 3)


def test_details_count_by_their_value_and_messages_as_a_whole() -> None:
    line = Line("en", "none", ("give",), "text", (MODEL, NUMBER))
    whole = frozenset({("filing_model", "abbreviated"), ("certificate_number", "4A7F")})
    wrong = frozenset({("filing_model", "full")})

    figures = detail_figures([Read(line, whole, None), Read(line, wrong, None)])

    assert [(figure.share, figure.count) for figure in figures] == [(2 / 3, 3), (0.5, 4), (0.5, 2)]


def test_a_clone_without_that_version_says_so() -> None:
    with pytest.raises(HelpdeskError, match="0123abc"), unpacked("0123abc"):
        pass
