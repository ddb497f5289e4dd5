from typing import Any

import pytest
import rasa.shared.utils.io as rasa_io
import rasa.shared.utils.validation as rasa_validation
from rasa.shared.core.domain import Domain
from rasa.shared.utils.validation import YamlValidationException

from bot.dialogue.patches.trained_domain import trusting_the_trained_domain

DOMAIN = """
version: "3.1"
intents: [greet, leave]
responses:
  utter_greet:
  - text: Hallo
"""
# The schema wants a text here; nothing that reads the domain minds.
STRANGE = DOMAIN.replace("text: Hallo", "text: 1")


def test_the_domain_is_read_as_without_it() -> None:
    expected = Domain.from_yaml(DOMAIN)

    with trusting_the_trained_domain():
        domain = Domain.from_yaml(DOMAIN)

    assert domain.as_dict() == expected.as_dict()
    assert domain.fingerprint() == expected.fingerprint()


def test_what_training_accepted_is_not_checked_again() -> None:
    with trusting_the_trained_domain():
        domain = Domain.from_yaml(STRANGE)

    assert "utter_greet" in domain.responses


def test_afterwards_rasa_checks_again() -> None:
    with trusting_the_trained_domain():
        Domain.from_yaml(STRANGE)

    with pytest.raises(YamlValidationException):
        Domain.from_yaml(STRANGE)


def fail_while_loading() -> None:
    with trusting_the_trained_domain():
        raise OSError("the archive is cut off")


def test_afterwards_rasa_is_as_it_was_even_when_loading_failed() -> None:
    before = (rasa_validation.validate_yaml_schema, rasa_io.read_yaml)

    with pytest.raises(OSError, match="cut off"):
        fail_while_loading()

    assert (rasa_validation.validate_yaml_schema, rasa_io.read_yaml) == before


def test_a_text_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def read_yaml(content: str, *_: Any, **__: Any) -> dict[str, Any]:
        parsed.append(content)
        return {"text": content}

    monkeypatch.setattr(rasa_io, "read_yaml", read_yaml)

    with trusting_the_trained_domain():
        read = [rasa_io.read_yaml(text) for text in ("a: 1", "b: 2", "a: 1", "a: 1")]

    assert parsed == ["a: 1", "b: 2"]
    assert read == [{"text": "a: 1"}, {"text": "b: 2"}, {"text": "a: 1"}, {"text": "a: 1"}]


def test_who_changes_what_was_parsed_changes_nobody_elses() -> None:
    with trusting_the_trained_domain():
        first = rasa_io.read_yaml(DOMAIN)
        first["responses"]["utter_greet"].clear()
        second = rasa_io.read_yaml(DOMAIN)

    assert second["responses"]["utter_greet"] == [{"text": "Hallo"}]
