"""What of a message its topic is told by."""

import pytest

from bot.reading.asking import asking_part
from bot.reading.model import Reading


@pytest.mark.parametrize(
    ("text", "moves", "part"),
    [
        ("micro. What does it cost?", {"ask": 0.9, "give": 0.9}, "What does it cost?"),
        ("Ja!\nWanneer hoor ik iets?", {"ask": 0.8, "affirm": 0.9}, "Wanneer hoor ik iets?"),
        ("Why? How long? It is micro.", {"ask": 0.9, "correct": 0.6}, "Why? How long?"),
        ("I see a grey screen. Why?", {"ask": 0.9}, "I see a grey screen. Why?"),
        ("micro. what does it cost", {"ask": 0.9, "give": 0.9}, "micro. what does it cost"),
        ("micro, is it?", {"give": 0.9}, "micro, is it?"),
        ("is it micro?", {"ask": 0.9, "give": 0.9}, "is it micro?"),
    ],
)
def test_the_question_alone_tells_the_topic_beside_an_answer(
    text: str, moves: dict[str, float], part: str
) -> None:
    assert asking_part(text, Reading(moves, ())) == part
