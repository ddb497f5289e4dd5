"""Judging what became of a message in the middle of a request, on turns made by hand."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.evaluation.judging import CHECKS, judge, move_figures
from bench.evaluation.marked import Line, Mark, read_lines
from bench.evaluation.stated import precision_and_recall
from bench.evaluation.turns import Said, State, Turn
from bot.tickets.request import empty_request
from scripts.encoder.examples import is_held_back, unmark
from tests.heldout.test_moves import MOVES

FILING = {
    "enterprise_number": "0403170701",
    "closing_date": "2022-12-31",
    "filing_model": "abbreviated",
    "deposit_type": "initial",
    "filing_language": "nl",
}
CERTIFICATE = {
    "certificate_owner": "An Peeters",
    "certificate_email": "an@example.be",
    "certificate_number": "4A7F02",
    "certificate_type": "globalsign",
}
ALL = {**FILING, **CERTIFICATE}


def state(asked: str | None, **slots: Any) -> State:
    """Make a request of which ``slots`` are known."""
    known = {**empty_request(), "language": "nl", "requested_slot": asked, **slots}
    return State(known, asked is not None)


def line(asked: str, moves: str, *marks: Mark) -> Line:
    return Line("nl", asked, tuple(moves.split("+")), "woorden", marks)


def turn(before: State, after: State, *responses: str) -> Turn:
    return Turn(before, after, tuple(Said(name, name) for name in responses))


SECOND = {"filings": [FILING], "filing_index": 1, **dict.fromkeys(FILING)}
OTHER_DATE = Mark("closing_date", "31/12/2021")
WRONG_DATE = Mark("closing_date", "31/12/2022", "wrong")
NUMBER = Mark("enterprise_number", "0203.201.340")
ADD, CONFIRM, CHANGE = "add_filing", "confirm_ticket", "detail_to_change"
RIGHT = [
    (line(ADD, "affirm"), turn(state(ADD, **ALL), state("enterprise_number", **ALL | SECOND))),
    (line(ADD, "deny"), turn(state(ADD, **ALL), state(CONFIRM, **ALL, add_filing=False))),
    (
        line(CONFIRM, "affirm"),
        turn(state(CONFIRM, **ALL), state(None), "utter_ticket_opened"),
    ),
    (line(CONFIRM, "deny"), turn(state(CONFIRM, **ALL), state(CHANGE, **ALL))),
    (
        line(CONFIRM, "deny+correct", OTHER_DATE, WRONG_DATE),
        turn(state(CONFIRM, **ALL), state(CONFIRM, **ALL | {"closing_date": "2021-12-31"})),
    ),
    (line("offer_request", "affirm"), turn(state(None), state("enterprise_number"))),
    (line("offer_request", "deny"), turn(state(None), state(None), "utter_nothing_to_confirm")),
    (
        line("enterprise_number", "give", NUMBER),
        turn(state("enterprise_number"), state("closing_date", enterprise_number="0203201340")),
    ),
    (
        line(ADD, "affirm+give", replace(NUMBER, filing=2)),
        turn(
            state(ADD, **ALL),
            state("closing_date", **ALL | SECOND | {"enterprise_number": "0203201340"}),
        ),
    ),
    (
        line("enterprise_number", "give", Mark("enterprise_number", "0203.201.341")),
        turn(
            state("enterprise_number"),
            state("enterprise_number"),
            "utter_refuse_enterprise_number_check_digits",
        ),
    ),
    (
        line("certificate_type", "give", Mark("certificate_type", "Zwanenpost")),
        turn(
            state("certificate_type"),
            state(ADD, certificate_type="other", certificate_brand="Zwanenpost"),
        ),
    ),
    (
        line(CHANGE, "correct"),
        turn(state(CHANGE, **ALL), state("closing_date", **ALL | {"closing_date": None})),
    ),
    (
        line("closing_date", "help"),
        turn(state("closing_date"), state("closing_date"), "utter_explain_closing_date"),
    ),
    (
        line("closing_date", "ask"),
        turn(state("closing_date"), state("closing_date"), "utter_faq/idaas"),
    ),
    (line("certificate_number", "skip"), turn(state("certificate_number"), state(ADD))),
    (
        line("closing_date", "skip"),
        turn(state("closing_date"), state("closing_date"), "utter_needed_closing_date"),
    ),
    (line("closing_date", "pause"), turn(state("closing_date"), state("closing_date"))),
    (
        line("closing_date", "repeat"),
        turn(state("closing_date"), state("closing_date"), "utter_ask_closing_date"),
    ),
    (line(CONFIRM, "stop"), turn(state(CONFIRM, **ALL), state(None))),
    (line(CONFIRM, "restart"), turn(state(CONFIRM, **ALL), state("enterprise_number"))),
    (line("none", "open"), turn(state(None), state("enterprise_number"))),
    (line(CONFIRM, "add"), turn(state(CONFIRM, **ALL), state("filing_model", **ALL | SECOND))),
    (
        line(CONFIRM, "remove"),
        turn(
            state(CONFIRM, **ALL | {"filings": [FILING], "filing_index": 1}),
            state(CONFIRM, **ALL),
        ),
    ),
    (
        line("closing_date", "person"),
        turn(state("closing_date"), state("closing_date"), "utter_hand_over"),
    ),
    (
        line("closing_date", "language"),
        turn(state("closing_date"), state("closing_date", language="fr")),
    ),
    (line("none", "status"), turn(state(None), state(None), "utter_ask_ticket_reference")),
    (line("none", "unsolved"), turn(state(None), state(None), "utter_hand_over_with_words")),
    (line("none", "smalltalk"), turn(state(None), state(None), "utter_chitchat/greet")),
    (line(ADD, "deny+smalltalk"), turn(state(ADD, **ALL), state(CONFIRM, **ALL))),
    (line("none", "scope"), turn(state(None), state(None), "utter_out_of_scope")),
    (line("closing_date", "noise"), turn(state("closing_date"), state("closing_date"))),
]
WRONG = [
    (line(ADD, "affirm"), turn(state(ADD, **ALL), state(ADD, **ALL)), "affirm"),
    (line(ADD, "deny"), turn(state(ADD, **ALL), state(ADD, **ALL)), "deny"),
    (line(CONFIRM, "affirm"), turn(state(CONFIRM, **ALL), state(CHANGE, **ALL)), "affirm"),
    (
        line(CONFIRM, "deny"),
        turn(state(CONFIRM, **ALL), state(None), "utter_ticket_opened"),
        "deny",
    ),
    (line("offer_request", "deny"), turn(state(None), state("enterprise_number")), "deny"),
    (
        line("enterprise_number", "give", NUMBER),
        turn(state("enterprise_number"), state("closing_date", enterprise_number="0403170701")),
        "give",
    ),
    (
        line(ADD, "affirm+give", replace(NUMBER, filing=2)),
        turn(state(ADD, **ALL), state(ADD, **ALL | {"enterprise_number": "0203201340"})),
        "give",
    ),
    (
        line(CONFIRM, "correct", Mark("certificate_type", "Zwanenpost")),
        turn(state(CONFIRM, **ALL), state(CONFIRM, **ALL)),
        "correct",
    ),
    (line(CHANGE, "correct"), turn(state(CHANGE, **ALL), state(CONFIRM, **ALL)), "correct"),
    (
        line("closing_date", "help"),
        turn(state("closing_date"), state("filing_model"), "utter_explain_closing_date"),
        "help",
    ),
    (
        line("certificate_owner", "skip"),
        turn(
            state("certificate_owner"),
            state("certificate_email", certificate_owner="Weet Ik Niet"),
        ),
        "changed unasked",
    ),
    (
        line("closing_date", "pause"),
        turn(state("closing_date"), state("closing_date"), "utter_refuse_closing_date_not_a_date"),
        "pause",
    ),
    (line(CONFIRM, "stop"), turn(state(CONFIRM, **ALL), state(CONFIRM, **ALL)), "stop"),
    (line(CONFIRM, "restart"), turn(state(CONFIRM, **ALL), state(None, **CERTIFICATE)), "restart"),
    (line("closing_date", "ask"), turn(state("closing_date"), state(None)), "left"),
    (
        line("filing_model", "ask"),
        turn(state("filing_model"), state("filing_model", filing_language="fr"), "utter_faq/fees"),
        "changed unasked",
    ),
    (
        line("certificate_owner", "give", Mark("certificate_owner", "An", "other")),
        turn(state("certificate_owner"), state("certificate_email", certificate_owner="An")),
        "written down",
    ),
]


def test_every_move_has_its_check() -> None:
    assert set(CHECKS) == MOVES


@pytest.mark.parametrize(("said", "became"), RIGHT)
def test_a_message_is_right_when_every_move_was_done(said: Line, became: Turn) -> None:
    assert judge(said, became).faults == ()


@pytest.mark.parametrize(("said", "became", "fault"), WRONG)
def test_a_message_is_wrong_when_one_move_was_not(said: Line, became: Turn, fault: str) -> None:
    faults = judge(said, became).faults

    assert [found for found in faults if found.startswith(fault)]


def test_an_apology_is_never_right() -> None:
    said, same = line("closing_date", "noise"), state("closing_date")

    assert not judge(said, Turn(same, same, has_failed=True)).is_right


@pytest.mark.parametrize(
    ("said", "is_right"),
    [
        (Said("", "Meld u aan."), True),
        (Said("utter_faq/idaas", "Andere woorden."), True),
        (Said("utter_out_of_scope", "Dat weet ik niet."), False),
    ],
)
def test_outside_the_form_what_was_said_last_is_to_be_repeated(said: Said, is_right: bool) -> None:
    before = Said("utter_faq/idaas", "Meld u aan.")
    became = Turn(state(None), state(None), (said,), before)

    assert judge(line("anything_else", "repeat"), became).is_right is is_right


def test_the_shares_are_of_all_of_each_move_and_of_each_question() -> None:
    right, wrong = (judge(*RIGHT[0]), judge(*WRONG[0][:2]))

    shares = {f.label: (f.share, f.count) for f in move_figures([right, wrong, judge(*RIGHT[1])])}

    assert shares == {
        "moves in context right": (2 / 3, 3),
        "  affirm": (0.5, 2),
        "  deny": (1.0, 1),
        "  at add_filing": (2 / 3, 3),
    }


def test_details_are_counted_by_what_was_written_down() -> None:
    said = line("none", "give", NUMBER, OTHER_DATE, Mark("certificate_type", "Zwanenpost"))
    after = state(None, enterprise_number="0203201340", certificate_type="other", filing_model="x")

    precision, recall = precision_and_recall([(said, turn(state(None), after))])

    assert (precision.share, precision.count) == (2 / 3, 3)
    assert (recall.share, recall.count) == (2 / 3, 3)


def test_marks_are_read_with_their_role_and_filing(tmp_path: Path) -> None:
    text = r"niet [30/6/22](closing_date!wrong#2)\nmaar [31/12/21](closing_date#2)"
    file = tmp_path / "moves.nl.tsv"
    file.write_text(f"asked\tmoves\ttext\nclosing_date\tcorrect+give\t{text}\n", encoding="utf-8")

    (read,) = read_lines(file, "nl", only_held_back=False)

    assert read.text == "niet 30/6/22\nmaar 31/12/21"
    assert read.moves == ("correct", "give")
    assert [(m.role, m.filing, m.value) for m in read.marks] == [
        ("wrong", 2, "2022-06-30"),
        ("value", 2, "2021-12-31"),
    ]


def test_of_the_examples_the_held_back_tenth_is_read() -> None:
    file = Path(__file__).parents[2] / "data" / "moves" / "moves.nl.tsv"

    every = read_lines(file, "nl", only_held_back=False)
    tenth = read_lines(file, "nl", only_held_back=True)

    assert 0.05 < len(tenth) / len(every) < 0.15
    assert all(is_held_back(unmark(read.text)[0]) for read in tenth)
