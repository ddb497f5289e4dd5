"""NLU component that settles what each message does, and emits the details it states."""

from dataclasses import replace
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

from bot.details.model import DETAILS, Mention
from bot.language.conversation import named_language
from bot.nlu.intent_decider import RESPONSE_SELECTOR, set_intent
from bot.nlu.language_identifier import LANGUAGE, REQUESTED_LANGUAGE
from bot.nlu.message_encoder import READING
from bot.nlu.question import (
    answered_topics,
    has_handed_over,
    offered_intent,
    requested_slot,
    speaks_for_an_association,
)
from bot.privacy import mask_secrets
from bot.reading.filings import Filings
from bot.reading.model import NOTHING_READ
from bot.reading.settle import settle
from bot.reading.turn import Decided, Settled, Situation, Thresholds
from bot.tickets.filings import filings_of
from bot.tickets.reference import find_reference

_CHANGE_LANGUAGE = "change_language"


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
            # A reference of ours looks like a certificate's number.
            stated = [m for m in reading.stated if not find_reference(text[m.start : m.end])]
            reading = replace(reading, stated=tuple(stated))
            settled = settle(text, reading, _decided(message), situation, self._thresholds)
            if settled.intent != _decided(message).intent:
                set_intent(message, settled.intent, settled.confidence)
            if settled.intent == _CHANGE_LANGUAGE and not message.get(REQUESTED_LANGUAGE):
                _change_language(message, text, tracker)
            self._emit(message, text, settled)
        return messages

    def _emit(self, message: Message, text: str, settled: Settled) -> None:
        entities = [_entity(mention) for mention in settled.mentions]
        if reference := find_reference(text):
            entities.append(_entity(Mention("ticket_reference", reference, 0, len(text))))
        message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)


def _entity(mention: Mention) -> dict[str, Any]:
    """Give a mention as Rasa keeps entities; its group is the filing, where that is another."""
    entity = {
        "entity": mention.detail,
        "value": mention.value,
        "start": mention.start,
        "end": mention.end,
        "extractor": TurnSettler.__name__,
    }
    return {**entity, "group": str(mention.filing)} if mention.filing else entity


def _change_language(message: Message, text: str, tracker: DialogueStateTracker | None) -> None:
    """Go on in the language that the message was read to ask for, where it names one."""
    current = tracker.get_slot(LANGUAGE) if tracker else None
    named = named_language(text, current or message.get(LANGUAGE))
    if named:
        message.set(LANGUAGE, named, add_to_output=True)
        message.set(REQUESTED_LANGUAGE, named, add_to_output=True)
        for entity in message.get(ENTITIES, []):
            if entity["entity"] == LANGUAGE:
                entity["value"] = named


def _situation(tracker: DialogueStateTracker | None) -> Situation:
    requested = requested_slot(tracker)
    slots = tracker.current_slot_values() if tracker and requested else {}
    all_of_them = filings_of(slots)
    filings = Filings(
        max(1, len(all_of_them)),
        int(slots.get("filing_index") or 0) + 1,
        tuple({k: str(v) for k, v in filing.items() if v} for filing in all_of_them),
    )
    known = {name: str(slots[name]) for name in DETAILS if slots.get(name)}
    return Situation(
        date.today(),
        requested,
        offered_intent(tracker),
        filings,
        known,
        answered_topics(tracker),
        has_handed_over(tracker),
        speaks_for_an_association(tracker),
    )


def _decided(message: Message) -> Decided:
    decided = message.get(INTENT) or {}
    name = str(decided.get("name") or "")
    selected = (message.get(RESPONSE_SELECTOR) or {}).get(name) or {}
    key = str((selected.get("response") or {}).get("intent_response_key") or "")
    return Decided(name, float(decided.get("confidence") or 0.0), key.partition("/")[2])
