"""Every command that a document prints, and every target of make, can be run."""

import os
import re
import runpy
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import click
import pytest
import typer.main
from typer.testing import CliRunner

from bot.errors import HelpdeskError
from bot.shell.app import app
from tests.forked import run_cybo
from tests.packaging.documents import ROOT, Documented, commands
from tests.serving import free_port

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROGRAMS = Path(sys.executable).parent
# Where each target of make is run in the gate; the last two only as far as they change nothing.
TARGETS = {
    "setup": "`make test` begins with it",
    "lint": "`make test` begins with it",
    "model": "`make test` begins with it",
    "test": ".ci/run",
    "test-313": ".ci/run",
    "docs": ".ci/run",
    "reuse": ".ci/run",
    "release": ".ci/run",
    "eval": "test_what_measures_runs_in_short",
    "bench": "test_what_measures_runs_in_short",
    "run": "test_make_run_serves_until_it_is_interrupted",
    "hostile": "tests/bench/test_hostile.py",
    "audit": "tests/bench/test_audit.py",
    "help": "test_help_names_every_target",
    "clean": "test_clean_removes_only_what_git_ignores",
    "pictures": "test_every_target_is_known_to_make",
    "lock": "test_every_target_is_known_to_make",
    "encoder": "test_every_target_is_known_to_make",
    "heads": "test_every_target_is_known_to_make",
}
# What others make; their documentation says whether it still runs. `rasa init` is named, not used.
OF_OTHERS = set(
    "cp curl grep install mkdir mmdebstrap pg_dump pg_restore podman python3 systemctl".split()
)
OF_RASA = {"init", "train", "data validate", "test", "shell", "run", "run actions"}
# Commands that need a model or serve for ever, and where they are run.
NEED_A_MODEL = {
    "serve": "tests/serving.py",
    "train": "`make model`",
    "ask": "test_a_conversation_is_held_saved_and_played_again",
    "shell": "test_a_conversation_is_held_saved_and_played_again",
    "replay": "test_a_conversation_is_held_saved_and_played_again",
    "triage": "test_a_mail_is_triaged_as_documented",
}
# The others in an order that makes sense, with what is typed, and what an empty folder makes of it.
SHORT: Sequence[tuple[str, str, str]] = (
    ("check", "", ""),
    ("settings", "", ""),
    ("init {folder}/project", "", ""),
    ("tickets list", "", ""),
    ("tickets show CYB-2026-000001-1", "", "no such ticket"),
    ("mail check", "", "CYBO_MAIL_ADDRESS"),
    ("mail status", "", "CYBO_MAIL_ADDRESS"),
    ("outbox list", "", ""),
    ("outbox retry 1", "", "1"),
    ("outbox check", "", ""),
    ("review list", "", ""),
    ("review export", "", ""),
    ("desk add-user ada --role admin", "correct horse battery\n", ""),
    ("desk add-user an --role agent", "correct horse battery\n", ""),
    ("desk list-users", "", ""),
    ("desk set-password an", "battery horse correct\n", ""),
    ("desk disable an", "", ""),
    ("purge --dry-run", "", ""),
    ("erase --subject an@example.be --dry-run", "", ""),
    ("backup {folder}/backup.tar.gz", "", ""),
    ("restore {folder}/backup.tar.gz --force", "", ""),
    ("restored", "", ""),
)


