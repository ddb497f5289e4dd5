"""NLU component that settles on one intent, or admits doubt."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.intent_classifier import INTENT_RANKING, PART_RANKINGS
from bot.nlu.language_identifier import FOREIGN_LANGUAGE, REQUESTED_LANGUAGE
from bot.privacy import MASK
from bot.tickets.reference import find_reference
from bot.understanding.classifier import Ranked
from bot.understanding.error_codes import has_unknown_error_code
from bot.understanding.outcome import CLARIFY, SEVERAL, Thresholds, asked_topics, decide

RESPONSE_SELECTOR = "response_selector"
TOPICS = "topics"
RETRIEVAL_INTENTS = ("chitchat", "faq")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class IntentDecider(GraphComponent):
    """Turns the ranking into the intent that the rules act on.

    What a message shows for certain (a masked secret, a ticket reference, a request for
    another language, German) wins; else the thresholds decide between answering one
    question or ``several_questions``, asking back (``nlu_fallback``) and ``out_of_scope``.
    For a retrieval intent it writes what Rasa's response selector would, so that
    ``utter_faq`` finds its answer.
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
    ) -> "IntentDecider":
        """Make the component with the thresholds of `config.yml`."""
        return cls(
            Thresholds(
                config["answer_threshold"],
                config["clarify_threshold"],
                config["several_threshold"],
                frozenset(config["kin"]),
            )
        )

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Thresholds for a model that nobody has tuned yet."""
        return {
            "answer_threshold": 0.75,
            "clarify_threshold": 0.1,
            "several_threshold": 0.85,
            "kin": [],
        }

    @classmethod
    def required_components(cls) -> list[type]:
        """Require a ranking of the intents."""
        return [IntentClassifier]

    def process(self, messages: list[Message]) -> list[Message]:
        """Decide on the topic of each message, wherever in a conversation it stands."""
        for message in messages:
            ranking = [
                Ranked(entry["name"], entry["probability"], entry["confidence"])
                for entry in message.get(INTENT_RANKING) or []
            ]
            if certain := _certain_intent(message):
                set_intent(message, certain, 1.0)
                continue
            asked = asked_topics(ranking, message.get(PART_RANKINGS) or [], self._thresholds)
            if asked:
                message.set(TOPICS, [topic.intent for topic in asked], add_to_output=True)
                set_intent(message, SEVERAL, min(topic.confidence for topic in asked))
                continue
            chosen = decide(ranking, self._thresholds)
            confidence = next((r.confidence for r in ranking if r.intent == chosen), 0.0)
            set_intent(message, chosen, confidence)
        return messages


def set_intent(message: Message, full_intent: str, confidence: float) -> None:
    """Write the decision the way Rasa's classifiers and response selectors do."""
    intent, _, key = full_intent.partition("/")
    message.set(INTENT, {"name": intent, "confidence": confidence}, add_to_output=True)
    selector: dict[str, Any] = {"all_retrieval_intents": list(RETRIEVAL_INTENTS)}
    if key:
        prediction = {
            "intent_response_key": full_intent,
            "utter_action": f"utter_{full_intent}",
            "confidence": confidence,
        }
        selector[intent] = {"response": prediction, "ranking": [prediction]}
    message.set(RESPONSE_SELECTOR, selector, add_to_output=True)


def _certain_intent(message: Message) -> str | None:
    text = message.get(TEXT) or ""
    if MASK in text:
        return "share_secret"
    if find_reference(text):
        return "ask_ticket_status"
    if message.get(REQUESTED_LANGUAGE):
        return "change_language"
    if has_unknown_error_code(text):
        return CLARIFY
    foreign = message.get(FOREIGN_LANGUAGE)
    if foreign:
        return "speak_german" if foreign == "de" else "speak_other_language"
    return None
