"""What an earlier version's word lists make of messages that the learned reader is examined on.

Until commit 48b8ea6 words and regular expressions written by hand read yes and no, and the details
of a message. They are taken from the history of this repository and run as they stood, in a process
of their own: ``python -m bench.word_lists``. Their classifier is not there: each message comes with
what it does in truth, which gives them more than they had.
"""

import argparse
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.evaluation.__main__ import PROJECT, print_figures
from bench.evaluation.figures import Figure
from bench.evaluation.marked import TODAY, Line, comparable, read_lines
from bot.details import DETAILS
from bot.errors import HelpdeskError
from bot.language import LANGUAGES

COMMIT = "48b8ea6"
_YES_NO = frozenset({"add_filing", "confirm_ticket", "add_to_ticket"})
_FORM = _YES_NO | {*DETAILS, "detail_to_change"}
_STATING = frozenset({"give", "correct", "open"})
# Runs beside the old `bot`, so it may name nothing of ours.
_READER = """
import json, sys
from datetime import date
from bot.details.answers import Situation, parse_answer
from bot.details.find import find_details
for line in sys.stdin:
    told = json.loads(line)
    requested = told["requested"]
    situation = Situation(requested, told["is_elsewhere"], told["is_request"],
                          date.fromisoformat(told["today"]))
    found = [[m.detail, m.value] for m in find_details(told["text"], situation)]
    answer = parse_answer(requested, told["text"]) if told["is_yes_no"] else None
    print(json.dumps({"found": found, "answer": answer}), flush=True)
"""


@dataclass(frozen=True)
class Read:
    """A message, the details that the word lists found in it, and the yes or no they heard."""

    line: Line
    found: frozenset[tuple[str, str]]
    answer: bool | None


@contextmanager
def unpacked(commit: str) -> Iterator[Path]:
    """Give a folder with the package as it stood in a commit."""
    archive = ["git", "archive", commit, "bot"]
    packed = subprocess.run(archive, cwd=PROJECT, capture_output=True, check=False)
    if packed.returncode:
        raise HelpdeskError(
            f"{commit}: not in the history of {PROJECT}; a shallow clone gets it with "
            "`git fetch --unshallow`"
        )
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
        yield Path(folder)


def read_all(lines: Sequence[Line], old: Path) -> list[Read]:
    """Have the package in the folder ``old`` read the messages."""
    done = subprocess.run(
        # Packages, but not the line beside them that imports today's `bot` at every start.
        [sys.executable, "-S", "-c", _READER],
        cwd=old,
        env={**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")},
        input="\n".join(json.dumps(_told(line)) for line in lines),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answers = [json.loads(answer) for answer in done.stdout.splitlines()]
    return [
        Read(
            line,
            frozenset((d, comparable(d, v)) for d, v in answer["found"] if d in DETAILS),
            answer["answer"],
        )
        for line, answer in zip(lines, answers, strict=True)
    ]


def _told(line: Line) -> dict[str, Any]:
    return {
        "text": line.text,
        "requested": line.asked if line.asked in _FORM else None,
        "is_elsewhere": not line.has(*_STATING, "affirm", "deny", "add"),
        "is_request": line.has(*_STATING),
        "is_yes_no": line.asked in _YES_NO,
        "today": TODAY.isoformat(),
    }


def yes_no_figures(read: Iterable[Read]) -> Figure:
    """Count the answers to a yes-or-no question that were heard as what they are."""
    answers = [
        (one.answer, one.line.has("affirm"))
        for one in read
        if one.line.asked in _YES_NO and one.line.moves in (("affirm",), ("deny",))
    ]
    right = sum(heard is meant for heard, meant in answers)
    return Figure("yes and no right", right / len(answers), len(answers))


def detail_figures(read: Sequence[Read]) -> list[Figure]:
    """Count the details found that were stated, the stated that were found, and whole messages."""
    stated = [frozenset(_values(one.line)) for one in read]
    pairs = list(zip(read, stated, strict=True))
    found, wanted = sum(len(one.found) for one in read), sum(map(len, stated))
    right = sum(len(one.found & values) for one, values in pairs)
    whole = sum(one.found == values for one, values in pairs)
    return [
        Figure("details: precision", right / found, found),
        Figure("details: recall", right / wanted, wanted),
        Figure("messages with every detail right", whole / len(read), len(read)),
    ]


def _values(line: Line) -> Iterable[tuple[str, str]]:
    for mark in line.values:
        if mark.value is not None:
            yield mark.detail, comparable(mark.detail, mark.value)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m bench.word_lists")
    parser.add_argument("--commit", default=COMMIT, help="the version whose word lists read")
    parser.add_argument("--messages", type=int, help="the most of each language; all without it")
    arguments = parser.parse_args()
    with unpacked(arguments.commit) as old:
        for language in LANGUAGES:
            held_out = PROJECT / "tests" / "heldout"
            moves, details = (
                read_lines(held_out / f"{name}.{language}.tsv", language, only_held_back=False)
                for name in ("moves", "details")
            )
            most = arguments.messages
            answers = yes_no_figures(read_all(moves[:most], old))
            found = detail_figures(read_all(details[:most], old))
            print_figures(f"word lists of {arguments.commit}, {language}", [answers, *found])


if __name__ == "__main__":
    main()
