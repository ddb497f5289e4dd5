"""Whole conversations, and the first message after which something is not as it should be."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from bench.evaluation.figures import Figure
from bench.evaluation.marked import comparable
from bench.evaluation.turns import Key, State, Turn

OFFERED = "open_migration_request"
_OUTSIDE = ("none", "anything_else")
_EMPTYING = {"stop", "restart"}


@dataclass(frozen=True)
class Message:
    """A message of a conversation. ``then``: what is to be asked after it.

    ``changes``: what is written down with it, None for a detail that is emptied.
    """

    asked: str
    text: str
    moves: tuple[str, ...]
    changes: Mapping[Key, str | None]
    then: str


@dataclass(frozen=True)
class Dialogue:
    """A whole conversation, by the number that it has in its file."""

    language: str
    number: str
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Fault:
    """What was wrong first. ``turn`` counts the visitor's messages from 1."""

    turn: int
    reason: str


@dataclass(frozen=True)
class Played:
    """A conversation and its first fault, if it had one."""

    dialogue: Dialogue
    fault: Fault | None


def read_dialogues(path: Path, language: str) -> list[Dialogue]:
    """Read the conversations of one language; none where nobody has written any yet."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Dialogue(language, number, tuple(_message(a, b["asked"]) for a, b in pairwise(lines)))
        for number, lines in groupby(rows, lambda row: row["dialogue"])
    ]


def _message(row: Mapping[str, str], then: str) -> Message:
    moves = tuple(row["moves"].split("+"))
    text = row["text"].replace("\\n", "\n")
    return Message(row["asked"], text, moves, read_changes(row["changes"]), then)


def read_changes(changes: str) -> dict[Key, str | None]:
    """Read ``slot=value`` joined by `` | ``; ``#2`` behind a slot names the second filing."""
    read: dict[Key, str | None] = {}
    for change in filter(None, changes.split(" | ")):
        slot, _, value = change.partition("=")
        name, _, filing = slot.partition("#")
        is_of_a_request = name.startswith("certificate_") or name == "language"
        read[name, 0 if is_of_a_request else int(filing or 1)] = value or None
    return read


def expected_after(known: Mapping[Key, str], message: Message) -> dict[Key, str]:
    """Give what is to be written down after a message, by what was before.

    Giving up and beginning again empty everything but the language.
    """
    if _EMPTYING & set(message.moves):
        known = {key: value for key, value in known.items() if key[0] == "language"}
    changed = {**known, **message.changes}
    return {key: comparable(key[0], v) for key, v in changed.items() if v is not None}


def written_down(state: State, ticket: Mapping[Key, str] | None = None) -> dict[Key, str]:
    """Give what is written down: in the ticket, if there is one now, else in the slots."""
    language = {("language", 0): str(state.slots.get("language"))}
    details = state.details if ticket is None else ticket
    return {**{key: comparable(key[0], value) for key, value in details.items()}, **language}


def fault_of(
    message: Message, expected: Mapping[Key, str], turn: Turn, found: Mapping[Key, str]
) -> str | None:
    """Say what is wrong after a message: the details, or what is asked then; else None."""
    if turn.has_failed:
        return "the turn ended in an apology"
    keys = expected.keys() | found.keys()
    if wrong := sorted(key for key in keys if expected.get(key) != found.get(key)):
        return "not as written: " + ", ".join(f"{n}#{k}" if k else n for n, k in wrong)
    if not _is_asked(message.then, turn):
        return f"{_asked(turn)} is asked instead of {message.then}"
    return None


def _is_asked(then: str, turn: Turn) -> bool:
    asked = _asked(turn)
    return asked in _OUTSIDE if then in _OUTSIDE else asked == then


def _asked(turn: Turn) -> str:
    if turn.after.is_open:
        return str(turn.after.asked)
    if turn.is_ticket:
        return "ticket"
    if turn.said and turn.said[-1].offers == OFFERED:
        return "offer_request"
    return "clarify" if turn.says("utter_clarify") else "none"


def dialogue_figures(played: Sequence[Played]) -> list[Figure]:
    """Give the share of conversations without a fault, and of those whose first came when."""
    if not played:
        return []
    turns = Counter(p.fault.turn for p in played if p.fault)
    without = sum(p.fault is None for p in played)
    return [
        Figure("whole dialogues without a fault", without / len(played), len(played)),
        *(
            Figure(f"  first fault at turn {turn}", count / len(played), len(played))
            for turn, count in sorted(turns.items())
        ),
    ]
