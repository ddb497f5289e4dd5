"""Answers of our own actions that need no second look.

Rasa 3.6.21 (``RemoteAction._validate_action_result`` in rasa/core/actions/action.py) checks every
action's answer against a JSON schema. It guards against a foreign server's answers and costs
20-30 ms a call; ours are typed and come from this process. A test holds every action's answer
against the schema.
"""

from typing import Any

from rasa.core.actions.action import RemoteAction


def trust_own_actions() -> None:
    """Skip the check in this process."""
    RemoteAction._validate_action_result = _accept


def _accept(_: RemoteAction, __: dict[str, Any]) -> bool:
    return True
