"""Each check finds the fault it is there for, and the project's own data passes all of them."""

import copy
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.guidance.consistency import (
    MIN_EXAMPLES,
    PLACEHOLDERS,
    check_answers,
    check_buttons,
    check_examples,
    check_languages,
    check_next,
    variation,
    warn_of_the_end,
)
from bot.language import LANGUAGES
from bot.shell.project import read_examples, read_facts, read_responses

DATA = Path(__file__).parents[2] / "data"
EMAIL, PHONE = "helpdesk@example.be", "02 000 00 00"
TITLES = {"en": "Grey screen", "fr": "Écran gris", "nl": "Grijs scherm"}
NAME = "utter_faq/grey_screen"

Responses = dict[str, list[dict[str, Any]]]
Examples = dict[str, dict[str, list[str]]]


@pytest.fixture
def facts() -> dict[str, Any]:
    topic = {
        "name": "grey_screen",
        "next": ["grey_screen"],
        "facts": [{"fact": "It is grey."}, {"fact": "It is free.", "valid_until": "2026-12-31"}],
        "tokens": ["idaas.example.be", "31/01/2024"],
    }
    contact = {"email": {"value": EMAIL}, "phone": {"value": PHONE}}
    return {
        "topics": {"F1": topic},
        "sources": {"S1": {}, "S2": {}},
        "contacts": {"filing_contact_center": contact},
    }


def when(language: str) -> list[dict[str, str]]:
    return [{"type": "slot", "name": "language", "value": language}]


@pytest.fixture
def responses() -> Responses:
    """One answer and one question of the form, without a fault."""
    answers: list[dict[str, Any]] = [
        {
            "condition": when(language),
            "text": f"{title}: idaas.example.be, 31/01/2024, {{contact_email}}.",
            "metadata": {
                "topic": "grey_screen",
                "outcome": "answer",
                "title": title,
                "checked": "2026-11-20",
                "sources": ["S1"],
            },
            "buttons": [{"title": title, "payload": title}],
        }
        for language, title in TITLES.items()
    ]
    default = {key: value for key, value in answers[0].items() if key != "condition"}
    return {NAME: [*answers, copy.deepcopy(default)]}


@pytest.fixture
def examples() -> Examples:
    return {
        language: {
            "faq/grey_screen": [title, *(f"{language} {n}" for n in range(1, MIN_EXAMPLES))],
            "greet": [f"hello {language} {n}" for n in range(MIN_EXAMPLES)],
        }
        for language, title in TITLES.items()
    }


def answer_in(responses: Responses, language: str) -> dict[str, Any]:
    return responses[NAME][LANGUAGES.index(language)]


def the_only(problems: list[str]) -> str:
    assert len(problems) == 1, problems
    return problems[0]


# Without a fault


def test_data_without_a_fault_gives_no_problem(
    facts: dict[str, Any], responses: Responses, examples: Examples
) -> None:
    assert check_answers(facts, responses) == []
    assert check_next(facts, responses) == []
    assert check_languages(responses) == []
    assert check_examples(examples) == []
    assert check_buttons(responses, examples) == []


@pytest.fixture(scope="module")
def project() -> tuple[dict[str, Any], Responses, Examples]:
    return read_facts(DATA), read_responses(DATA), read_examples(DATA)


def test_every_answer_of_the_project_carries_its_facts(project: Any) -> None:
    facts, responses, _ = project

    assert check_answers(facts, responses) == []
    assert check_next(facts, responses) == []


def test_the_projects_responses_agree_in_every_language(project: Any) -> None:
    assert check_languages(project[1]) == []


def test_the_projects_examples_agree_in_every_language(project: Any) -> None:
    assert check_examples(project[2]) == []


def test_every_button_of_the_project_is_understood(project: Any) -> None:
    assert check_buttons(project[1], project[2]) == []


