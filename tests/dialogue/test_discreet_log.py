"""Rasa's own log lines tell nothing of what people said."""

from collections.abc import Iterator

import pytest
import structlog
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.training_data.message import Message

from bot.dialogue import discreet_log
from bot.dialogue.discreet_log import leave_words_out


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_a_message_that_rasa_cannot_parse_is_not_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    discreet_log.configure()
    discreet_log.configure()

    YAMLStoryReader.unpack_regex_message(Message.build("/{an.peeters@example.be is my address}"))

    printed = capsys.readouterr()
    assert "peeters" not in printed.out + printed.err
    assert "message.parsing.failed" in printed.out + printed.err
    processors = structlog.get_config()["processors"]
    assert processors.count(leave_words_out) == 1
