"""What the encoder is tuned on, as its script reads it."""

from pathlib import Path

import pytest

from bot.shell.project import DATA
from scripts.encoder.examples import Span, is_held_back, read_intents, read_moves, unmark
from scripts.encoder.labels import Labels

DATA_FOLDER = Path(__file__).parents[2] / DATA
MARKED = (
    "pas [31/12/2022](closing_date!wrong#2) mais [micro](filing_model), "
    "é [Éva](certificate_owner!sender)"
)


def test_marks_are_taken_out_and_their_places_and_roles_kept() -> None:
    text, spans = unmark(MARKED)

    assert text == "pas 00/00/0000 mais micro, é Éva"
    assert [text[span.start : span.end] for span in spans] == ["00/00/0000", "micro", "Éva"]
    assert [(s.detail, s.role, s.filing) for s in spans] == [
        ("closing_date", "wrong", 2),
        ("filing_model", "value", 0),
        ("certificate_owner", "sender", 0),
    ]


def test_every_line_of_the_data_is_read() -> None:
    moves = read_moves(DATA_FOLDER / "moves")
    lines = sum(
        len(file.read_text(encoding="utf-8").splitlines()) - 1
        for file in (DATA_FOLDER / "moves").glob("*.tsv")
    )

    assert len(moves) == lines
    assert not any("](" in move.text for move in moves)
    assert {move.asked for move in moves} >= {None, "closing_date", "confirm_ticket"}


def test_intents_are_whole_and_a_tenth_is_held_back() -> None:
    intents = read_intents(DATA_FOLDER / "nlu")

    held_back = sum(example.is_held_back for example in intents) / len(intents)

    assert len({example.intent for example in intents}) > 80
    assert 0.08 < held_back < 0.12
    assert is_held_back(intents[0].text) == intents[0].is_held_back


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [(0, 3, "B-closing_date"), (3, 6, "I-closing_date"), (5, 8, "I-closing_date"), (7, 9, "O")],
)
def test_a_token_has_the_detail_it_touches(start: int, end: int, name: str) -> None:
    labels = Labels([], [], ["O", "B-closing_date", "I-closing_date"])
    spans = [Span(1, 7, "closing_date", "value", 3)]

    label, filing = labels.at(spans, start, end)

    assert labels.details[label] == name
    assert filing == (0 if name == "O" else 3)
