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

from bot.details.answers import Situation, is_correcting, is_value_of
from bot.details.find import find_details, repeated_details
from bot.details.model import Mention
from bot.nlu.intent_decider import set_intent
from bot.tickets.reference import find_reference

FORM = "migration_request_form"
_STATING = frozenset({"give_details", "nlu_fallback", "out_of_scope"})
# A question may name a number and an address; nobody lists three details to ask something.
_DETAILS_OF_A_REQUEST = 3
# What interrupts the form must be clearer than what starts a conversation: "xyzzy" and
# half-typed values reach 0.3 by chance, questions and commands mostly pass 0.5.
_INTERRUPTING = 0.35
# What throws away everything that was filled in must be clearer still ("skip", "terug").
_DISCARDING = 0.6
_COMMANDS = frozenset(
    {
        "cancel",
        "request_human",
        "start_over",
        "change_language",
        "share_secret",
        "ask_ticket_status",
    }
)
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
        decided = message.get(INTENT) or {}
        intent = decided.get("name")
        needed = _DISCARDING if intent in {"cancel", "start_over"} else _INTERRUPTING
        if requested and decided.get("confidence", 0.0) < needed:
            # Right after a question a vague message is more likely a bad answer to it.
            intent = "give_details" if intent not in _STATING else intent
            set_intent(message, str(intent), decided.get("confidence", 0.0))
        # "En fait c'est un dépôt rectificatif" is no question about corrections.
        is_correction = bool(requested) and is_correcting(text) and intent not in _COMMANDS
        situation = Situation(
            requested=requested,
            is_elsewhere=intent not in _STATING and not is_correction,
            is_request=intent in _REQUESTING or is_correction,
            today=today,
        )
        mentions = find_details(text, situation)
        if requested and is_correction and {m.detail for m in mentions} - {requested}:
            set_intent(message, "give_details", 1.0)
        if not requested and intent not in _COMMANDS and _is_full_request(mentions):
            set_intent(message, "open_migration_request", 1.0)
        entities = [
            {
                "entity": mention.detail,
                "value": mention.value,
                "start": mention.start,
                "end": mention.end,
                "extractor": type(self).__name__,
            }
            for mention in mentions
        ]
        entities += [
            {
                "entity": "repeated_detail",
                "value": detail,
                "start": 0,
                "end": len(text),
                "extractor": type(self).__name__,
            }
            for detail in repeated_details(text, situation)
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


def _is_full_request(mentions: list[Mention]) -> bool:
    """Say whether a message outside the form tells so much that it can only be a request."""
    return len({mention.detail for mention in mentions}) >= _DETAILS_OF_A_REQUEST
