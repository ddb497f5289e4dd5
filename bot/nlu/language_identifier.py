"""NLU component that says in which language the conversation goes on."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language import LANGUAGES
from bot.language.conversation import Evidence, next_language, requested_language
from bot.language.identify import ForeignLanguageDetector, LanguageProfiles
from bot.language.neutral import is_neutral
from bot.language.words import words_of
from bot.nlu.storage import load_arrays, persist_arrays

LANGUAGE = "language"
REQUESTED_LANGUAGE = "requested_language"
FOREIGN_LANGUAGE = "foreign_language"
# In the form shorter messages are names: Dr. Jan Peeters is no German.
_SENTENCE_WORDS = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class LanguageIdentifier(GraphComponent):
    """Sets the message's ``language`` and reports it as an entity, for the slot.

    At inference Rasa hands over the conversation's tracker, so the decision has a
    memory in every channel, the stock ``rasa run`` included.
    """

    def __init__(
        self, storage: ModelStorage, resource: Resource, profiles: LanguageProfiles | None = None
    ) -> None:
        self._storage = storage
        self._resource = resource
        self._profiles = profiles
        self._foreign = ForeignLanguageDetector()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LanguageIdentifier":
        """Make an untrained component."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LanguageIdentifier":
        """Make the trained component out of the model archive."""
        arrays = load_arrays(model_storage, resource)
        return cls(model_storage, resource, LanguageProfiles.from_arrays(arrays))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn each language's characters from the examples whose block names it."""
        texts: dict[str, list[str]] = {language: [] for language in LANGUAGES}
        for message in training_data.training_examples:
            language = _language_of_example(message)
            if language in LANGUAGES and message.get(TEXT):
                texts[language].append(message.get(TEXT))
        self._profiles = LanguageProfiles.learn(texts)
        persist_arrays(self._profiles.to_arrays(), self._storage, self._resource)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Tell the tokenizer which language each example is in."""
        for message in training_data.training_examples:
            message.set(LANGUAGE, _language_of_example(message))
        return training_data

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Decide the language of each message in the light of its conversation."""
        for message in messages:
            self._identify(message, tracker)
        return messages

    def _identify(self, message: Message, tracker: DialogueStateTracker | None) -> None:
        text = message.get(TEXT) or ""
        assert self._profiles is not None  # noqa: S101 (Rasa calls load or train first)
        current = tracker.get_slot(LANGUAGE) if tracker else None
        asked_for = tracker.get_slot("requested_slot") if tracker else None
        requested = requested_language(text, is_asked_for_a_language=asked_for == "filing_language")
        evidence = Evidence(
            text=text,
            probabilities=self._profiles.probabilities(text),
            speaks_for=self._profiles.speaks_for,
            page=(message.get("metadata") or {}).get(LANGUAGE),
            requested=requested,
            is_in_form=asked_for is not None,
            is_name_asked=asked_for == "certificate_owner",
        )
        language = next_language(current, evidence)
        message.set(LANGUAGE, language, add_to_output=True)
        if requested:
            message.set(REQUESTED_LANGUAGE, requested, add_to_output=True)
        elif not is_neutral(text) and not (asked_for and len(words_of(text)) < _SENTENCE_WORDS):
            foreign = self._foreign.detect(text, known_share=self._profiles.known_share(text))
            if foreign:
                message.set(FOREIGN_LANGUAGE, foreign, add_to_output=True)
        entity = {
            "entity": LANGUAGE,
            "value": language,
            "start": 0,
            "end": len(text),
            "extractor": type(self).__name__,
        }
        message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)


def _language_of_example(message: Message) -> str | None:
    metadata = message.get("metadata") or {}
    return (metadata.get("intent") or {}).get(LANGUAGE)
