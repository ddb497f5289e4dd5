"""Rasa's rule policy, without the work that our rules never need."""

from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class IntentRulePolicy(RulePolicy):
    """Rules on intents alone.

    Rasa looks for a rule twice at every prediction, first among rules that quote the
    visitor's text, and holds every rule against every turn of the conversation. We quote
    no text, and no rule looks further back than its own length: leaving both out takes
    the cost of a prediction from growing with the conversation to nearly nothing.
    """

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[Any, Any, bool]:
        if use_text_for_last_user_input:
            return None, None, False
        found: tuple[Any, Any, bool] = super()._find_action_from_rules(
            tracker, domain, use_text_for_last_user_input
        )
        return found

    @staticmethod
    def format_tracker_states(states: list[State]) -> str:
        """Skip the description of every turn that Rasa writes for its debug log."""
        return f"{len(states)} states"

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        longest = max((len(self._rule_key_to_state(key)) for key in lookup), default=0)
        possible: set[str] = super()._get_possible_keys(lookup, states[-longest - 1 :])
        return possible
