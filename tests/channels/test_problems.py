import json
import re

import pytest

from bot.channels.problems import CODES, Problem, preferred_language
from bot.language import LANGUAGES

_VALUES = {
    "field": "id",
    "languages": "en, fr, nl",
    "limit": 4000,
    "origin": "https://www.example.be",
    "reference": "ERR-0A1B2C3D",
    "seconds": 7,
    "version": 1,
    "names": "widget:, mail:",
    "email": "desk@example.be",
    "phone": "02 221 30 01",
}


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_problem_is_told_in_other_words_in_each_language(code: str) -> None:
    problem = Problem(400, code, _VALUES)

    messages = {problem.message(language) for language in LANGUAGES}

    assert len(messages) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(CODES))
def test_a_problem_reads_as_a_sentence_without_gaps(code: str, language: str) -> None:
    message = Problem(400, code, _VALUES).message(language)

    assert message[0].isupper() or message[0] in "“«"
    assert message.endswith(".")
    assert not re.search(r"{\w*}", message)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("body_too_large", "limit"),
        ("internal", "reference"),
        ("invalid_language", "languages"),
        ("message_too_long", "limit"),
        ("too_many_messages", "seconds"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_value_that_matters_is_told(code: str, name: str, language: str) -> None:
    message = Problem(400, code, {name: _VALUES[name]}).message(language)

    assert str(_VALUES[name]) in message


@pytest.mark.parametrize("language", [None, "", "de", "NL-BE", "xx"])
def test_an_unknown_language_is_told_in_english(language: str | None) -> None:
    problem = Problem(404, "not_found")

    assert problem.message(language) == problem.message("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_of_metadata_is_json_to_copy(language: str) -> None:
    message = Problem(400, "invalid_metadata").message(language)

    example = message[message.index("{") : message.index("}") + 1]

    assert json.loads(example)["language"] in LANGUAGES


def test_the_body_holds_code_and_message_and_nothing_else() -> None:
    problem = Problem(429, "too_many_messages", {"seconds": 3})

    body = problem.as_json("fr")

    assert body == {"error": {"code": "too_many_messages", "message": problem.message("fr")}}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("nl", "nl"),
        ("nl-BE,nl;q=0.9,en-US;q=0.8,en;q=0.7", "nl"),
        ("fr-BE, fr;q=0.9", "fr"),
        ("FR", "fr"),
        ("en;q=0.5, nl", "nl"),
        ("fr;q=0.3,nl;q=0.4", "nl"),
        ("fr;q=0.8, nl;q=0.8", "fr"),
        ("de-DE,de;q=0.9,fr;q=0.2", "fr"),
        ("de, it;q=0.9", None),
        ("*", None),
        ("", None),
        (",,;;", None),
        ("nl;q=high, fr;q=0.1", "fr"),
        ("nl;q=0", None),
        ("nl;q=0, fr;q=0.1", "fr"),
        ("nlx", None),
    ],
)
def test_the_browser_tells_which_language_its_reader_prefers(
    header: str, expected: str | None
) -> None:
    assert preferred_language(header) == expected
