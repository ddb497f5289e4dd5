"""NLU component that ranks the intents of a message."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import encode_as_trained
from bot.nlu.message_encoder import ASKING
from bot.nlu.storage import load_arrays, persist_arrays
from bot.understanding.classifier import IntentModel, Ranked, named_intents
from bot.understanding.questions import split_questions

INTENT_RANKING = "intent_ranking"
PART_RANKINGS = "part_rankings"
"""What each question of a message ranks; a property of the message, not of its output."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceIntentClassifier(IntentClassifier, GraphComponent):
    """The trained network, the letters and the nearest examples of each intent.

    Ranks full retrieval intents (``faq/grey_screen``): one model knows every topic, so
    that topics and small talk compete with each other and no second selector runs.
    """

    def __init__(
        self, storage: ModelStorage, resource: Resource, model: IntentModel | None = None
    ) -> None:
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceIntentClassifier":
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
    ) -> "SentenceIntentClassifier":
        """Make the trained component out of the model archive."""
        return cls(model_storage, resource, IntentModel(load_arrays(model_storage, resource)))

    @classmethod
    def required_components(cls) -> list[type]:
        """Require a featurizer for the sentence vectors."""
        return [Featurizer]

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the examples of every intent."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT) and m.get(INTENT)]
        texts = [message.get(TEXT) for message in examples]
        intents = [message.get_full_intent() for message in examples]
        self._model = learn_intents(texts, _vectors(examples), intents)
        persist_arrays(self._model.to_arrays(), self._storage, self._resource)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the intents of each message; a message without text has none."""
        for message in messages:
            ranking = self._rank(message)
            message.set(PART_RANKINGS, self._rank_parts(message, ranking))
            best = ranking[0] if ranking else Ranked("", 0.0, 0.0)
            message.set(INTENT, _as_dict(best), add_to_output=True)
            message.set(INTENT_RANKING, [_as_dict(r) for r in ranking], add_to_output=True)
        return messages

    def _rank(self, message: Message) -> list[Ranked]:
        text = _text_of(message)
        if not text or self._model is None:
            return []
        return self._model.rank(text, _vectors([message])[0])

    def _rank_parts(self, message: Message, whole: list[Ranked]) -> list[list[Ranked]]:
        """Rank the questions of a message one by one; most messages ask one and cost nothing."""
        if self._model is None or not whole:
            return []
        parts = split_questions(_text_of(message))
        if len(parts) < 2:
            return []
        vectors = encode_as_trained(parts)
        return [self._model.rank(p, vector) for p, vector in zip(parts, vectors, strict=True)]


def learn_intents(
    texts: Sequence[str], vectors: NDArray[Any], intents: Sequence[str]
) -> IntentModel:
    """Train the classifier on examples as ``encode_as_trained`` sees them."""
    named = named_intents(intents)
    if named:
        vectors = np.vstack([vectors, encode_as_trained([name for name, _ in named])])
    return IntentModel.learn(
        [*texts, *(name for name, _ in named)],
        vectors,
        [*intents, *(intent for _, intent in named)],
    )


def _text_of(message: Message) -> str:
    """Give what the topic is told by; training examples are wholly so."""
    return str(message.get(ASKING) or message.get(TEXT) or "")


def _vectors(messages: list[Message]) -> NDArray[Any]:
    return np.vstack([message.get_dense_features(TEXT)[1].features for message in messages])


def _as_dict(ranked: Ranked) -> dict[str, Any]:
    return {
        "name": ranked.intent,
        "confidence": ranked.confidence,
        "probability": ranked.probability,
    }
