"""Whether what Cybo did with a message is what every move of it wants."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.evaluation.figures import Figure
from bench.evaluation.marked import Line
from bench.evaluation.stated import distractors, missing, unwanted
from bench.evaluation.turns import Turn
from bot.details import DETAILS

Check = Callable[[Line, Turn], str | None]
"""Says what is wrong; None when a move was done right."""

_EXPLAINED = ("utter_explain", "utter_help")
_HANDED_OVER = ("utter_hand_over",)
_NOT_OURS = ("utter_out_of_scope",)
_ANSWERED = ("utter_faq/", "utter_clarify", *_NOT_OURS)
_HELPED_FURTHER = (*_HANDED_OVER, "utter_faq/", "utter_clarify")
_STATUS = (
    "utter_ticket_status",
    "utter_ask_ticket_",
    "utter_ticket_unknown",
    "utter_ticket_reference_invalid",
)
# After these another question may be asked, or none.
# The detail is left out, or Cybo says why it cannot be.
_OF_SKIPPING = ("utter_left_out", "utter_needed_")
_MOVING = ("affirm", "deny", "give", "correct", "skip", "stop", "restart", "open", "add", "remove")
_CLOSING = ("stop", "restart", "deny")


@dataclass(frozen=True)
class Judged:
    """A message, what became of it, and what was wrong with that."""

    line: Line
    turn: Turn
    faults: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Say whether Cybo did what every move wants."""
        return not self.faults


def judge(line: Line, turn: Turn) -> Judged:
    """Hold what Cybo did against every move of a message."""
    if turn.has_failed:
        return Judged(line, turn, ("failed: the turn ended in an apology",))
    of_moves = [(move, CHECKS[move](line, turn)) for move in line.moves]
    faults = [f"{move}: {fault}" for move, fault in of_moves if fault]
    faults += [f"changed unasked: {name}" for name in unwanted(line, turn)]
    faults += [f"written down: {name}" for name in distractors(line, turn)]
    if _is_left(line, turn):
        faults.append("left: the form was closed unasked")
    return Judged(line, turn, tuple(faults))


def _is_left(line: Line, turn: Turn) -> bool:
    is_confirmed = line.asked == "confirm_ticket" and line.has("affirm")
    may_close = is_confirmed or line.has(*_CLOSING)
    return turn.before.is_open and not turn.after.is_open and not may_close


def _affirm(line: Line, turn: Turn) -> str | None:
    match line.asked:
        case "add_filing":
            return None if _has_begun_another(turn) else "no other filing was begun"
        case "confirm_ticket":
            # What was changed with the yes is shown again before it is sent.
            is_shown_again = line.does_besides("affirm", *_MOVING)
            is_taken = turn.is_ticket or turn.after.asked == "add_to_ticket" or is_shown_again
            return None if is_taken else "no ticket was opened"
        case "offer_request":
            return None if turn.after.is_open else "the form was not opened"
    return _no_refusal(turn)


def _deny(line: Line, turn: Turn) -> str | None:
    match line.asked:
        case "add_filing":
            is_asked_still = turn.after.asked == "add_filing"
            has_begun = _has_begun_another(turn) and not line.has("add")
            return (
                "another filing was begun, or asked again" if is_asked_still or has_begun else None
            )
        case "confirm_ticket":
            is_taken = turn.after.asked == "detail_to_change" or line.does_besides("deny", *_MOVING)
            return None if is_taken and not turn.is_ticket else "not asked what to change"
        case "offer_request":
            is_wanted = line.has("open", "affirm", "add")
            return "the form was opened" if turn.after.is_open and not is_wanted else None
        case "detail_to_change":
            is_taken = turn.after.asked == "confirm_ticket" or line.does_besides("deny", *_MOVING)
            return None if is_taken else "the summary was not shown again"
    return _no_refusal(turn)


def _no_refusal(turn: Turn) -> str | None:
    return "refused" if turn.says("utter_refuse_", *_NOT_OURS) else None


def _has_begun_another(turn: Turn) -> bool:
    before, after = turn.before, turn.after
    return after.is_open and (after.filing > before.filing or after.filings > before.filings)


def _give(line: Line, turn: Turn) -> str | None:
    if names := missing(line, turn):
        return f"not written down: {', '.join(names)}"
    if not line.values and turn.after.asked == line.asked:
        return "nothing was taken"
    return None


def _correct(line: Line, turn: Turn) -> str | None:
    if line.values:
        return _give(line, turn)
    asked, before = turn.after.asked, turn.before
    is_asked_which = asked == "detail_to_change" or turn.says("utter_ask_detail_to_change")
    is_asked_again = asked in DETAILS and asked != before.asked and _is_gone(str(asked), turn)
    has_nothing_to_change = not before.is_open and turn.says("utter_nothing_to_change")
    if is_asked_which or is_asked_again or has_nothing_to_change:
        return None
    return "neither asked again nor asked which"


