import io
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from bot.dialogue.history import Reply
from bot.shell.debug import parse_table, reply_json, state_table


def shown(table: Table) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined]


PARSED: dict[str, Any] = {
    "text": "grijs scherm",
    "language": "nl",
    "intent": {"name": "faq", "full_retrieval_intent_name": "faq/grey_screen", "confidence": 0.87},
    "intent_ranking": [
        {"name": "faq/grey_screen", "confidence": 0.87, "probability": 0.66},
        {"name": "out_of_scope", "confidence": 0.12, "probability": 0.05},
    ],
    "entities": [
        {"entity": "language", "value": "nl"},
        {"entity": "enterprise_number", "value": "0403170701"},
    ],
}
WORDS = ["[bold]x[/bold]", "[/]", "4A[/x]7F", "[red]", "[***]", "a\\", "😀", "{0["]


def test_a_parse_shows_language_intents_with_confidence_and_entities() -> None:
    text = shown(parse_table(PARSED))

    assert "nl" in text
    assert "faq/grey_screen  0.87" in text
    assert "0.12  p=0.05  out_of_scope" in text
    assert "enterprise_number = 0403170701" in text


def test_the_language_is_shown_once() -> None:
    assert "language = nl" not in shown(parse_table(PARSED))


@pytest.mark.parametrize("parsed", [{}, {"intent": None, "entities": None, "intent_ranking": None}])
def test_a_parse_that_found_nothing_is_shown(parsed: dict[str, Any]) -> None:
    assert "None" in shown(parse_table(parsed))


@pytest.mark.parametrize("words", WORDS)
def test_an_entity_is_shown_letter_for_letter(words: str) -> None:
    parsed = {"entities": [{"entity": "certificate_number", "value": words}]}

    assert f"certificate_number = {words}" in shown(parse_table(parsed))


@pytest.mark.parametrize("words", WORDS)
def test_a_slot_is_shown_letter_for_letter(words: str) -> None:
    assert f"certificate_owner = {words}" in shown(
        state_table({"slots": {"certificate_owner": words}})
    )


def test_slots_that_are_filled_are_shown_by_name() -> None:
    slots = {
        "language": "nl",
        "closing_date": None,
        "filings": [],
        "add_filing": False,
        "filing_index": 0,
        "session_started_metadata": {"language": "nl"},
        "certificate_owner": "An",
    }

    lines = [
        line.split("slot")[1].strip() for line in shown(state_table({"slots": slots})).splitlines()
    ]

    assert lines == [
        "add_filing = False",
        "certificate_owner = An",
        "filing_index = 0",
        "language = nl",
    ]


def test_the_actions_since_the_latest_message_are_shown_with_their_policy() -> None:
    events = [
        {"event": "user", "text": "hallo"},
        {"event": "action", "name": "utter_chitchat", "policy": "RulePolicy"},
        {"event": "action", "name": "action_listen", "policy": "RulePolicy"},
        {"event": "user", "text": "migratie"},
        {"event": "action", "name": "action_start_request", "policy": "RulePolicy"},
        {"event": "bot", "text": "Goed."},
        {"event": "action", "name": "migration_request_form", "policy": None},
        {"event": "action", "name": "action_listen", "policy": "RulePolicy"},
    ]

    text = shown(state_table({"slots": {}, "events": events}))

    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert rows == [
        "action action_start_request (RulePolicy)",
        "action migration_request_form (form)",
    ]


@pytest.mark.parametrize("state", [{}, {"slots": None, "events": None}, {"events": []}])
def test_a_conversation_that_has_not_begun_is_shown_empty(state: dict[str, Any]) -> None:
    assert shown(state_table(state)).strip() == ""


def test_a_saved_reply_is_its_words_outcome_and_topics() -> None:
    reply = Reply("Zo.", "answer", "nl", ["idaas"], [{"title": "Ja", "payload": "Ja"}])

    assert reply_json(reply) == {"text": "Zo.", "outcome": "answer", "topics": ["idaas"]}
