"""A visitor who asks for a language gets it; one who merely mentions it does not."""

import pytest

from bot.language.conversation import named_language, requested_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("English please", "en"),
        ("EN", "en"),
        ("Can we continue in English?", "en"),
        ("en anglais s’il vous plaît", "en"),
        ("Kunnen we verder in het Engels?", "en"),
        ("en français svp", "fr"),
        ("Je préfère le français", "fr"),
        ("parlez-vous français ?", "fr"),
        ("kan het in het Frans?", "fr"),
        ("veuillez continuer en français", "fr"),
        ("in het Nederlands graag", "nl"),
        ("Nederlands a.u.b.", "nl"),
        ("liever Vlaams", "nl"),
        ("spreekt u Nederlands?", "nl"),
        ("ga verder in het Nederlands", "nl"),
        ("en néerlandais s'il vous plaît", "nl"),
        ("I'd like to go on in Dutch please", "nl"),
    ],
)
def test_a_request_is_recognised_in_whatever_language_it_is_made(text: str, language: str) -> None:
    assert requested_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Frans of Nederlands",
        "les comptes sont en néerlandais",
        "de jaarrekening is in het Frans",
        "my form is in English and I want to change it",
        "ik spreek geen Frans",
        "pas en anglais svp",
        "not in French please",
        "I don't speak Dutch",
        "Deutsch bitte",
        "je suis en vacances",
    ],
)
def test_mentioning_refusing_or_naming_two_languages_is_no_request(text: str) -> None:
    assert requested_language(text) is None


@pytest.mark.parametrize("text", ["Nederlands", "in het Nederlands", "en français", "EN"])
def test_a_bare_language_answers_the_form_when_it_asks_for_one(text: str) -> None:
    assert requested_language(text, is_asked_for_a_language=True) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("can we continue in English?", "en"),
        ("parlez-vous français ?", "fr"),
        ("spreekt u Nederlands?", "nl"),
    ],
)
def test_a_verb_of_speaking_makes_it_a_request_even_then(text: str, language: str) -> None:
    assert requested_language(text, is_asked_for_a_language=True) == language


@pytest.mark.parametrize(
    ("text", "current", "language"),
    [
        ("mijn frans is niet zo goed, liever in het engels", "fr", "en"),
        ("english please, my dutch is poor", "nl", "en"),
        ("on peut continuer en néerlandais ?", "fr", "nl"),
        ("ik versta u niet, kan het anders?", "fr", None),
        ("dutch or french, as you like", "en", None),
        ("ik wil verder en snel", "nl", None),
    ],
)
def test_the_language_that_is_not_spoken_yet_is_meant(
    text: str, current: str, language: str | None
) -> None:
    assert named_language(text, current) == language
