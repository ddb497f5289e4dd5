"""Yes, no and questions, as people type them."""

import pytest

from bot.understanding.signals import is_question, parse_yes_no


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "Yes please!",
        "that's correct",
        "send it",
        "I agree",
        "one more",
        "oui",
        "Oui merci",
        "c’est bon",
        "c'est exact",
        "d'accord",
        "bien sûr",
        "je confirme",
        "encore un dépôt",
        "ja",
        "JA HOOR",
        "dat klopt",
        "ik ga akkoord",
        "ik bevestig",
        "nog een",
        "nog een neerlegging",
        "verstuur maar",
        "ok",
    ],
)
def test_a_yes_is_heard(text: str) -> None:
    assert parse_yes_no(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "No thank you",
        "that is not right",
        "no, that's all",
        "non",
        "non merci",
        "ce n'est pas correct",
        "aucun autre",
        "pas encore",
        "nee",
        "neen, dank u",
        "klopt niet",
        "nee, dat klopt niet",
        "ja nee",
    ],
)
def test_a_no_is_heard_and_wins_over_a_yes(text: str) -> None:
    assert parse_yes_no(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "maybe",
        "misschien",
        "yes?",
        "0403.170.701",
        "merci",
        "yes but the date is wrong",
        "oui mais",
        "ja, maar de datum is fout",
        "yes please send it to the desk as soon as you can today",
    ],
)
def test_what_says_more_or_less_than_yes_or_no_is_neither(text: str) -> None:
    assert parse_yes_no(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "micro?",
        "how do I log in",
        "what is this",
        "où trouver le numéro",
        "comment se connecter",
        "est-ce que je peux continuer",
        "wat is een KBO-nummer",
        "waarom blijft het grijs",
        "moet ik dat",
    ],
)
def test_a_question_is_known_by_its_mark_or_its_first_word(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text", ["", "verkort model", "An Peeters", "de datum is 31/12/2022", "ja", "modèle abrégé"]
)
def test_a_statement_is_no_question(text: str) -> None:
    assert not is_question(text)
