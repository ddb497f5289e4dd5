"""Cutting a message into the questions it may hold."""

import pytest

from bot.understanding.questions import split_questions


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("grijs scherm", []),
        ("Ik zie een grijs scherm.", []),
        ("Chrome and Firefox?", []),
        ("What does it cost? And by when?", ["What does it cost?", "And by when?"]),
        (
            "ik zie een grijs scherm en wat kost een neerlegging",
            ["ik zie een grijs scherm", "wat kost een neerlegging"],
        ),
        (
            "comment payer, et aussi quel est le tarif",
            ["comment payer", "quel est le tarif"],
        ),
        (
            "Pourquoi mon certificat n’ouvre-t-il plus Biztax, et la Centrale l’accepte-t-elle ?",
            ["Pourquoi mon certificat n’ouvre-t-il plus Biztax", "la Centrale l’accepte-t-elle ?"],
        ),
        (
            "quels sont les moyens, et par quelle porte entre-t-on",
            ["quels sont les moyens", "par quelle porte entre-t-on"],
        ),
        (
            "Ik zie een grijs scherm, en het tarief voor een vzw bedraagt?",
            ["Ik zie een grijs scherm", "het tarief voor een vzw bedraagt?"],
        ),
        ("Ik zie grijs, en mijn collega ziet het ook.", []),
        ("1) which browser 2) how to clear it", ["which browser", "how to clear it"]),
        (
            "mijn formulieren zijn weg\nwelke browser?",
            ["mijn formulieren zijn weg", "welke browser?"],
        ),
        (". ".join(["Dit is een zin"] * 9), []),
    ],
)
def test_a_message_is_cut_where_a_question_may_begin(text: str, parts: list[str]) -> None:
    assert split_questions(text) == parts


def test_a_hostile_message_is_cut_in_no_time() -> None:
    assert split_questions(" en " * 50_000) == []
    assert split_questions("a, and " * 50_000) == []
    assert split_questions("x, et y z " * 50_000) == []
    assert split_questions("\n" * 100_000 + "a b") == []
