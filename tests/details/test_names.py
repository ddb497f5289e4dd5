"""The owner of a certificate and its e-mail address, out of the words around them."""

import pytest

from bot.details import InvalidDetail
from bot.details.names import parse_certificate_email, parse_certificate_owner


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


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("An.Peeters@Example.BE", "an.peeters@example.be"),
        ("het is an@example.be.", "an@example.be"),
        ("An Peeters <an@example.be>", "an@example.be"),
        ("mailto:an@example.be", "an@example.be"),
        ("o'neil+cert@mail.example.co.uk", "o'neil+cert@mail.example.co.uk"),
        ("an@example.be (AN@EXAMPLE.BE)", "an@example.be"),
    ],
)
def test_the_one_address_of_a_text_is_found_in_lower_case(text: str, address: str) -> None:
    assert parse_certificate_email(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "geen", "an@example", "@example.be", "an @ example.be", "an@example.be, jan@example.be"],
)
def test_no_address_or_two_of_them_are_refused(text: str) -> None:
    with pytest.raises(InvalidDetail, match="not_an_address"):
        parse_certificate_email(text)
