"""`cybo` commands without their start: forked from a process that has read all they need.

A command takes seconds to import Cybo and Rasa, and `cybo serve` as many to read the model. The
tests start many, so each worker has one process that did both (``tests.warm``), and
every command is a fork of it, with an environment, a log and files of its own. That the program
starts by itself is tested where it is documented: tests/packaging/test_commands.py.
"""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

ROOT = Path(__file__).parents[1]
_TIMEOUT_S = 120
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.warm"])


@dataclass(frozen=True)
class Done:
    """What a command printed, and the status that it ended with."""

    returncode: int
    stdout: str
    stderr: str


def start_cybo(
    words: tuple[str, ...], environment: Mapping[str, str], stdout: Path, stderr: Path | None = None
) -> ForkServerProcess:
    """Start a command that appends what it prints to ``stdout``, errors too without ``stderr``."""
    # A daemon: ends with the tests, whatever happens to them.
    process = _FORKS.Process(
        target=_become_cybo, args=(words, dict(environment), stdout, stderr or stdout), daemon=True
    )
    process.start()
    return process


def run_cybo(*words: str, environment: Mapping[str, str]) -> Done:
    """Run a command to its end, in the project's folder, with nothing to read."""
    with tempfile.TemporaryDirectory() as folder:
        stdout, stderr = Path(folder, "stdout"), Path(folder, "stderr")
        process = start_cybo(words, environment, stdout, stderr)
        process.join(_TIMEOUT_S)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"cybo {' '.join(words)}: no end within {_TIMEOUT_S} s")
        return Done(
            process.exitcode,
            stdout.read_text(encoding="utf-8"),
            stderr.read_text(encoding="utf-8"),
        )


def _become_cybo(
    words: tuple[str, ...], environment: dict[str, str], stdout: Path, stderr: Path
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    for stream, path in ((1, stdout), (2, stderr)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, stream)
        os.close(file)
    sys.argv = ["cybo", *words]
    from tests.warm import main  # noqa: PLC0415 (imported already, in the process that forks)

    main()
