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
# half-typed values come near the threshold of an answer by chance.
_INTERRUPTING = 0.83
# What throws away everything that was filled in must be clearer still ("skip", "terug").
_DISCARDING = 0.98
_DISCARDING_INTENTS = frozenset({"cancel", "start_over"})
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
        situation = _situation(message, text, requested)
        mentions = find_details(text, situation)
        _settle_intent(message, mentions, situation)
        whole = (0, len(text))
        found = [(m.detail, m.value, m.start, m.end) for m in mentions]
        found += [("repeated_detail", name, *whole) for name in repeated_details(text, situation)]
        if reference := find_reference(text):
            found.append(("ticket_reference", reference, *whole))
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


def _situation(message: Message, text: str, requested: str | None) -> Situation:
    """Weigh the decided intent against the form's question."""
    today = date.today()
    if requested and is_value_of(requested, text, today=today):
        # "verkort model" is also what people type to ask about models; right after the
        # form's question it is the answer.
        set_intent(message, "give_details", 1.0)
    decided = message.get(INTENT) or {}
    intent, confidence = decided.get("name"), decided.get("confidence", 0.0)
    needed = _DISCARDING if intent in _DISCARDING_INTENTS else _INTERRUPTING
    if requested and confidence < needed and intent not in _STATING:
        # Right after a question a vague message is more likely a bad answer to it.
        intent = "give_details"
        set_intent(message, intent, confidence)
    # "En fait c'est un dépôt rectificatif" is no question about corrections.
    is_correction = bool(requested) and is_correcting(text) and intent not in _COMMANDS
    return Situation(
        requested=requested,
        is_elsewhere=intent not in _STATING and not is_correction,
        is_request=intent in _REQUESTING or is_correction,
        today=today,
    )


def _settle_intent(message: Message, mentions: list[Mention], situation: Situation) -> None:
    """Let what was found overrule a classifier that saw a question in it."""
    intent = (message.get(INTENT) or {}).get("name")
    if intent in _COMMANDS or (situation.is_elsewhere and situation.requested):
        return
    details = {mention.detail for mention in mentions}
    if situation.requested and situation.is_request and details - {situation.requested}:
        set_intent(message, "give_details", 1.0)
    if not situation.requested and _is_full_request(mentions):
        set_intent(message, "open_migration_request", 1.0)


def _is_full_request(mentions: list[Mention]) -> bool:
    """Say whether a message outside the form tells so much that it can only be a request."""
    return len({mention.detail for mention in mentions}) >= _DETAILS_OF_A_REQUEST
