"""Cybo installed from its wheel, away from the source tree."""

import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "models"


def run(command: Sequence[object], *, folder: Path, **variables: str) -> str:
    """Run a command that knows nothing of the source tree."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CYBO_") and name not in {"PYTHONPATH", "VIRTUAL_ENV"}
    }
    result = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment of its own; its packages come from the shared one."""
    if importlib.util.find_spec("hatchling") is None:
        message = "hatchling, which builds the wheel, is not installed: `make setup`"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=300,
    )
    [wheel] = folder.glob("cybo-*.whl")
    environment = folder / "environment"
    run([sys.executable, "-m", "venv", environment], folder=folder)
    programs = environment / "bin"
    run([programs / "pip", "install", "--quiet", "--no-deps", "--no-index", wheel], folder=folder)
    [packages] = environment.glob("lib/python3*/site-packages")
    # After the environment's own packages: Cybo itself comes from the wheel.
    shared = sysconfig.get_paths()["purelib"]
    (packages / "shared.pth").write_text(f"{shared}\n", encoding="utf-8")
    return programs


@pytest.fixture(scope="module")
def project(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    run([programs / "cybo", "init"], folder=folder)
    return folder


def test_another_user_may_read_a_project_as_a_service_has_to(project: Path) -> None:
    unreadable = [
        str(path)
        for path in project.rglob("*")
        # What visitors wrote is for Cybo's own eyes.
        if path.is_file() and path.parent.name != "var" and not path.stat().st_mode & 0o004
    ]

    assert unreadable == []


def test_the_program_comes_from_the_wheel(programs: Path, project: Path) -> None:
    for module in ("bot", "actions"):
        place = run(
            [programs / "python", "-c", f"import {module}; print({module}.__file__)"],
            folder=project,
        )

        assert Path(place.strip()).is_relative_to(programs.parent)


def test_a_new_project_passes_the_check_where_there_is_no_source_tree(
    programs: Path, project: Path
) -> None:
    checked = json.loads(run([programs / "cybo", "check", "--json"], folder=project))

    assert checked["problems"] == []


def test_the_wheel_brings_everything_that_lies_beside_the_code(programs: Path) -> None:
    [packages] = programs.parent.glob("lib/python3*/site-packages")
    here = [
        path.relative_to(ROOT)
        for name in ("actions", "bot")
        for path in (ROOT / name).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    ]

    assert [str(path) for path in here if not (packages / path).exists()] == []


def test_the_database_is_made_in_the_project(programs: Path, project: Path) -> None:
    listed = run([programs / "cybo", "tickets", "list", "--json"], folder=project)

    assert json.loads(listed) == []
    assert (project / "var" / "cybo.db").exists()


@pytest.mark.trained
def test_a_trained_model_answers_in_the_project(programs: Path, project: Path) -> None:
    command = [programs / "cybo", "ask", "Ik krijg een grijs scherm", "--json"]

    answered = json.loads(run(command, folder=project, CYBO_MODEL=str(MODELS)))

    assert answered["language"] == "nl"
    assert answered["replies"][0]["custom"]["topics"] == ["grey_screen"]
