"""Rasa without TensorFlow, as `cybo serve` runs it; and a small domain."""

import os
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain

from bot.language import LANGUAGES

RESPONSES = """
responses:
  utter_disclosure:
  - condition: [{type: slot, name: language, value: en}]
    text: I am automated.
    metadata: {discloses: true, outcome: smalltalk}
  - condition: [{type: slot, name: language, value: fr}]
    text: Je suis automatisé.
    metadata: {discloses: true, outcome: smalltalk}
  - condition: [{type: slot, name: language, value: nl}]
    text: Ik ben geautomatiseerd.
    metadata: {discloses: true, outcome: smalltalk}
  - text: I am automated.
    metadata: {discloses: true, outcome: smalltalk}
  utter_disclosure_below:
  - text: This is automated.
    metadata: {discloses: true, outcome: smalltalk}
  utter_faq/grey_screen:
  - condition: [{type: slot, name: language, value: en}]
    text: Log in again.
    metadata: &metadata {outcome: answer, topic: grey_screen, sources: [S1], checked: "2026-11-20"}
  - condition: [{type: slot, name: language, value: fr}]
    text: Reconnectez-vous.
    metadata: *metadata
  - condition: [{type: slot, name: language, value: nl}]
    text: Meld u opnieuw aan.
    metadata: *metadata
  - text: Log in again.
    metadata: *metadata
  utter_german_notice:
  - text: "Guten Tag. Schreiben Sie an {contact_email}."
    buttons:
    - {title: En français, payload: En français}
    metadata: {discloses: true, language: de, outcome: out_of_scope}
  utter_hand_over_with_words:
  - text: "Mail {contact_email} or call {contact_phone}. You said: {said}"
    metadata: {outcome: handoff}
  utter_plain:
  - text: A response that says nothing about itself.
"""


@pytest.fixture(autouse=True)
def _settings_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own settings and data out."""
    for name in [name for name in os.environ if name.startswith("CYBO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CYBO_DATA_DIR", str(tmp_path))


@pytest.fixture(scope="session")
def domain() -> Domain:
    languages = "\n".join(f"    - {language}" for language in LANGUAGES)
    return Domain.from_yaml(
        f"""
version: "3.1"
intents: [greet]
entities: [language]
slots:
  certificate_number:
    type: text
    influence_conversation: false
    mappings: [{{type: custom}}]
  language:
    type: categorical
    influence_conversation: false
    values:
{languages}
    mappings: [{{type: from_entity, entity: language}}]
actions: [action_hand_over]
forms:
  migration_request_form:
    required_slots: [certificate_number]
{RESPONSES}
"""
    )
