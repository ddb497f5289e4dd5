"""The lid open: what Cybo understood and decided in a turn."""

from collections.abc import Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from bot.dialogue.history import Reply

_HIDDEN_SLOTS = {"session_started_metadata"}


def reply_json(reply: Reply) -> dict[str, Any]:
    """Give what a saved conversation keeps of a reply."""
    return {"text": reply.text, "outcome": reply.outcome, "topics": reply.topics}


def parse_table(parsed: dict[str, Any]) -> Table:
    """Show language, intent ranking and entities of a message."""
    table = Table(show_header=False, box=None, padding=(0, 1))
    _add(table, "language", str(parsed.get("language")))
    intent = parsed.get("intent") or {}
    name = intent.get("full_retrieval_intent_name") or intent.get("name")
    _add(table, "intent", f"{name}  {intent.get('confidence', 0):.2f}")
    for ranked in parsed.get("intent_ranking") or []:
        _add(
            table,
            "",
            f"{ranked['confidence']:.2f}  p={ranked['probability']:.2f}  {ranked['name']}",
        )
    for entity in parsed.get("entities") or []:
        if entity["entity"] != "language":
            _add(table, "entity", f"{entity['entity']} = {entity['value']}")
    return table


def state_table(state: dict[str, Any]) -> Table:
    """Show the slots that are filled, and which policy chose which action."""
    table = Table(show_header=False, box=None, padding=(0, 1))
    for name, value in sorted((state.get("slots") or {}).items()):
        if value not in (None, []) and name not in _HIDDEN_SLOTS:
            _add(table, "slot", f"{name} = {value}")
    for action, policy in _actions(state.get("events") or []):
        _add(table, "action", f"{action}  ({policy})")
    return table


def _actions(events: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Give the actions since the latest message, with the policy behind each."""
    last = max((row for row, e in enumerate(events) if e.get("event") == "user"), default=0)
    for event in events[last:]:
        if event.get("event") == "action" and event.get("name") != "action_listen":
            yield str(event["name"]), str(event.get("policy") or "form")


def _add(table: Table, name: str, value: str) -> None:
    # A visitor's brackets are no markup: Text shows them letter for letter.
    table.add_row(name, Text(value))