def _is_gone(detail: str, turn: Turn) -> bool:
    return any(name == detail and value is None for (name, _), value in turn.changed.items())


def _says(move: str, *responses: str) -> Check:
    """Make the check of a move that is answered, and leaves the question as it is."""

    def check(line: Line, turn: Turn) -> str | None:
        if not turn.says(*responses):
            return f"none of {', '.join(responses)} was said"
        return _stands(move, line, turn)

    return check


def _stands(move: str, line: Line, turn: Turn) -> str | None:
    if line.does_besides(move, *_MOVING):
        return None
    before, after = turn.before, turn.after
    is_same = (before.is_open, before.asked) == (after.is_open, after.asked)
    return None if is_same else f"{after.asked or 'nothing'} is asked then"


def _skip(line: Line, turn: Turn) -> str | None:
    is_told = any(said.response.startswith(_OF_SKIPPING) for said in turn.said)
    if not turn.before.is_open:
        return _stands("skip", line, turn)
    is_left = turn.after.is_open and turn.after.asked != turn.before.asked
    return None if is_told or is_left else "the question was neither left nor insisted upon"


def _pause(line: Line, turn: Turn) -> str | None:
    return "refused" if turn.says("utter_refuse_") else _stands("pause", line, turn)


def _repeat(line: Line, turn: Turn) -> str | None:
    if turn.before.is_open:
        is_said = turn.says(f"utter_ask_{turn.before.asked}")
    elif turn.last is None:
        is_said = turn.says("utter_nothing_to_repeat")
    else:
        again = (turn.last.response, turn.last.text)
        is_said = any(s.text == again[1] or (s.response == again[0] != "") for s in turn.said)
    return _stands("repeat", line, turn) if is_said else "the question was not said again"


def _stop(line: Line, turn: Turn) -> str | None:
    return "the form is open" if turn.after.is_open and not line.has("open", "restart") else None


def _restart(line: Line, turn: Turn) -> str | None:
    stated = {mark.detail for mark in line.values}
    left = {detail for detail, _ in turn.after.details if detail not in stated}
    return f"kept: {', '.join(sorted(left))}" if left else None


def _open(_line: Line, turn: Turn) -> str | None:
    return None if turn.after.is_open else "the form is not open"


def _add(_line: Line, turn: Turn) -> str | None:
    is_begun = _has_begun_another(turn) if turn.before.is_open else turn.after.is_open
    return None if is_begun else "no other filing was begun"


def _remove(_line: Line, turn: Turn) -> str | None:
    is_less = turn.after.filings < turn.before.filings or None in turn.changed.values()
    is_asked_which = turn.after.asked == "detail_to_change"
    return None if is_less or is_asked_which else "nothing was taken out"


def _language(line: Line, turn: Turn) -> str | None:
    before, after = turn.before.slots.get("language"), turn.after.slots.get("language")
    return _stands("language", line, turn) if before != after else "the language stayed"


def _smalltalk(line: Line, turn: Turn) -> str | None:
    # "Yes please, thanks": what comes with another move needs no answer of its own.
    if len(line.moves) == 1 and not turn.says("utter_chitchat/"):
        return "not answered"
    return _stands("smalltalk", line, turn)


def _noise(line: Line, turn: Turn) -> str | None:
    return _stands("noise", line, turn)


CHECKS: Mapping[str, Check] = {
    "affirm": _affirm,
    "deny": _deny,
    "give": _give,
    "correct": _correct,
    "help": _says("help", *_EXPLAINED),
    "ask": _says("ask", *_ANSWERED),
    "skip": _skip,
    "pause": _pause,
    "repeat": _repeat,
    "stop": _stop,
    "restart": _restart,
    "open": _open,
    "add": _add,
    "remove": _remove,
    "person": _says("person", *_HANDED_OVER),
    "language": _language,
    "status": _says("status", *_STATUS),
    "unsolved": _says("unsolved", *_HELPED_FURTHER),
    "smalltalk": _smalltalk,
    "scope": _says("scope", *_NOT_OURS),
    "noise": _noise,
}


def move_figures(judged: Sequence[Judged]) -> list[Figure]:
    """Give the share of lines in which every move was done right: of all, a move, a question."""
    if not judged:
        return []
    moves = [(f"  {m}", [j for j in judged if j.line.has(m)]) for m in CHECKS]
    asked = sorted({j.line.asked for j in judged})
    questions = [(f"  at {name}", [j for j in judged if j.line.asked == name]) for name in asked]
    groups = [("moves in context right", list(judged)), *moves, *questions]
    return [
        Figure(label, sum(j.is_right for j in group) / len(group), len(group))
        for label, group in groups
        if group
    ]
