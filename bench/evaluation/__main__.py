"""Examines the trained model and prints its figures beside the promised ones.

make eval                                       the held-out messages, and public data sets
                                                when CYBO_BENCH_DATA names their folder
python -m bench.evaluation --set development    the set that thresholds are chosen on
python -m bench.evaluation --messages 10        in short: the first ones of each language
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rasa.shared.core.events import SlotSet
from rich.progress import track
from threadpoolctl import threadpool_limits

from bench.evaluation import public
from bench.evaluation.double import answered, double_figures, read_doubles
from bench.evaluation.figures import Figure, calibration_error, figures, reliability
from bench.evaluation.messages import Judged, Labelled, judge, read_messages
from bench.evaluation.report import render
from bot.dialogue.assistant import Assistant
from bot.language import LANGUAGES
from bot.settings import read_settings

PROJECT = Path(__file__).parent.parent.parent
_PARSING_BUDGET_MS = 8.0
_IN_CONVERSATION = 0.995


async def examine(assistant: Assistant, messages: list[Labelled]) -> list[Judged]:
    """Parse every message as the first of a conversation."""
    judged = []
    for message in track(messages, f"{messages[0].language} ..."):
        started = time.perf_counter()
        parsed = await assistant.parse(message.text)
        judged.append(judge(message, parsed, (time.perf_counter() - started) * 1000))
    return judged


async def language_in_conversation(assistant: Assistant, messages: list[Labelled]) -> Figure:
    """Say how often a message leaves the language of its own conversation as it is.

    Messages that ask for another language do not count: they are to change it.
    """
    messages = [message for message in messages if message.topic != "change_language"]
    kept = 0
    for message in track(messages, f"{messages[0].language}, in conversation ..."):
        tracker = await assistant.tracker(f"evaluation-{message.language}")
        tracker.update(SlotSet("language", message.language))
        parsed = await assistant.parse_in(message.text, tracker)
        kept += parsed.get("language") == message.language
    return Figure(
        "language kept in conversation", kept / len(messages), len(messages), _IN_CONVERSATION
    )


async def two_questions(
    assistant: Assistant, set_name: str, language: str, most: int | None
) -> list[Figure]:
    """Say how many messages that ask two things get both answers."""
    doubles = read_doubles(PROJECT / "tests" / set_name, language)[:most]
    return double_figures([answered(d, await assistant.parse(d.text)) for d in doubles])


def print_figures(title: str, lines: list[Figure]) -> None:
    """Print one table."""
    print(f"\n{title}")
    for line in lines:
        promise = ""
        if line.target is not None:
            sign = "at most" if line.at_most else "at least"
            promise = f"{sign} {100 * line.target:g} %: {'met' if line.is_met else 'MISSED'}"
        print(f"  {line.label:42} {100 * line.share:5.1f} %  of {line.count:4}  {promise}")


async def run(set_name: str, most: int | None = None) -> dict[str, list[Judged]]:
    """Examine and print; gives the judged messages of each language."""
    assistant = Assistant.load(read_settings(os.environ))
    judged: dict[str, list[Judged]] = {}
    # The promise is about one core: two cores answer two visitors.
    with threadpool_limits(1):
        for language in LANGUAGES:
            messages = read_messages(PROJECT / "tests" / set_name, language)[:most]
            judged[language] = await examine(assistant, messages)
            kept = await language_in_conversation(assistant, messages)
            doubles = await two_questions(assistant, set_name, language, most)
            print_figures(f"{set_name}, {language}", [*figures(judged[language]), kept, *doubles])
    everything = [j for group in judged.values() for j in group]
    times = [j.milliseconds for j in everything]
    is_met = statistics.median(times) <= _PARSING_BUDGET_MS
    print(
        f"\nparsing one message on one core: p50 {statistics.median(times):.1f} ms, "
        f"p95 {statistics.quantiles(times, n=20)[-1]:.1f} ms "
        f"(at most {_PARSING_BUDGET_MS:g} ms: {'met' if is_met else 'MISSED'})"
    )
    print(f"expected calibration error: {calibration_error(reliability(everything)):.3f}")
    return judged


def write_report(set_name: str, judged: Mapping[str, Sequence[Judged]], output: Path) -> None:
    """Write the HTML report and say where it stands."""
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(render(f"Cybo on the {set_name} messages", judged), encoding="utf-8")
    print(f"report: {output}")


def run_public() -> None:
    """Print the figures on public data, or how to get them."""
    data = public.folder()
    if data is None:
        print(f"\npublic data: set {public.VARIABLE} to the folder with their files")
        return
    print_figures("public data, ranked right", list(public.public_figures(data)))


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m bench.evaluation")
    parser.add_argument("--set", choices=("heldout", "development"), default="heldout")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--messages", type=int, help="the most of each language; all without it")
    arguments = parser.parse_args()
    output = arguments.output or PROJECT / "build" / "evaluation" / f"{arguments.set}.html"
    write_report(arguments.set, asyncio.run(run(arguments.set, arguments.messages)), output)
    if arguments.set == "heldout" and not arguments.messages:
        run_public()


if __name__ == "__main__":
    main()