def test_the_project_has_topics_responses_and_examples_to_check(project: Any) -> None:
    facts, responses, examples = project

    assert len(facts["topics"]) > 20
    assert len(responses) > len(facts["topics"])
    assert set(examples) == set(LANGUAGES)


# Answers and the fact base


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_variation_of_a_language_is_found(responses: Responses, language: str) -> None:
    assert variation(responses[NAME], language) is answer_in(responses, language)


def test_the_default_is_no_language(responses: Responses) -> None:
    assert variation(responses[NAME][-1:], "en") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_topic_without_an_answer_in_a_language_is_found(
    facts: dict[str, Any], responses: Responses, language: str
) -> None:
    responses[NAME].remove(answer_in(responses, language))

    problem = the_only(check_answers(facts, responses))

    assert problem == f"F1 grey_screen [{language}]: no answer"


def test_a_topic_without_a_response_is_found_in_every_language(facts: dict[str, Any]) -> None:
    assert len(check_answers(facts, {})) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("token", "written"),
    [
        ("idaas.example.be", "idaas.example.com"),
        ("31/01/2024", "31-01-2024"),
        ("31/01/2024", "31/1/2024"),
    ],
)
def test_a_fact_that_is_not_written_letter_for_letter_is_found(
    facts: dict[str, Any], responses: Responses, language: str, token: str, written: str
) -> None:
    answer = answer_in(responses, language)
    answer["text"] = answer["text"].replace(token, written)

    problem = the_only(check_answers(facts, responses))

    assert problem == f"F1 grey_screen [{language}]: lacks {token!r}"


def test_a_fact_may_be_told_in_one_of_its_other_forms(
    facts: dict[str, Any], responses: Responses
) -> None:
    facts["topics"]["F1"]["alternative_tokens"] = ["31 January 2024"]
    answer = answer_in(responses, "en")
    answer["text"] = answer["text"].replace("31/01/2024", "31 January 2024")

    assert check_answers(facts, responses) == []


@pytest.mark.parametrize("value", [EMAIL, PHONE])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_contact_detail_written_out_is_found(
    facts: dict[str, Any], responses: Responses, language: str, value: str
) -> None:
    answer_in(responses, language)["text"] += f" {value}"

    assert "which is a setting" in the_only(check_answers(facts, responses))


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("topic", "idaas", "metadata.topic"),
        ("topic", None, "metadata.topic"),
        ("outcome", "smalltalk", "metadata.outcome"),
        ("outcome", None, "metadata.outcome"),
        ("title", "", "lacks title"),
        ("title", None, "lacks title"),
        ("checked", None, "the day it was checked"),
        ("checked", "20/11/2026", "the day it was checked"),
        ("checked", "yesterday", "the day it was checked"),
        ("sources", ["S1", "S9"], "sources that the fact base lacks: S9"),
        ("sources", [], "sources that the fact base lacks"),
        ("sources", None, "sources that the fact base lacks"),
    ],
)
def test_wrong_metadata_of_an_answer_is_found(
    facts: dict[str, Any], responses: Responses, key: str, value: Any, found: str
) -> None:
    answer_in(responses, "fr")["metadata"][key] = value

    problem = the_only(check_answers(facts, responses))

    assert problem.startswith("F1 grey_screen [fr]: ")
    assert found in problem


def test_an_answer_without_metadata_is_found(facts: dict[str, Any], responses: Responses) -> None:
    del answer_in(responses, "nl")["metadata"]

    assert check_answers(facts, responses)


# Languages


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_response_that_lacks_a_language_is_found(responses: Responses, language: str) -> None:
    responses[NAME].remove(answer_in(responses, language))

    assert "needs en, fr, nl" in the_only(check_languages(responses))


def test_a_response_without_a_default_is_found(responses: Responses) -> None:
    del responses[NAME][-1]

    assert "unconditioned default" in the_only(check_languages(responses))


def test_a_default_that_is_not_the_last_variation_is_found(responses: Responses) -> None:
    responses[NAME].insert(0, responses[NAME].pop())

    assert "unconditioned default" in the_only(check_languages(responses))


