"""NLU component that cuts a message into words by the rules of its language."""

from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language
from spacy.tokenizer import Tokenizer as SpacyTokenizer
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from bot.language import DEFAULT_LANGUAGE, LANGUAGES
from bot.nlu.language_identifier import LANGUAGE

# Where French elides: after the apostrophe of l'écran, qu'il, d'accès.
_ELISION = r"(?<=[A-Za-zÀ-ÿ]['’])(?=[A-Za-zÀ-ÿ])"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class LanguageTokenizer(Tokenizer):
    """A blank spaCy pipeline for each language; no model to download.

    French elides (l'écran), Dutch and English do not: the language decides where a
    word ends. spaCy's own French rules list 16,000 hyphenated place names in one regular
    expression, which takes 3.8 s to build at every start; elision is what we need of them.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._pipelines = {"en": spacy.blank("en"), "fr": _french(), "nl": spacy.blank("nl")}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's own defaults of a tokenizer."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
        }

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave training examples untokenized: nothing in our pipeline learns from tokens.

        Rasa fingerprints every token once a component, which took 72 of 198 s of a training
        under the profiler (9,300 examples, two cores, 22/11/2026).
        """
        return training_data

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokenize one attribute of ``message`` in the language set on it."""
        language = message.get(LANGUAGE)
        pipeline = self._pipelines[language if language in LANGUAGES else DEFAULT_LANGUAGE]
        # A vocabulary keeps every word for ever, unless it is told that the words of a message go
        # with it: 3,000 messages of 150 made-up words took 308 MB, 700 bytes a word (29/11/2026).
        with pipeline.memory_zone():
            return [
                Token(token.text, token.idx, lemma=token.lower_)
                for token in pipeline.make_doc(message.get(attribute))
                if not token.is_space
            ]


def _french() -> Language:
    """Make a pipeline that cuts after an elided word: l' écran, qu' il, d' accès."""
    pipeline = spacy.blank("xx")
    infixes = [*(pipeline.Defaults.infixes or []), _ELISION]
    pipeline.tokenizer = SpacyTokenizer(
        pipeline.vocab,
        prefix_search=compile_prefix_regex(pipeline.Defaults.prefixes or []).search,
        suffix_search=compile_suffix_regex(pipeline.Defaults.suffixes or []).search,
        infix_finditer=compile_infix_regex(infixes).finditer,
    )
    return pipeline
