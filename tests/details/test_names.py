"""The owner of a certificate, out of the words around the name."""

import pytest

from bot.details import InvalidDetail
from bot.details.names import parse_certificate_owner


@pytest.mark.parametrize(
    "name",
    [
        "An Peeters",
        "Li",
        "Jean-Pierre D'Hondt",
        "Élodie Lefèvre",
        "Van den Broeck, Jan",
        "Accountancy Peeters & Co bv",
        "Isabel Peeters",
        "Noël",
        "Namur SA",
        "Władysław Łukasz",
        "'t Hooft",
        "3M Belgium",
    ],
)
def test_a_name_is_kept_as_typed(name: str) -> None:
    assert parse_certificate_owner(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("It's John Smith", "John Smith"),
        ("My name is John Smith.", "John Smith"),
        ("owner: John Smith", "John Smith"),
        ("C’est Marie Dupont", "Marie Dupont"),
        ("Je m'appelle Marie Dupont", "Marie Dupont"),
        ("au nom de Marie Dupont", "Marie Dupont"),
        ("Nom : Marie Dupont", "Marie Dupont"),
        ("mijn naam is An Peeters", "An Peeters"),
        ("op naam van An Peeters", "An Peeters"),
        ("De eigenaar is An Peeters", "An Peeters"),
        ("Ja, het is An   Peeters", "An Peeters"),
    ],
)
def test_the_words_that_introduce_a_name_are_left_out(text: str, name: str) -> None:
    assert parse_certificate_owner(text) == name


@pytest.mark.parametrize(
    "text",
    ["", "?", "x", "123", "👍", "an@example.be", "Ik weet niet meer wie dat was want hij is weg"],
)
def test_what_cannot_be_a_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidDetail, match="not_a_name"):
        parse_certificate_owner(text)
