"""NLU component that turns a message into one dense vector, equal across languages."""

from collections.abc import Callable
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import encode_many, encode_whole
from bot.understanding.head import Encoded
from bot.understanding.spelling import normalise

Encode = Callable[[list[str]], Encoded]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class MultilingualSentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Sentence vectors of the multilingual universal sentence encoder.

    Sets one sentence feature a message: float32, the columns of ``Encoded``, of which the
    first 512 are a vector of norm 1. It has no sequence features, since the encoder reads the
    sentence as a whole.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MultilingualSentenceFeaturizer":
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
        """Encode all examples together, which is several times faster than one by one."""
        self._featurize(training_data.training_examples, encode_many)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add a sentence vector to each message that has a text."""
        self._featurize(messages, encode_whole)
        return messages

    def _featurize(self, messages: list[Message], encode: Encode) -> None:
        with_text = [message for message in messages if message.get(TEXT)]
        if not with_text:
            return
        rows = encode([normalise(message.get(TEXT)) for message in with_text]).columns
        for message, row in zip(with_text, rows, strict=True):
            message.add_features(
                Features(row[None, :], FEATURE_TYPE_SENTENCE, TEXT, self._identifier)
            )
