"""The owner of a certificate, out of the words around the name."""

import pytest

from bot.details import InvalidDetail
from bot.details.names import parse_certificate_owner, parse_marked_owner


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


def test_one_small_word_said_twice_is_no_name() -> None:
    with pytest.raises(InvalidDetail, match="not_a_name"):
        parse_certificate_owner("hallo hallo")


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("Mr Jan Peeters", "Jan Peeters"),
        ("Mevr. An Peeters", "An Peeters"),
        ("mevrouw An Peeters", "An Peeters"),
        ("de heer Jan Peeters", "Jan Peeters"),
        ("De heer en mevrouw Peeters", "Peeters"),
        ("Dr. ir. Jan Peeters", "Jan Peeters"),
        ("meester Peeters", "Peeters"),
        ("Mme Dupont", "Dupont"),
        ("M. Dupont", "Dupont"),
        ("Maître Dupont", "Dupont"),
        ("madame Inès Ben Salah", "Inès Ben Salah"),
        ("Monsieur Dupont", "Dupont"),
        ("Jan Peeters, zaakvoerder", "Jan Peeters"),
        ("Jan Peeters - zaakvoerder", "Jan Peeters"),
        ("Jan Peeters, onze boekhouder, Gent", "Jan Peeters"),
        ("Marie Dupont, administratrice déléguée", "Marie Dupont"),
        ("Jan Peeters (gérant)", "Jan Peeters"),
        ("Mr (director) Mr John Smith", "John Smith"),
        ("CN=Jan Peeters", "Jan Peeters"),
        ("CN=Jan Peeters, O=Firma, C=BE", "Jan Peeters"),
        ('"Jan Peeters"', "Jan Peeters"),
        ("« Marie Dupont »", "Marie Dupont"),
        ("'Jan Peeters'", "Jan Peeters"),
        ("PEETERS, Jan", "Jan PEETERS"),
        ("Peeters, Jan", "Jan Peeters"),
        ("Peeters, mevr. An", "An Peeters"),
        ("Van den Broeck, Jan", "Jan Van den Broeck"),
        ("VAN DEN BROECK, Jan Pieter", "Jan Pieter VAN DEN BROECK"),
        ("Ben Salah, Inès", "Inès Ben Salah"),
        ("Dupont, Jean-Marie", "Jean-Marie Dupont"),
        ("D'Hondt, Jean", "Jean D'Hondt"),
        ("An\u200b Peeters", "An Peeters"),
        ("Andre(gérant)\u0301", "André"),
        ("An" + " " * 10_000 + "Peeters", "An Peeters"),
    ],
)
def test_titles_roles_and_quotes_around_a_marked_name_go(marked: str, name: str) -> None:
    assert parse_marked_owner(marked) == name
    assert parse_marked_owner(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("PEETERS JAN", "Jean-Pierre D'Hondt", "’t Hooft", "Inès Ben Salah", "Li", "3M Belgium"),
        *("ING Belgium", "MS Consulting SRL", "Namur S.A.", "M.J. Peeters", "Accountant BV"),
        *("Bureau Comptable Simonis & Fils SRL", "Stichting Het Huis", "Jan Peeters (Gent)"),
        *("Jan Peeters, Marie Dupont", "Jan Peeters, Gent", "Simonis & Fils, SRL"),
        *("Peeters, Accountant BV", "Janssens, Peeters en Partners", "Mevrouw", "A" * 80),
    ],
)
def test_a_marked_name_without_them_is_kept_as_typed(name: str) -> None:
    assert parse_marked_owner(name) == name


@pytest.mark.parametrize(
    "marked",
    [
        *("", "x", "123", "👍", "an@example.be", "a" * 81, "(gérant)", "Mr " * 3000, "a" * 10_000),
        *("👍" * 10_000, "\u200b" * 10_000, "- " * 5000, "(" * 10_000, "\ud800"),
    ],
)
def test_marked_words_without_a_name_are_refused(marked: str) -> None:
    with pytest.raises(InvalidDetail, match="not_a_name"):
        parse_marked_owner(marked)
