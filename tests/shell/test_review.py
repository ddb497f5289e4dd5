"""`cybo review` in a copy of the project's data, which git keeps."""

import json
import os
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.settings import read_settings
from bot.shell.app import app
from bot.shell.project import DataMissing
from bot.storage import SqlReviews, SqlTurnStore, open_database
from bot.turns import TurnRecord

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=timezone.utc)
TURN = TurnRecord("widget:a", "web", NOW, "nl", "", "clarify", "nlu_fallback", ("fees",), 0.4, 12.0)
EXAMINED = "een zin waarop Cybo wordt onderzocht"


def cybo(*arguments: str) -> Result:
    result = CliRunner().invoke(app, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def git(*arguments: str) -> str:
    identity = ["-c", "user.name=x", "-c", "user.email=x@x.example"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> Path:
    """Copy the training data beside an examination of one message, and stand in the copy."""
    folder = tmp_path / "project"
    shutil.copytree("data/nlu", folder / "data" / "nlu")
    (folder / "tests" / "heldout").mkdir(parents=True)
    exam = f"topic\tregister\ttext\nfees\tclear\t{EXAMINED}\n"
    (folder / "tests" / "heldout" / "nl.tsv").write_text(exam, encoding="utf-8")
    (folder / "tests" / "review").mkdir()
    shutil.copy("tests/review/decided.tsv", folder / "tests" / "review")
    monkeypatch.chdir(folder)
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "before")
    return folder


@pytest.fixture
def reviews(data_dir: Path) -> SqlReviews:
    engine = open_database(read_settings(os.environ).tickets_url)
    texts = (
        "hoeveel centen, bel 0475 12 34 56",
        EXAMINED.capitalize() + "!",
        "asdf",
        "nog te doen",
    )
    SqlTurnStore(engine).record([replace(TURN, text=text) for text in texts])
    reviews = SqlReviews(engine, lambda: NOW)
    reviews.decide([1, 2], "faq/fees", "ed")
    reviews.decide([3], "dismissed", "ed")
    return reviews


def test_an_empty_queue_is_listed_as_such(data_dir: Path) -> None:
    assert "Nothing waits" in cybo("review", "list").stdout
    assert json.loads(cybo("review", "list", "--json").stdout) == []


def test_what_waits_and_what_was_decided_are_listed(reviews: SqlReviews) -> None:
    listed = json.loads(cybo("review", "list", "--json").stdout)

    assert [(entry["id"], entry["verdict"]) for entry in listed] == [
        (4, None),
        (1, "fees"),
        (2, "fees"),
    ]
    assert listed[1]["text"] == "hoeveel centen, bel [number]"
    assert listed[1]["at"] == "2026-11-24T10:00:00Z"
    assert "1 to decide on, 2 to export" in cybo("review", "list").stdout


def test_git_takes_the_patch_and_what_is_examined_stays_out(
    project: Path, reviews: SqlReviews
) -> None:
    result = cybo("review", "export", "--out", "review.patch")

    assert "left out: number 2 (fees)" in result.stderr
    assert EXAMINED.capitalize() not in result.output
    git("apply", "--check", "review.patch")
    git("apply", "review.patch")
    changed = git("diff", "--stat")
    assert "data/nlu/filing.nl.yml" in changed
    assert "tests/review/decided.tsv" in changed
    assert "2 files changed, 2 insertions(+)" in changed
    added = [line for line in git("diff").splitlines() if line.startswith("+") and line[1] != "+"]
    assert added == [
        "+    - hoeveel centen, bel [number]",
        "+fees\tnl\thoeveel centen, bel [number]",
    ]
    assert [entry.id for entry in reviews.to_export()] == [2], "what was left out waits"


def test_the_files_can_be_changed_at_once(project: Path, reviews: SqlReviews) -> None:
    report = json.loads(cybo("review", "export", "--apply", "--json").stdout)

    assert [entry["id"] for entry in report["added"]] == [1]
    assert [(entry["id"], entry["why"]) for entry in report["left_out"]] == [(2, "examined")]
    assert report["files"] == ["data/nlu/filing.nl.yml", "tests/review/decided.tsv"]
    assert "2 files changed, 2 insertions(+)" in git("diff", "--stat")
    assert json.loads(cybo("review", "export", "--apply", "--json").stdout)["added"] == []


def test_a_look_at_the_patch_changes_nothing(project: Path, reviews: SqlReviews) -> None:
    first, second = cybo("review", "export").stdout, cybo("review", "export").stdout

    assert first == second
    assert first.startswith("diff --git a/data/nlu/filing.nl.yml b/data/nlu/filing.nl.yml\n")
    assert git("status", "--short") == ""
    subprocess.run(["git", "apply", "--check", "-"], input=first.encode(), check=True)


def test_outside_the_project_the_command_says_where_to_run_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reviews: SqlReviews
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(DataMissing, match="project's folder"):
        cybo("review", "export")
