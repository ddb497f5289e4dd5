"""Whether the details that a message states, and no others, were written down."""

from collections.abc import Sequence

from bench.evaluation.figures import Figure
from bench.evaluation.marked import Line, Mark
from bench.evaluation.turns import BRAND, Turn
from bot.details import FILING_DETAILS
from bot.understanding.text import fold

# A value that is understood and breaks one of these is to be refused, not written down.
_RULES = frozenset(
    {"check_digits", "first_digit", "future", "length", "no_year", "not_commercial", "several"}
)


def missing(line: Line, turn: Turn) -> list[str]:
    """Name the details that are to stand in their slots and do not."""
    return [m.detail for m in line.values if not _stands(m, line, turn)]


def _stands(mark: Mark, line: Line, turn: Turn) -> bool:
    if mark.broken_rule in _RULES and turn.says(f"utter_refuse_{mark.detail}"):
        return True
    before, after = turn.before.details, turn.after.details
    found = {key: after[key] for key in _places(mark, line, turn) if key in after}
    if mark.value is None:
        return any(before.get(key) != value for key, value in found.items())
    return mark.value in found.values()


def _places(mark: Mark, line: Line, turn: Turn) -> list[tuple[str, int]]:
    """Say where a detail may stand: with its filing's number, or the one in turn."""
    if mark.detail not in FILING_DETAILS:
        return [(mark.detail, 0)]
    if mark.filing:
        return [(mark.detail, mark.filing)]
    if line.has("correct") or any(other.filing for other in line.values):
        return [(mark.detail, number) for number in range(1, turn.after.filings + 1)]
    return [(mark.detail, turn.after.filing)]


def distractors(line: Line, turn: Turn) -> list[str]:
    """Name the rejected, the writer's own and other people's details that were written down."""
    new = {key: value for key, value in turn.changed.items() if value is not None}
    meant = {(mark.detail, mark.value) for mark in line.values}
    return [
        f"{mark.detail}!{mark.role}"
        for mark in line.marks
        if mark.role != "value"
        and any(
            _is_of(mark, detail, value) and (detail, value) not in meant
            for (detail, _), value in new.items()
        )
    ]


def _is_of(mark: Mark, detail: str, value: str) -> bool:
    is_read = detail == mark.detail and value == mark.value
    return is_read or fold(value) == fold(mark.words.strip())


def unwanted(line: Line, turn: Turn) -> list[str]:
    """Name the details that changed though no move of the line wants it."""
    return [
        f"{detail}#{number}" if number else detail
        for (detail, number), value in sorted(turn.changed.items(), key=lambda item: item[0])
        if not (_is_stated(line, turn, detail, number) or _may_go(line, turn, detail, value))
    ]


def _is_stated(line: Line, turn: Turn, detail: str, number: int) -> bool:
    if not line.marks and line.has("give"):
        return detail == turn.before.asked
    # The name of a brand that is not listed is written down beside "other".
    named = "certificate_type" if detail == BRAND else detail
    return any(m.detail == named and (not number or m.filing in (0, number)) for m in line.values)


def _may_go(line: Line, turn: Turn, detail: str, value: str | None) -> bool:
    """Say whether a detail may be emptied, or come from another filing that moved up."""
    if line.has("remove") and turn.after.filings < turn.before.filings:
        return detail in FILING_DETAILS
    if value is not None:
        return False
    if line.has("correct") and not line.values and detail == turn.after.asked:
        return True
    is_confirmed = line.has("affirm") and line.asked == "confirm_ticket" and turn.is_ticket
    return line.has("stop", "restart", "remove") or is_confirmed


def precision_and_recall(judged: Sequence[tuple[Line, Turn]]) -> list[Figure]:
    """Count the details written down that were stated, and the stated that were written down.

    Marked words that cannot be read count for any value of their detail; values that are to
    be refused count for none.
    """
    stored = stated = right = found = 0
    for line, turn in judged:
        new = {
            (detail, value)
            for (detail, _), value in turn.changed.items()
            if value is not None and detail != BRAND
        }
        readable = {(mark.detail, mark.value) for mark in line.values if mark.value is not None}
        loose = {m.detail for m in line.values if m.value is None and m.broken_rule not in _RULES}
        right += sum(pair in readable or pair[0] in loose for pair in new)
        found += len(new & readable) + len({detail for detail, _ in new - readable} & loose)
        stored, stated = stored + len(new), stated + len(readable) + len(loose)
    return [
        Figure("details: precision", right / stored if stored else float("nan"), stored),
        Figure("details: recall", found / stated if stated else float("nan"), stated),
    ]