def test_a_notice_for_everybody_needs_no_languages() -> None:
    assert check_languages({"utter_german_notice": [{"text": "Guten Tag"}]}) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("placeholder", ["{contact_phone}", "{reference}", "{}"])
def test_a_placeholder_in_one_language_only_is_found(
    responses: Responses, language: str, placeholder: str
) -> None:
    answer_in(responses, language)["text"] += f" {placeholder}"

    assert any("placeholders differ" in problem for problem in check_languages(responses))


@pytest.mark.parametrize("placeholder", ["{contact_mail}", "{name}", "{}"])
def test_a_placeholder_nobody_fills_is_found(responses: Responses, placeholder: str) -> None:
    for answer in responses[NAME]:
        answer["text"] += f" {placeholder}"

    assert "unknown placeholders" in the_only(check_languages(responses))


@pytest.mark.parametrize("placeholder", sorted(PLACEHOLDERS))
def test_a_placeholder_that_is_filled_is_no_fault(responses: Responses, placeholder: str) -> None:
    for answer in responses[NAME]:
        answer["text"] += f" {{{placeholder}}}"

    assert check_languages(responses) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "literal",
    [
        "https://www.nbb.be/x",
        "http://nbb.be",
        "desk@nbb.be",
        "login.minfin.fgov.be",
        "01/02/2024",
        "AADB2C90273",
        "ERR_SSL_CLIENT_AUTH",
    ],
)
def test_a_literal_fact_in_one_language_only_is_found(
    responses: Responses, language: str, literal: str
) -> None:
    answer_in(responses, language)["text"] += f" {literal}"

    problem = the_only(check_languages(responses))

    assert "literal facts differ" in problem
    assert literal in problem


def test_a_literal_fact_at_the_end_of_a_sentence_is_the_same_fact(responses: Responses) -> None:
    for answer, end in zip(responses[NAME], (".", ",", ")", ":"), strict=True):
        answer["text"] += f" (https://www.nbb.be/x{end}"

    assert check_languages(responses) == []


# Examples


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_an_intent_that_lacks_a_language_is_found(examples: Examples, language: str) -> None:
    del examples[language]["greet"]

    problem = the_only(check_examples(examples))

    assert problem.startswith(f"data/nlu [{language}]")
    assert "greet" in problem


def test_an_intent_that_english_alone_lacks_is_found(examples: Examples) -> None:
    del examples["en"]["greet"]

    assert len(check_examples(examples)) == len(LANGUAGES) - 1


def test_a_language_without_examples_is_found(examples: Examples) -> None:
    del examples["nl"]

    assert the_only(check_examples(examples)).startswith("data/nlu [nl]")


def test_intents_in_another_order_are_found(examples: Examples) -> None:
    examples["fr"] = dict(reversed(examples["fr"].items()))

    assert "order" in the_only(check_examples(examples))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_intent_with_too_few_examples_is_found(examples: Examples, language: str) -> None:
    examples[language]["greet"].pop()

    problem = the_only(check_examples(examples))

    assert problem == f"greet [{language}]: {MIN_EXAMPLES - 1} of {MIN_EXAMPLES} examples"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "write",
    [
        lambda text: text,
        str.upper,
        lambda text: f"  {text} ",
        lambda text: text.replace("e", "é"),
    ],
    ids=["same", "capitals", "spaces", "accents"],
)
def test_an_example_that_stands_twice_is_found(
    examples: Examples, language: str, write: Callable[[str], str]
) -> None:
    texts = examples[language]["greet"]
    texts.append(write(texts[0]))

    assert the_only(check_examples(examples)).startswith(f"greet [{language}]: twice")


def test_an_example_in_two_intents_is_found(examples: Examples) -> None:
    examples["fr"]["greet"].append("ÉCRAN gris")

    problem = the_only(check_examples(examples))

    assert problem == "in faq/grey_screen and greet: ecran gris"


