from pathlib import Path

import pytest

from bot.language import LANGUAGES
from bot.shell.project import DataMissing, read_examples, read_facts, read_responses


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def block(intent: str, *examples: str) -> str:
    return f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {text}\n" for text in examples)


def test_the_projects_own_data_is_read_in_every_language() -> None:
    facts, responses, examples = read_facts(), read_responses(), read_examples()

    assert set(examples) == set(LANGUAGES)
    assert {f"utter_faq/{topic['name']}" for topic in facts["topics"].values()} <= set(responses)
    assert all(texts for by_intent in examples.values() for texts in by_intent.values())


def test_a_command_outside_the_projects_folder_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="run this command in the project's folder"):
        read_facts(tmp_path)


def test_responses_of_all_files_are_read(tmp_path: Path) -> None:
    write(tmp_path / "responses/a.yml", "responses:\n  utter_a:\n  - text: Één {contact_email}\n")
    write(tmp_path / "responses/b.yml", "responses:\n  utter_b:\n  - text: |-\n      a\n      b\n")

    responses = read_responses(tmp_path)

    assert responses["utter_a"] == [{"text": "Één {contact_email}"}]
    assert responses["utter_b"] == [{"text": "a\nb"}]


def test_examples_are_read_by_language_and_intent_in_their_order(tmp_path: Path) -> None:
    content = "nlu:\n" + block("leave", "dag", "tot ziens") + "\n" + block("greet", "hallo")
    write(tmp_path / "nlu/chitchat.nl.yml", content)
    write(tmp_path / "nlu/chitchat.fr.yml", "nlu:\n" + block("greet", "bonjour"))

    examples = read_examples(tmp_path)

    assert examples["nl"] == {"leave": ["dag", "tot ziens"], "greet": ["hallo"]}
    assert list(examples["nl"]) == ["leave", "greet"]
    assert examples["fr"] == {"greet": ["bonjour"]}


@pytest.mark.parametrize(
    "text", ["- a list in a message", "what: is this", "l'écran « gris » #1", "-", "100 %", "😀"]
)
def test_an_example_is_read_letter_for_letter(tmp_path: Path, text: str) -> None:
    write(tmp_path / "nlu/x.en.yml", "nlu:\n" + block("greet", text, "hello"))

    assert read_examples(tmp_path)["en"]["greet"] == [text, "hello"]


def test_an_intent_spread_over_two_files_loses_no_example(tmp_path: Path) -> None:
    write(tmp_path / "nlu/access.en.yml", "nlu:\n" + block("faq/idaas", "what is idaas"))
    write(tmp_path / "nlu/login.en.yml", "nlu:\n" + block("faq/idaas", "idaas?"))

    assert read_examples(tmp_path)["en"]["faq/idaas"] == ["what is idaas", "idaas?"]


def test_examples_of_languages_we_do_not_speak_stay_apart(tmp_path: Path) -> None:
    write(tmp_path / "nlu/other_languages.yml", "nlu:\n" + block("speak_german", "guten Tag"))

    assert read_examples(tmp_path) == {}
