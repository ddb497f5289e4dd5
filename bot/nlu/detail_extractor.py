"""NLU component that finds the details of a migration request."""

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

from bot.details.find import Situation, find_details, is_value_of
from bot.nlu.intent_decider import set_intent
from bot.tickets.reference import find_reference

FORM = "migration_request_form"
_STATING = frozenset({"give_details", "nlu_fallback", "out_of_scope"})
_REQUESTING = frozenset({"give_details", "open_migration_request"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DetailExtractor(EntityExtractorMixin, GraphComponent):
    """Emits one entity a detail, its value in canonical form, or as typed when invalid.

    Reads the tracker to know which slot the form asks for: that decides whether a bare
    "Isabel" is a brand, a first name or nothing at all.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "DetailExtractor":
        """Make the component; it has no settings and needs no training."""
        return cls()

    @classmethod
    def required_components(cls) -> list[type]:
        """Require a decision on the intent before this component."""
        return [IntentClassifier]

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Add the details stated in each message to its entities."""
        for message in messages:
            self._extract(message, tracker)
        return messages

    def _extract(self, message: Message, tracker: DialogueStateTracker | None) -> None:
        text = message.get(TEXT) or ""
        requested = None
        if tracker is not None and tracker.active_loop_name == FORM:
            requested = tracker.get_slot("requested_slot")
        today = date.today()
        if requested and is_value_of(requested, text, today=today):
            # "verkort model" is also what people type to ask about models; right after
            # the form's question it is the answer.
            set_intent(message, "give_details", 1.0)
        intent = (message.get(INTENT) or {}).get("name")
        situation = Situation(
            requested=requested,
            is_elsewhere=intent not in _STATING,
            is_request=intent in _REQUESTING,
            today=today,
        )
        entities = [
            {
                "entity": mention.detail,
                "value": mention.value,
                "start": mention.start,
                "end": mention.end,
                "extractor": type(self).__name__,
            }
            for mention in find_details(text, situation)
        ]
        if reference := find_reference(text):
            entities.append(
                {
                    "entity": "ticket_reference",
                    "value": reference,
                    "start": 0,
                    "end": len(text),
                    "extractor": type(self).__name__,
                }
            )
        message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)
