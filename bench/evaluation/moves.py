"""Examines what Cybo does with messages in the middle of a request.

python -m bench.evaluation.moves                   the held-out messages and conversations
python -m bench.evaluation.moves --set development the conversations of tests/development/
python -m bench.evaluation.moves --set training    the tenth of data/moves/ that is held back
python -m bench.evaluation.moves --most 20 --language nl --output misses.tsv
"""

import argparse
import asyncio
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.progress import track
from threadpoolctl import threadpool_limits

from bench.evaluation.__main__ import PROJECT, print_figures
from bench.evaluation.dialogues import Played, dialogue_figures, read_dialogues
from bench.evaluation.driving import Examiner, examiner
from bench.evaluation.figures import Figure
from bench.evaluation.judging import Judged, move_figures
from bench.evaluation.marked import read_lines
from bench.evaluation.stated import precision_and_recall
from bot.language import LANGUAGES

FOLDERS = {
    "heldout": PROJECT / "tests" / "heldout",
    "development": PROJECT / "tests" / "development",
    "training": PROJECT / "data" / "moves",
}
KINDS = ("moves", "details")
COLUMNS = ("language", "kind", "asked", "moves", "text", "faults", "said", "changed")

Row = tuple[str, ...]


async def examine(
    examined: Examiner, set_name: str, kind: str, language: str, most: int | None
) -> list[Judged]:
    """Send every message of a file, if there is one, where its question has just been asked."""
    path = FOLDERS[set_name] / f"{kind}.{language}.tsv"
    if not path.exists():
        return []
    lines = read_lines(path, language, only_held_back=set_name == "training")[:most]
    return [await examined.judge(line) for line in track(lines, f"{kind}, {language} ...")]


async def play(examined: Examiner, set_name: str, language: str, most: int | None) -> list[Played]:
    """Hold every whole conversation of a language."""
    path = FOLDERS[set_name] / f"dialogues.{language}.tsv"
    dialogues = read_dialogues(path, language)[:most]
    return [await examined.play(d) for d in track(dialogues, f"dialogues, {language} ...")]


def kind_figures(kind: str, judged: Sequence[Judged]) -> list[Figure]:
    """Give the figures of a file: its moves, and of one full of details these as well."""
    figures = move_figures(judged)
    if kind == "details":
        figures += precision_and_recall([(j.line, j.turn) for j in judged])
    return figures


def misses(kind: str, judged: Iterable[Judged]) -> Iterator[Row]:
    """Give what is written of each message that went wrong."""
    for j in judged:
        if not j.is_right:
            changed = sorted(j.turn.changed.items(), key=lambda item: item[0])
            yield (
                j.line.language,
                kind,
                j.line.asked,
                "+".join(j.line.moves),
                j.line.text.replace("\n", "\\n"),
                "; ".join(j.faults),
                " ".join(said.response or "(again)" for said in j.turn.said),
                " | ".join(f"{name}#{number}={value or ''}" for (name, number), value in changed),
            )


def faults(played: Iterable[Played]) -> Iterator[Row]:
    """Give what is written of each conversation with a fault: where its first one is."""
    for p in played:
        if p.fault:
            message = p.dialogue.messages[p.fault.turn - 1]
            yield (
                p.dialogue.language,
                f"dialogue {p.dialogue.number}, turn {p.fault.turn}",
                message.asked,
                "+".join(message.moves),
                message.text.replace("\n", "\\n"),
                p.fault.reason,
                "",
                "",
            )


async def run(set_name: str, languages: Sequence[str], most: int | None) -> list[Row]:
    """Examine and print; gives what went wrong."""
    rows: list[Row] = []
    with threadpool_limits(1), examiner(os.environ) as examined:
        for language in languages:
            rows += await run_in(examined, set_name, language, most)
    return rows


async def run_in(examined: Examiner, set_name: str, language: str, most: int | None) -> list[Row]:
    """Examine one language and print; gives what went wrong."""
    rows: list[Row] = []
    for kind in KINDS:
        judged = await examine(examined, set_name, kind, language, most)
        if not judged:
            continue
        print_figures(f"{set_name}, {kind}, {language}", kind_figures(kind, judged))
        rows += misses(kind, judged)
    played = await play(examined, set_name, language, most)
    if played:
        print_figures(f"{set_name}, dialogues, {language}", dialogue_figures(played))
    return [*rows, *faults(played)]


def write(rows: Iterable[Row], output: Path) -> None:
    """Write what went wrong and say where it stands."""
    output.parent.mkdir(parents=True, exist_ok=True)
    lines = ["\t".join(row) for row in (COLUMNS, *rows)]
    output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"misses: {output}")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m bench.evaluation.moves")
    parser.add_argument("--set", choices=tuple(FOLDERS), default="heldout")
    parser.add_argument("--language", choices=LANGUAGES, help="one alone; all without it")
    parser.add_argument("--most", type=int, help="the most of each file; all without it")
    parser.add_argument("--output", type=Path, help="where to write every miss")
    arguments = parser.parse_args()
    languages = [arguments.language] if arguments.language else list(LANGUAGES)
    rows = asyncio.run(run(arguments.set, languages, arguments.most))
    if arguments.output:
        write(rows, arguments.output)


if __name__ == "__main__":
    main()
