"""What editors decided stays understood: `cybo review export` adds to `decided.tsv`."""

import csv
from pathlib import Path
from typing import Any

import pytest

from bench.evaluation.messages import full_intent
from bot.dialogue.assistant import Assistant
from bot.language import LANGUAGES
from bot.review import OUT_OF_SCOPE
from bot.settings import read_settings
from bot.understanding.outcome import CLARIFY, SEVERAL

DECIDED = Path(__file__).parent / "decided.tsv"


def is_understood(topic: str, parsed: dict[str, Any]) -> bool:
    """Say whether a parse answers the topic; what is out of scope must not be answered."""
    intent = full_intent(parsed).removeprefix("faq/")
    if topic == OUT_OF_SCOPE:
        return intent in {OUT_OF_SCOPE, CLARIFY}
    if intent == SEVERAL:
        return f"faq/{topic}" in parsed["topics"]
    return intent == topic


def misunderstood(rows: list[dict[str, str]], parses: list[dict[str, Any]]) -> list[str]:
    return [
        f"{row['topic']}, not {full_intent(parsed)}: {row['text']}"
        for row, parsed in zip(rows, parses, strict=True)
        if not is_understood(row["topic"], parsed)
    ]


@pytest.mark.trained
async def test_every_decided_message_is_understood(tmp_path: Path) -> None:
    with DECIDED.open(encoding="utf-8") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        rows = list(reader)
    assert reader.fieldnames == ["topic", "language", "text"]
    assert {row["language"] for row in rows} <= set(LANGUAGES)
    assistant = Assistant.load(read_settings({"CYBO_DATA_DIR": str(tmp_path)}))

    parses = [await assistant.parse(row["text"]) for row in rows]

    assert misunderstood(rows, parses) == []


def parse(intent: str, *topics: str) -> dict[str, Any]:
    name, _, key = intent.partition("/")
    selected = {name: {"response": {"intent_response_key": intent}}} if key else {}
    return {"intent": {"name": name}, "response_selector": selected, "topics": list(topics)}


@pytest.mark.parametrize(
    ("topic", "parsed", "understood"),
    [
        ("fees", parse("faq/fees"), True),
        ("fees", parse("faq/access"), False),
        ("fees", parse("nlu_fallback"), False),
        ("fees", parse("several_questions", "faq/access", "faq/fees"), True),
        ("fees", parse("several_questions", "faq/access", "faq/models"), False),
        ("request_human", parse("request_human"), True),
        ("chitchat/greet", parse("chitchat/greet"), True),
        ("out_of_scope", parse("out_of_scope"), True),
        ("out_of_scope", parse("nlu_fallback"), True),
        ("out_of_scope", parse("faq/fees"), False),
    ],
)
def test_a_misunderstood_message_is_named(
    topic: str, parsed: dict[str, Any], understood: bool
) -> None:
    row = {"topic": topic, "language": "nl", "text": "een bericht"}

    assert bool(misunderstood([row], [parsed])) is not understood
