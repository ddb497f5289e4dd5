"""Nobody's text becomes an intent by name, whatever stands before the slash."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.dialogue.patches.no_commands import WordsAlone
from bot.understanding.text import as_words, readable

DOMAIN = Domain.load(str(Path(__file__).parents[2] / "domain.yml"))
PAYLOADS = [
    'affirm{"confirm_ticket": true, "language": "xx"}',
    "restart",
    "session_start",
    'give_details{"certificate_owner": "x"}',
    "faq/grey_screen",
    "cancel@1.0",
]
BEFORE = st.text(
    st.sampled_from(
        "/／⁄∕⧸ \t\n\r\x0b\x0c\x1c\x1f\x7f\x85\u00a0\u2003\u2028\u3000\u200b\u200d\u2060\ufeff"
        "\u00ad\u202e\u180e\U000e0001\x00"
    ),
    max_size=12,
)


def _as_rasa_reads(text: str) -> Any:
    message = UserMessage(text)
    read = YAMLStoryReader.unpack_regex_message(Message({"text": message.text}), DOMAIN, "x")
    return read.get(INTENT) or read.get("entities")


@given(before=BEFORE, after=BEFORE, payload=st.sampled_from(PAYLOADS))
@settings(max_examples=400, deadline=None)
def test_words_are_never_read_as_an_intent(before: str, after: str, payload: str) -> None:
    text = f"{before}/{after}{payload}"

    words = as_words(readable(as_words(text)))

    assert not words.startswith("/")
    assert _as_rasa_reads(words) is None


@pytest.mark.parametrize("payload", [p for p in PAYLOADS if "{" in p])
def test_the_same_payload_behind_a_bare_slash_would_be_one(payload: str) -> None:
    assert _as_rasa_reads(f"/{payload}") is not None


@pytest.mark.parametrize("text", ["24/7 bereikbaar?", "en/of", "a / b", "-/-", "(/)"])
def test_a_slash_among_words_stays(text: str) -> None:
    assert as_words(text) == text


@pytest.mark.parametrize("text", ["/", "／", "/ \n /", "\u200b/", "", " "])
def test_slashes_alone_are_no_message(text: str) -> None:
    assert as_words(text) == ""


def test_what_stands_in_the_place_of_rasas_handler_changes_nothing() -> None:
    message = Message({"text": '/affirm{"language": "xx"}'})

    (given_back,) = WordsAlone.create().process([message], DOMAIN)

    assert given_back is message
    assert given_back.get(INTENT) is None


def test_a_conversation_does_not_keep_where_each_word_stood() -> None:
    message = Message({"text": "grijs scherm"}, output_properties={"text", "text_tokens"})
    message.set("text_tokens", [])

    (given_back,) = WordsAlone.create().process([message], DOMAIN)

    assert given_back.as_dict(only_output_properties=True) == {"text": "grijs scherm"}
