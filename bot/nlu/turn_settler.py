"""NLU component that settles what each message does, and emits the details it states."""

from datetime import date
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.intent_decider import set_intent
from bot.nlu.message_encoder import READING
from bot.nlu.question import offered_intent, requested_slot
from bot.privacy import mask_secrets
from bot.reading.model import NOTHING_READ
from bot.reading.settle import Decided, Settled, Situation, Thresholds, settle
from bot.tickets.reference import find_reference


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TurnSettler(EntityExtractorMixin, GraphComponent):
    """Weighs topic, moves and details in the light of the conversation (``settle``).

    Emits one entity a detail, its value in canonical form, or as typed when invalid.
    """

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "TurnSettler":
        """Make the component with the thresholds of `config.yml`."""
        return cls(
            Thresholds(
                config["move_threshold"], config["discard_threshold"], config["detail_threshold"]
            )
        )

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Thresholds for an encoder that nobody has measured yet."""
        return {"move_threshold": 0.5, "discard_threshold": 0.6, "detail_threshold": 0.4}

    @classmethod
    def required_components(cls) -> list[type]:
        """Require a decision on the topic before this component."""
        return [IntentClassifier]

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Settle each message and add what it states to its entities."""
        situation = _situation(tracker)
        for message in messages:
            text = message.get(TEXT) or ""
            reading = message.get(READING) or NOTHING_READ
            if mask_secrets(text).kinds:
                # Stock Rasa masks nothing before this: a password must not become a detail.
                reading = NOTHING_READ
            settled = settle(text, reading, _decided(message), situation, self._thresholds)
            if settled.intent != _decided(message).intent:
                set_intent(message, settled.intent, settled.confidence)
            self._emit(message, text, settled)
        return messages

    def _emit(self, message: Message, text: str, settled: Settled) -> None:
        found = [(m.detail, m.value, m.start, m.end) for m in settled.mentions]
        if reference := find_reference(text):
            found.append(("ticket_reference", reference, 0, len(text)))
        entities = [
            {
                "entity": entity,
                "value": value,
                "start": start,
                "end": end,
                "extractor": type(self).__name__,
            }
            for entity, value, start, end in found
        ]
        message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)


def _situation(tracker: DialogueStateTracker | None) -> Situation:
    return Situation(date.today(), requested_slot(tracker), offered_intent(tracker))


def _decided(message: Message) -> Decided:
    decided = message.get(INTENT) or {}
    return Decided(str(decided.get("name") or ""), float(decided.get("confidence") or 0.0))
