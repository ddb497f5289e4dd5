"""The conversation's language as a table of transitions."""

from dataclasses import replace

import pytest

from bot.language import LANGUAGES
from bot.language.conversation import Evidence, next_language, requested_language
from bot.language.neutral import is_neutral

ONE, TWO, THREE = "scherm", "grijs scherm", "mijn grijs scherm"
FOUR = "mijn scherm blijft grijs"
NEUTRAL = "ok ERR_EMPTY_RESPONSE 0403.170.701"


def evidence(
    text: str,
    best: str,
    probability: float,
    *,
    page: str | None = None,
    requested: str | None = None,
    is_in_form: bool = False,
) -> Evidence:
    rest = (1 - probability) / 2
    shares = {language: probability if language == best else rest for language in LANGUAGES}
    return Evidence(text, shares, page, requested, is_in_form)


@pytest.mark.parametrize(
    ("current", "given", "expected"),
    [
        # The first turn: the page speaks, unless the text is unmistakable.
        (None, evidence(THREE, "nl", 1.0, page="fr"), "fr"),
        (None, evidence(FOUR, "nl", 0.98, page="fr"), "fr"),
        (None, evidence(FOUR, "nl", 0.99, page="fr"), "nl"),
        (None, evidence(NEUTRAL, "nl", 1.0, page="fr"), "fr"),
        (None, evidence("", "en", 0.34, page="nl"), "nl"),
        # The first turn without a page, or with one in a language that we do not speak.
        (None, evidence(ONE, "nl", 0.6), "nl"),
        (None, evidence(THREE, "fr", 0.9, page="de"), "fr"),
        (None, evidence(NEUTRAL, "nl", 1.0), "en"),
        (None, evidence("👍", "nl", 0.34, page="de"), "en"),
        # Later turns: a change needs evidence.
        ("fr", evidence(ONE, "nl", 1.0), "fr"),
        ("fr", evidence(TWO, "nl", 0.96), "fr"),
        ("fr", evidence(TWO, "nl", 0.98), "nl"),
        ("fr", evidence(THREE, "nl", 0.89), "fr"),
        ("fr", evidence(THREE, "nl", 0.91), "nl"),
        ("fr", evidence(NEUTRAL, "nl", 1.0), "fr"),
        ("fr", evidence("", "nl", 1.0), "fr"),
        ("fr", evidence(FOUR, "fr", 1.0), "fr"),
        # Answers to a form are names, firms and brands: only a whole sentence changes anything.
        ("nl", evidence("John Smith", "en", 1.0, is_in_form=True), "nl"),
        ("nl", evidence("Fiduciaire Dupont Fils", "fr", 1.0, is_in_form=True), "nl"),
        ("fr", evidence(FOUR, "nl", 0.96, is_in_form=True), "fr"),
        ("fr", evidence(FOUR, "nl", 0.98, is_in_form=True), "nl"),
        ("fr", evidence(ONE, "nl", 1.0, requested="nl", is_in_form=True), "nl"),
        ("fr", replace(evidence(FOUR, "nl", 0.98, is_in_form=True), is_name_asked=True), "fr"),
        # After the first turn the page has nothing to say.
        ("nl", evidence(FOUR, "nl", 0.8, page="en"), "nl"),
        ("nl", evidence(NEUTRAL, "nl", 0.3, page="en"), "nl"),
        # A request wins over everything; for German it is none of ours to grant.
        (None, evidence(FOUR, "nl", 1.0, page="fr", requested="en"), "en"),
        ("nl", evidence(FOUR, "nl", 1.0, requested="fr"), "fr"),
        ("nl", evidence(NEUTRAL, "nl", 1.0, requested="de"), "nl"),
    ],
)
def test_a_message_moves_the_conversation_to_its_language(
    current: str | None, given: Evidence, expected: str
) -> None:
    assert next_language(current, given) == expected


@pytest.mark.parametrize("current", LANGUAGES)
@pytest.mark.parametrize("requested", LANGUAGES)
def test_an_explicit_request_wins_from_every_language(current: str, requested: str) -> None:
    given = evidence(FOUR, current, 1.0, page=current, requested=requested)

    assert next_language(current, given) == requested


@pytest.mark.parametrize(
    "text",
    [
        "",
        "OK!",
        "👍",
        "12345",
        "0403.170.701",
        "31/12/2022",
        "an@example.be",
        "https://filing.cbso.nbb.be/x",
        "AADB2C90091",
        "ERR_BAD_SSL_CLIENT_AUTH_CERT",
        "GlobalSign",
        "Isabel 6",
        "m02-f",
        "4A:7F:02",
        "There are script errors preventing it from being loaded",
        "e-mail helpdesk NCTS",
        "system-to-system EMCS",
    ],
)
def test_what_is_written_alike_in_every_language_is_neutral(text: str) -> None:
    assert is_neutral(text)


@pytest.mark.parametrize("text", ["ja", "oui merci", "yes", "ok dank u", "mon écran reste gris"])
def test_words_of_one_language_are_not_neutral(text: str) -> None:
    assert not is_neutral(text)


SPEAKING = {"grey": "en", "screen": "en", "he": "en", "merci": "fr", "carnet": "fr"}


def speaks_for(word: str, language: str) -> bool:
    return SPEAKING.get(word) == language


@pytest.mark.parametrize(
    "text",
    [
        "Isabel, Nathalie Collard",
        "merci he, top",
        "carnet ATA screen",
        "screen, screen",
        "There are script errors preventing it from being loaded he",
    ],
)
def test_fewer_than_two_words_of_another_language_do_not_change_it(text: str) -> None:
    evidence = Evidence(text, {"en": 0.99, "fr": 0.01, "nl": 0.0}, speaks_for=speaks_for)

    assert next_language("nl", evidence) == "nl"


def test_two_words_of_another_language_change_it() -> None:
    evidence = Evidence("grey screen", {"en": 0.99, "nl": 0.01}, speaks_for=speaks_for)

    assert next_language("nl", evidence) == "en"


def test_an_address_that_is_spelt_out_speaks_no_language() -> None:
    text = "rita punt wouters at proximus punt be"
    evidence = Evidence(
        text, {"en": 0.99, "nl": 0.01}, is_in_form=True, speaks_for=lambda word, _: word == "at"
    )

    assert next_language("nl", evidence) == "nl"


@pytest.mark.parametrize(
    ("text", "language"),
    [("en", "en"), ("EN", "en"), ("31/12/22 en 31/12/23", None), ("1 en 2", None)],
)
def test_a_conjunction_asks_for_no_language(text: str, language: str | None) -> None:
    assert requested_language(text) == language
