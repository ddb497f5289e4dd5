"""Prints Cybo's figures beside those of stock Rasa, measured in one run.

make bench                     both; stock Rasa trained for 2 epochs (its speed and size
                               do not depend on how long it was trained)
python -m bench --epochs 100   stock Rasa trained as `rasa init` would: an hour or more
python -m bench --only cybo    Cybo alone, two minutes
python -m bench --only cybo --trained --messages 20
                               in short: the model that is there, half a minute

Where stock Rasa cannot be had (it needs Python 3.10 and TensorFlow 2.12), Cybo is measured alone,
and the table says so.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bench.server import Command, Figures, measure
from bench.stock import DEFAULT_EPOCHS, StockMissing, prepare, rasa, train
from bot.shell.project import read_examples

PROJECT = Path(__file__).parent.parent
BUILD = PROJECT / "build" / "bench"
BIN = Path(sys.executable).parent
_MESSAGES = 300
_BUDGET = {"ready_s": 12, "p50_ms": 15, "p95_ms": None, "per_second": None, "resident_mb": 700}
_LABELS = {
    "ready_s": "ready after, s",
    "p50_ms": "an answer over REST, p50, ms",
    "p95_ms": "an answer over REST, p95, ms",
    "per_second": "messages a second, eight at a time",
    "resident_mb": "resident memory, MB",
}


_MORE_IS_BETTER = {_LABELS["per_second"]}


def messages(number: int = _MESSAGES) -> list[str]:
    """Take questions from every topic and language in turn."""
    examples = read_examples(PROJECT / "data")
    questions = [
        texts[number]
        for number in range(10)
        for by_intent in examples.values()
        for intent, texts in by_intent.items()
        if intent.startswith("faq/")
    ]
    return questions[:: max(1, len(questions) // number)][:number]


def measure_cybo(questions: list[str], *, is_trained: bool) -> tuple[Figures, float | None]:
    """Serve Cybo; gives its figures, and the seconds of a training from scratch unless trained."""
    folder = BUILD / "cybo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = {"CYBO_DATA_DIR": str(folder)}
    training = None
    if not is_trained:
        environment["CYBO_MODEL"] = str(folder / "models")
        training = _train(environment)
    command = Command(
        [str(BIN / "cybo"), "serve"],
        # It reads its facts and its retention file where it stands.
        PROJECT,
        folder / "server.log",
        {
            **environment,
            "CYBO_PORT": "8191",
            "CYBO_API_TOKEN": "token of the benchmark",
            "CYBO_MESSAGES_PER_MINUTE": "1000000",
        },
        8191,
    )
    return measure(command, questions), training


def _train(environment: dict[str, str]) -> float:
    """Train Cybo with nothing kept from before; gives the seconds."""
    shutil.rmtree(PROJECT / ".rasa" / "cache", ignore_errors=True)
    shutil.rmtree(PROJECT / ".cache", ignore_errors=True)
    started = time.perf_counter()
    _run_quietly([str(BIN / "cybo"), "train"], environment)
    return time.perf_counter() - started


def measure_stock(questions: list[str], epochs: int) -> tuple[Figures, float]:
    """Train and serve stock Rasa; gives its figures and the seconds of training.

    Raises: StockMissing.
    """
    command_path = rasa()
    folder = BUILD / "stock"
    prepare(PROJECT, folder, epochs=epochs)
    training = train(folder)
    command = Command(
        [str(command_path), "run", "-p", "8192"],
        folder,
        folder / "server.log",
        {"RASA_TELEMETRY_ENABLED": "false"},
        8192,
    )
    return measure(command, questions), training


def _run_quietly(arguments: list[str], environment: dict[str, str]) -> None:
    subprocess.run(
        arguments,
        cwd=PROJECT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("cybo", "stock"))
    parser.add_argument("--epochs", type=int, default=2, help="epochs of stock Rasa (default 2)")
    parser.add_argument("--messages", type=int, default=_MESSAGES, help=f"default {_MESSAGES}")
    parser.add_argument("--trained", action="store_true", help="serve the model that is there")
    arguments = parser.parse_args()
    questions = messages(arguments.messages)
    cybo = stock = None
    missing = ""
    if arguments.only != "stock":
        print("Measuring Cybo ...", flush=True)
        cybo = measure_cybo(questions, is_trained=arguments.trained)
    if arguments.only != "cybo":
        print(f"Measuring stock Rasa, {arguments.epochs} epochs ...", flush=True)
        try:
            stock = measure_stock(questions, arguments.epochs)
        except StockMissing as error:
            missing = f"Stock Rasa was not measured: {error}."
    _print_table(len(questions), cybo, stock, arguments.epochs)
    if missing:
        print(f"\n{missing}")


def _print_table(
    number: int,
    cybo: tuple[Figures, float | None] | None,
    stock: tuple[Figures, float] | None,
    epochs: int,
) -> None:
    print(f"\n| {number} messages, one process | Cybo | stock Rasa | ratio | budget |")
    print("| --- | --- | --- | --- | --- |")
    for name, label in _LABELS.items():
        ours = getattr(cybo[0], name) if cybo else None
        theirs = getattr(stock[0], name) if stock else None
        _print_row(label, ours, theirs, _BUDGET[name])
    note = "" if epochs == DEFAULT_EPOCHS else f" ({epochs} of {DEFAULT_EPOCHS} epochs)"
    _print_row(
        f"training, s{note and ', stock' + note}",
        cybo[1] if cybo else None,
        stock[1] if stock else None,
        90,
    )


def _print_row(label: str, ours: float | None, theirs: float | None, budget: float | None) -> None:
    ratio = ""
    if ours and theirs:
        # Above 1 means better than stock Rasa, whichever way the figure counts.
        ratio = f"{ours / theirs if label in _MORE_IS_BETTER else theirs / ours:.1f}"
    cells = [f"{value:.1f}" if value is not None else "" for value in (ours, theirs)]
    print(f"| {label} | {cells[0]} | {cells[1]} | {ratio} | {budget or ''} |")


if __name__ == "__main__":
    main()
