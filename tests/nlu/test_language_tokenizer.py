"""Words as the rules of each language cut them."""

import random
import string

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.language_identifier import LANGUAGE
from bot.nlu.language_tokenizer import LanguageTokenizer


@pytest.fixture(scope="module")
def tokenizer() -> LanguageTokenizer:
    return LanguageTokenizer(LanguageTokenizer.get_default_config())


def words(tokenizer: LanguageTokenizer, text: str, language: str) -> list[str]:
    message = Message(data={"text": text, LANGUAGE: language})
    return [token.text for token in tokenizer.tokenize(message, "text")]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "l'écran d’accès", ["l'", "écran", "d’", "accès"]),
        ("nl", "foto's van 't scherm", ["foto's", "van", "'t", "scherm"]),
        ("en", "it is  grey", ["it", "is", "grey"]),
        ("de", "es ist grau", ["es", "ist", "grau"]),
    ],
)
def test_the_language_decides_where_a_word_ends(
    tokenizer: LanguageTokenizer, language: str, text: str, expected: list[str]
) -> None:
    assert words(tokenizer, text, language) == expected


def test_made_up_words_are_forgotten_with_their_message(tokenizer: LanguageTokenizer) -> None:
    vocabulary = tokenizer._pipelines["nl"].vocab
    words(tokenizer, "een gewone zin", "nl")
    known = len(vocabulary.strings)

    noise = random.Random(1)
    for _ in range(50):
        made_up = ("".join(noise.choices(string.ascii_letters, k=12)) for _ in range(20))
        words(tokenizer, " ".join(made_up), "nl")

    assert len(vocabulary.strings) == known
