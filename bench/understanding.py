"""Understanding, beside a stock Rasa pipeline trained on the same data.

python -m bench.understanding                the `rasa init` pipeline, 100 epochs: hours
python -m bench.understanding --epochs 20    trained for less long; the table says so

Both are examined on the held-out messages; dialogue moves count like topics. The stock
pipeline gets every topic as a plain intent: one classifier to train instead of two, and
none of its mistakes counts double.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from bench.evaluation.figures import SHORT_REGISTERS, share
from bench.evaluation.messages import Judged, Labelled, Outcome, judge, read_messages
from bench.stock import DEFAULT_EPOCHS, StockMissing, prepare, rasa
from bot.dialogue.assistant import Assistant
from bot.language import LANGUAGES
from bot.settings import read_settings

PROJECT = Path(__file__).parent.parent
FOLDER = PROJECT / "build" / "bench" / "stock-nlu"
# Rasa with TensorFlow lives in a process of its own: Cybo's runs without.
_PARSE = """
import asyncio, json, sys
from rasa.core.agent import Agent
agent = Agent.load(sys.argv[1])
async def run():
    for line in sys.stdin:
        parsed = await agent.parse_message(json.loads(line))
        print("PARSED " + json.dumps(parsed), flush=True)
asyncio.run(run())
"""


def train_stock(epochs: int) -> float:
    """Train the stock pipeline, without policies; gives the seconds it took."""
    prepare(PROJECT, FOLDER, epochs=epochs)
    for path in (FOLDER / "data" / "nlu").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("intent: faq/", "intent: faq_"), encoding="utf-8")
    shutil.rmtree(FOLDER / "data" / "responses")
    started = time.perf_counter()
    with (FOLDER / "train.log").open("wb") as log:
        subprocess.run(
            [str(rasa()), "train", "nlu"],
            cwd=FOLDER,
            env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"},
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
        )
    return time.perf_counter() - started


def judge_stock(messages: list[Labelled]) -> list[Judged]:
    """Parse the messages with the stock model."""
    model = max((FOLDER / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    result = subprocess.run(
        [str(rasa().with_name("python")), "-c", _PARSE, str(model)],
        cwd=FOLDER,
        input="\n".join(json.dumps(message.text) for message in messages),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in result.stdout.splitlines() if line.startswith("PARSED ")]
    parses = [json.loads(line.removeprefix("PARSED ")) for line in lines]
    for parsed in parses:
        intent = parsed["intent"]
        intent["name"] = str(intent["name"]).replace("faq_", "faq/")
        # The stock ranking has no probability beside its confidence.
        parsed["intent_ranking"] = []
    return [judge(m, parsed, 0.0) for m, parsed in zip(messages, parses, strict=True)]


async def judge_cybo(messages: list[Labelled]) -> list[Judged]:
    """Parse the messages with Cybo's model."""
    assistant = Assistant.load(read_settings(os.environ))
    return [judge(message, await assistant.parse(message.text), 0.0) for message in messages]


def main() -> None:
    """Train, examine and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.understanding", description=__doc__)
    parser.add_argument("--epochs", type=int, default=DEFAULT_EPOCHS)
    arguments = parser.parse_args()
    messages = [
        message
        for language in LANGUAGES
        for message in read_messages(PROJECT / "tests" / "heldout", language)
    ]
    try:
        rasa()
    except StockMissing as error:
        raise SystemExit(f"Stock Rasa cannot be examined here: {error}") from error
    seconds = train_stock(arguments.epochs)
    theirs = judge_stock(messages)
    ours = asyncio.run(judge_cybo(messages))
    print(f"| {len(messages)} held-out messages | Cybo | stock, {arguments.epochs} epochs |")
    print("| --- | --- | --- |")
    for language in LANGUAGES:
        for label, is_of_group, is_hit in (
            ("clear, terse, sloppy: answered right", _is_short, _is_right),
            ("stories: answered right", _is_story, _is_right),
            ("out of scope: not answered", _is_outside, _is_left_alone),
        ):
            cells = [
                100
                * share(
                    [j for j in judged if j.message.language == language and is_of_group(j)], is_hit
                )
                for judged in (ours, theirs)
            ]
            print(f"| {language}, {label}, % | {cells[0]:.1f} | {cells[1]:.1f} |")
    print(f"\nstock: trained in {seconds:.0f} s")


def _is_short(judged: Judged) -> bool:
    return judged.message.is_in_scope and judged.message.register in SHORT_REGISTERS


def _is_story(judged: Judged) -> bool:
    return judged.message.is_in_scope and judged.message.register == "story"


def _is_outside(judged: Judged) -> bool:
    return not judged.message.is_in_scope


def _is_right(judged: Judged) -> bool:
    return judged.outcome is Outcome.RIGHT


def _is_left_alone(judged: Judged) -> bool:
    return judged.outcome is not Outcome.WRONG


if __name__ == "__main__":
    main()
