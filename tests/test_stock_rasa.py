"""The stock Rasa commands work on the project as it stands."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.trained

ROOT = Path(__file__).parents[1]
RASA = str(Path(sys.executable).parent / "rasa")
# The port that endpoints.yml names, and one that nothing else here uses.
ACTIONS_PORT, RUN_PORT = 5055, 5195
START_TIMEOUT_S = 180
COMMAND_TIMEOUT_S = 1200
NLU = """
version: "3.1"
nlu:
- intent: chitchat/greet
  examples: |
    - hello
    - bonjour
- intent: faq/grey_screen
  examples: |
    - grijs scherm
    - écran gris
"""
STORIES = """
version: "3.1"
stories:
- story: A question about the grey screen
  steps:
  - user: |
      grijs scherm bij het aanmelden
    intent: faq
  - action: utter_faq
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {
        **os.environ,
        "CYBO_DATA_DIR": str(tmp_path_factory.mktemp("stock")),
        # Whoever types `rasa` has not read that our changes switch it off.
        "RASA_TELEMETRY_ENABLED": "true",
    }


@pytest.fixture(scope="module")
def rasa_run(environment: dict[str, str]) -> Iterator[None]:
    """`rasa run` beside `rasa run actions`."""
    commands = [[RASA, "run", "actions"], [RASA, "run", "-p", str(RUN_PORT)]]
    processes = [
        subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for command in commands
    ]
    try:
        _wait_for(f"http://127.0.0.1:{ACTIONS_PORT}/health", processes)
        _wait_for(f"http://127.0.0.1:{RUN_PORT}/", processes)
        # Rasa opens its port before the model is loaded, and drops what comes earlier.
        deadline = time.monotonic() + START_TIMEOUT_S
        while not _say("ready", "hello") and time.monotonic() < deadline:
            time.sleep(0.5)
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


def _wait_for(url: str, processes: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        assert all(process.poll() is None for process in processes), f"stopped before {url}"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    pytest.fail(f"{url} did not answer within {START_TIMEOUT_S} s")


def _say(sender: str, message: str) -> list[dict[str, str]]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{RUN_PORT}/webhooks/rest/webhook",
        json.dumps({"sender": sender, "message": message}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return list(json.load(response))


def _rasa(environment: dict[str, str], *arguments: str) -> str:
    """Run a command to its end and give what it printed."""
    done = subprocess.run(
        [RASA, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=COMMAND_TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    return done.stdout


@pytest.fixture
def few_examples(tmp_path: Path) -> Path:
    """The project's data with three examples an intent and language: all take minutes."""
    folder = tmp_path / "data"
    for source in (ROOT / "data").glob("*/*.yml"):
        kept, examples = [], 0
        for line in source.read_text(encoding="utf-8").splitlines():
            is_example = source.parent.name == "nlu" and line.startswith("    - ")
            examples = examples + 1 if is_example else 0
            if examples <= 3:
                kept.append(line)
        target = folder / source.relative_to(ROOT / "data")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(kept), encoding="utf-8")
    return folder


def test_rasa_train_makes_a_model(
    environment: dict[str, str], few_examples: Path, tmp_path: Path
) -> None:
    options = ("--data", str(few_examples), "--out", str(tmp_path), "--fixed-model-name", "stock")

    _rasa(environment, "train", *options)

    assert (tmp_path / "stock.tar.gz").stat().st_size > 1_000_000


def test_rasa_data_validate_finds_nothing(environment: dict[str, str]) -> None:
    printed = _rasa(environment, "data", "validate", "--fail-on-warnings")

    assert "No story structure conflicts found" in printed


def test_rasa_test_nlu_examines_the_model(environment: dict[str, str], tmp_path: Path) -> None:
    messages = tmp_path / "nlu.yml"
    messages.write_text(NLU, encoding="utf-8")

    _rasa(environment, "test", "nlu", "--nlu", str(messages), "--no-plot", "--out", str(tmp_path))

    report = json.loads((tmp_path / "intent_report.json").read_text(encoding="utf-8"))
    assert report["accuracy"] == 1.0


def test_rasa_test_core_plays_a_story(environment: dict[str, str], tmp_path: Path) -> None:
    stories = tmp_path / "test_stories.yml"
    stories.write_text(STORIES, encoding="utf-8")

    _rasa(
        environment, "test", "core", "--stories", str(stories), "--no-plot", "--out", str(tmp_path)
    )

    report = json.loads((tmp_path / "story_report.json").read_text(encoding="utf-8"))
    assert report["utter_faq"]["recall"] == 1.0


def test_rasa_run_answers_in_the_visitors_language(rasa_run: None) -> None:
    replies = _say("stock-1", "Ik krijg een grijs scherm bij het aanmelden")

    assert "cbsostorageappp.blob.core.windows.net" in replies[0]["text"]
    assert "geautomatiseerde assistent" in replies[0]["text"]


def test_rasa_run_calls_the_actions_and_keeps_the_form(rasa_run: None) -> None:
    _say("stock-2", "Introduire une demande de migration")

    refused = _say("stock-2", "0403.170.702")
    taken = _say("stock-2", "0403.170.701")

    assert "deux derniers chiffres" in refused[0]["text"]
    assert "clôturé" in taken[-1]["text"]


def test_rasa_run_stores_no_secret(rasa_run: None, environment: dict[str, str]) -> None:
    _say("stock-3", "my password is Tr0ub4dor&3")

    content = b"".join(
        path.read_bytes() for path in Path(environment["CYBO_DATA_DIR"]).glob("trackers.db*")
    )
    assert b"stock-3" in content
    assert b"Tr0ub4dor" not in content


def test_rasa_shell_talks(environment: dict[str, str]) -> None:
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [RASA, "shell", "-p", "5196"], env=environment, stdin=end, stdout=end, stderr=end
    )
    try:
        _read_until(terminal, lambda seen: "Your input" in seen)
        os.write(terminal, b"Ik krijg een grijs scherm\r")
        seen = _read_until(terminal, lambda seen: "b2clogin.com" in seen)
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
        os.close(end)

    assert "Cybo" in seen


def _read_until(terminal: int, is_done: Callable[[str], bool]) -> str:
    seen = ""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            seen += os.read(terminal, 65536).decode(errors="replace")
            # A terminal answers where its cursor is; prompt_toolkit waits for that.
            if seen.endswith("\x1b[6n"):
                os.write(terminal, b"\x1b[1;1R")
        if is_done(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen)):
            return seen
    pytest.fail(f"the terminal never showed it; the end was {seen[-500:]!r}")