def leaves(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[str]:
    """Name every command below a group."""
    below = getattr(command, "commands", None)
    if below is None:
        yield " ".join(words)
        return
    for name, child in below.items():
        yield from leaves(child, (*words, name))


def parse(words: list[str]) -> None:
    """Read a `cybo` command line as the program would, without running it.

    Raises: click.UsageError, when there is no such command, argument or option.
    """
    command: Any = typer.main.get_command(app)
    context = click.Context(command, info_name="cybo")
    while words and hasattr(command, "commands"):
        name, words = words[0], words[1:]
        command = command.commands.get(name)
        if command is None:
            raise click.UsageError(f"no command {name}")
        context = click.Context(command, parent=context, info_name=name)
    # A page may name a command or a group without what it needs; an option is never left open.
    if words and not hasattr(command, "commands"):
        command.make_context(command.name, words)


def targets() -> list[str]:
    return re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split()


def output_of(*words: object, **environment: str) -> str:
    """Run a command in the project's folder; gives what it printed, fails when it failed."""
    result = subprocess.run(
        [str(word) for word in words],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout[-3000:]
    return result.stdout


# What documents print


def documented(program: str) -> list[Documented]:
    """Give the commands of a program."""
    return [command for command in commands() if Path(command.words[0]).name == program]


def test_every_documented_program_is_ours_or_known() -> None:
    ours = {"make", "cybo", "rasa", "pytest", "pip", "python"}

    programs = {Path(command.words[0]).name for command in commands()}

    assert programs - OF_OTHERS == ours


@pytest.mark.parametrize("command", documented("cybo"), ids=str)
def test_a_documented_cybo_command_is_one(command: Documented) -> None:
    words = ["1" if word == "NUMBER" else word for word in command.words[1:]]

    parse([word for word in words if not word.startswith("`")])


@pytest.mark.parametrize("command", documented("make"), ids=str)
def test_a_documented_target_exists(command: Documented) -> None:
    named = [word for word in command.words[1:] if "=" not in word]

    assert named
    assert set(named) <= set(targets())


@pytest.mark.parametrize("command", documented("rasa"), ids=str)
def test_a_documented_command_of_rasa_is_played(command: Documented) -> None:
    played = (ROOT / "tests" / "test_stock_rasa.py").read_text(encoding="utf-8")
    words = command.words[1:]

    assert " ".join(words) in OF_RASA
    assert words == ("init",) or ", ".join(f'"{word}"' for word in words) in played


@pytest.mark.parametrize("command", documented("pytest"), ids=str)
def test_a_documented_test_exists(command: Documented) -> None:
    assert all((ROOT / word).exists() for word in command.words[1:] if not word.startswith("-"))


@pytest.mark.parametrize("module", sorted({command.words[2] for command in documented("python")}))
def test_a_documented_module_takes_its_options(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [command.words for command in documented("python") if command.words[2] == module]
    monkeypatch.setattr(sys, "argv", [module, "--help"])

    with pytest.raises(SystemExit, match=r"^0$"):
        runpy.run_module(module, run_name="__main__")

    told = capsys.readouterr().out
    assert all(line[1] == "-m" for line in lines)
    assert all(word in told for line in lines for word in line[3:] if word.startswith("-"))


# The command line


def test_every_cybo_command_is_run_somewhere() -> None:
    known = set(leaves(typer.main.get_command(app)))

    run = {leaf for leaf in known for words, _, _ in SHORT if f"{words} ".startswith(f"{leaf} ")}

    assert run | set(NEED_A_MODEL) == known


def test_each_command_does_in_an_empty_folder_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("CYBO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CYBO_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.chdir(ROOT)

    for words, typed, problem in SHORT:
        result = CliRunner().invoke(app, words.format(folder=tmp_path).split(), input=typed)

        if problem:
            assert isinstance(result.exception, HelpdeskError), (words, result.output)
            assert problem in str(result.exception)
        else:
            assert result.exit_code == 0, (words, result.output, result.exception)


@pytest.mark.trained
def test_a_conversation_is_held_saved_and_played_again(tmp_path: Path) -> None:
    saved = tmp_path / "saved.yml"
    shell = subprocess.run(
        [str(PROGRAMS / "cybo"), "shell", "--lang", "nl"],
        cwd=ROOT,
        env={**os.environ, "CYBO_DATA_DIR": str(tmp_path)},
        input=f"/help\nIk krijg een grijs scherm\n/save {saved}\n/quit\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert shell.returncode == 0, shell.stderr

    environment = {**os.environ, "CYBO_DATA_DIR": str(tmp_path)}
    replayed = run_cybo("replay", str(saved), environment=environment)

    assert replayed.returncode == 0, replayed.stderr
    assert "1 turns, 0 differ" in replayed.stdout


@pytest.mark.trained
def test_a_mail_is_triaged_as_documented(tmp_path: Path) -> None:
    mail = ROOT / "tests" / "triage" / "corpus" / "en_gmail_request_prose.eml"

    environment = {**os.environ, "CYBO_DATA_DIR": str(tmp_path)}
    done = run_cybo("triage", str(mail), environment=environment)

    assert done.returncode == 0, done.stderr
    assert "category" in done.stdout


# make


def test_every_target_is_documented_and_run_somewhere() -> None:
    described = re.findall(r"^([a-z0-9-]+):.*##", MAKEFILE, re.MULTILINE)

    assert set(targets()) == set(described) == set(TARGETS)
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    asked = set(re.search(r"^make (.*)$", gate, re.MULTILINE)[1].split())
    assert {target for target, place in TARGETS.items() if place == ".ci/run"} == asked
    assert not [
        place
        for place in TARGETS.values()
        if place.startswith(("test_", "tests/"))
        and place not in globals()
        and not (ROOT / place).exists()
    ]


@pytest.mark.parametrize("target", targets())
def test_every_target_is_known_to_make(target: str) -> None:
    # A dry run is asked for as if the environment and the model were new: they are not made anew.
    known = ["-o", ".venv/.installed", "-o", "models/.trained"]

    assert output_of("make", "-n", *known, target).strip()


def test_help_names_every_target() -> None:
    told = output_of("make", "help")

    assert set(re.findall(r"^([a-z0-9-]+)\t", told, re.MULTILINE)) == set(targets())


def test_clean_removes_only_what_git_ignores(tmp_path: Path) -> None:
    for name in ("build", "data", "models", "var", ".venv"):
        (tmp_path / name).mkdir()
    shutil.copy(ROOT / "Makefile", tmp_path)

    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True, timeout=60)

    # What people wrote stays, as does the source.
    assert {path.name for path in tmp_path.iterdir()} == {"Makefile", "data", "var"}
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    removed = re.search(r"^\trm -rf (\.venv .*)$", MAKEFILE, re.MULTILINE)[1].split()
    assert [
        path
        for path in removed
        if f"{Path(path).name}/" not in ignored and not Path(path).name.startswith(".venv")
    ] == []


@pytest.mark.trained
def test_make_run_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        # As things stand: no packages and no training because a file is younger.
        ["make", "-o", ".venv/.installed", "-o", "models/.trained", "run", f"BIN={PROGRAMS}"],
        cwd=ROOT,
        env={**os.environ, "CYBO_PORT": str(port), "CYBO_DATA_DIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        deadline = monotonic() + 90
        while not answers(f"http://127.0.0.1:{port}/readyz"):
            assert process.poll() is None, process.stdout.read()
            assert monotonic() < deadline
            sleep(0.2)
    finally:
        # What Ctrl-C does: the signal reaches make and the server.
        os.killpg(process.pid, 2)
        told, _ = process.communicate(timeout=60)

    assert "[3 of 3] Start" in told
    assert "Traceback" not in told


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.trained
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("bench --only cybo --trained --messages 20", "| 20 messages, one process | Cybo |"),
        ("bench.evaluation --set development --messages 10", "parsing one message"),
        ("bench.chats --chats 3 --seconds 3 --pause 1", "p50"),
        ("bench.mails --mails 20", "mails a second"),
        ("bench.hostile.mails {folder} --most 20", ""),
    ],
)
def test_what_measures_runs_in_short(tmp_path: Path, words: str, told: str) -> None:
    module, *options = words.format(folder=tmp_path / "mails").split()
    if module == "bench.evaluation":
        options += ["--output", str(tmp_path / "report.html")]

    printed = output_of(sys.executable, "-m", module, *options)

    assert told in printed
