"""NLU component that encodes each message, in the light of what was asked."""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import encode_many, encoder
from bot.nlu.question import asked_last, requested_slot
from bot.reading.asking import asking_part
from bot.understanding.spelling import alike, normalise

READING = "reading"
"""What the message does and states (``Reading``); a property of the message, not of its output."""

ASKING = "asking"
"""The part of the message that its topic is told by; a property of it as well."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class MessageEncoder(DenseFeaturizer, GraphComponent):
    """Sentence vectors and readings of the encoder.

    Sets one sentence feature a message: float32, norm 1, the same whatever was asked, so that
    topics are learnt and recognised alike; and the message's reading, for which what was asked
    counts.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MessageEncoder":
        """Make the component; it needs no training."""
        return cls(execution_context.node_name, config)

    @classmethod
    def required_components(cls) -> list[type]:
        """Require a tokenizer, as Rasa does of every featurizer."""
        return [Tokenizer]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accept every configuration: there is nothing to set."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encode all examples on every core, those of the last training excepted."""
        with_text = [m for m in training_data.training_examples if m.get(TEXT)]
        vectors = encode_many([normalise(message.get(TEXT)) for message in with_text])
        for message, vector in zip(with_text, vectors, strict=True):
            self._set(message, vector)
        return training_data

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Add vector and reading to each message that has a text."""
        asked = asked_last(tracker)
        is_answering = requested_slot(tracker) is not None
        for message in messages:
            if text := message.get(TEXT):
                self._encode(message, text, asked, is_answering=is_answering)
        return messages

    def _encode(
        self, message: Message, text: str, asked: str | None, *, is_answering: bool
    ) -> None:
        vector, reading = encoder().read(text, asked)
        message.set(READING, reading)
        # Only who answers something has sentences beside the question.
        part = asking_part(text, reading) if is_answering else text
        message.set(ASKING, part)
        normalised = normalise(part)
        if asked or normalised != alike(text):
            vector = encoder().vector(normalised)
        self._set(message, vector)

    def _set(self, message: Message, vector: np.ndarray[Any, Any]) -> None:
        message.add_features(
            Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, self._identifier)
        )