def test_an_example_in_two_intents_of_two_languages_is_found(examples: Examples) -> None:
    examples["nl"]["greet"].append("grey screen")

    assert the_only(check_examples(examples)).startswith("in faq/grey_screen and greet")


def test_the_same_words_in_two_languages_of_one_intent_are_no_fault(examples: Examples) -> None:
    for language in LANGUAGES:
        examples[language]["faq/grey_screen"].append("IDAAS")

    assert check_examples(examples) == []


# Buttons


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_title_that_is_no_example_is_found(
    responses: Responses, examples: Examples, language: str
) -> None:
    answer_in(responses, language)["metadata"]["title"] = "xyzzy"

    problem = the_only(check_buttons(responses, examples))

    assert problem == f"{NAME} [{language}]: title 'xyzzy' is no example"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_button_that_is_no_example_is_found(
    responses: Responses, examples: Examples, language: str
) -> None:
    answer_in(responses, language)["buttons"] = [{"title": "xyzzy", "payload": "xyzzy"}]

    problem = the_only(check_buttons(responses, examples))

    assert problem == f"{NAME} [{language}]: 'xyzzy' is no example"


def test_a_button_of_another_language_is_found(responses: Responses, examples: Examples) -> None:
    answer_in(responses, "fr")["buttons"] = [{"title": TITLES["nl"], "payload": TITLES["nl"]}]

    assert "[fr]: 'Grijs scherm' is no example" in the_only(check_buttons(responses, examples))


def test_a_button_that_sends_other_words_is_found(responses: Responses, examples: Examples) -> None:
    answer_in(responses, "nl")["buttons"] = [{"title": "Ja", "payload": TITLES["nl"]}]

    problem = the_only(check_buttons(responses, examples))

    assert problem == f"{NAME} [nl]: 'Ja' sends other words"


def test_a_button_that_answers_the_forms_question_need_not_be_an_example(
    responses: Responses, examples: Examples
) -> None:
    responses["utter_ask_filing_model"] = [
        {
            "condition": when(language),
            "text": "?",
            "buttons": [{"title": "xyzzy", "payload": "xyzzy"}],
        }
        for language in LANGUAGES
    ]

    assert check_buttons(responses, examples) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_title_of_two_topics_is_found(
    responses: Responses, examples: Examples, language: str
) -> None:
    responses["utter_faq/black_screen"] = [copy.deepcopy(answer_in(responses, language))]

    problem = the_only(check_buttons(responses, examples))

    assert f"[{language}] stands for 2 topics" in problem


def test_the_kin_of_the_settings_all_lead_to_the_offer_of_a_request() -> None:
    pipeline = yaml.safe_load((DATA.parent / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    [kin] = [part["kin"] for part in pipeline if "kin" in part]
    variations = [v for topic in kin for v in read_responses()[f"utter_{topic}"]]

    assert len(kin) > 1
    assert {v["metadata"].get("offers") for v in variations} == {"open_migration_request"}


# What comes next


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_button_that_the_fact_base_does_not_go_on_to_is_found(
    facts: dict[str, Any], responses: Responses, language: str
) -> None:
    answer_in(responses, language)["buttons"].append({"title": "More", "payload": "More"})

    assert f"[{language}]" in the_only(check_next(facts, responses))


def test_every_topic_of_the_project_goes_on_to_something(project: Any) -> None:
    assert [topic["name"] for topic in project[0]["topics"].values() if not topic["next"]] == []


@pytest.mark.parametrize(
    ("today", "warnings"),
    [
        ("2026-11-01", ["F1 grey_screen: ends in 60 days: It is free."]),
        ("2026-12-31", ["F1 grey_screen: ends in 0 days: It is free."]),
        ("2026-10-31", []),
        ("2027-01-01", []),
    ],
)
def test_the_end_of_a_fact_is_announced(
    facts: dict[str, Any], today: str, warnings: list[str]
) -> None:
    assert warn_of_the_end(facts, date.fromisoformat(today)) == warnings
