"""`cybo init`, and the projects that it writes."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.environment import read_env_file
from bot.settings import read_settings, settings_table
from bot.shell.app import app
from bot.shell.project import read_examples, read_facts
from bot.shell.starter import ProjectExists, env_example, write_project

EXPECTED = {
    ".env.example",
    ".gitignore",
    "README.md",
    "config.yml",
    "credentials.yml",
    "data",
    "domain.yml",
    "endpoints.yml",
    "retention.yml",
}


def test_a_new_project_has_all_that_cybo_needs(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "project"

    written = write_project(folder)

    assert {path.name for path in folder.iterdir()} == set(written) == EXPECTED
    assert read_facts(folder / "data")["topics"]
    assert read_examples(folder / "data")


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_nothing_is_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")

    with pytest.raises(ProjectExists, match=name):
        write_project(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"


def test_the_example_of_a_settings_file_names_every_setting_with_its_default(
    tmp_path: Path,
) -> None:
    path = tmp_path / ".env"
    lines = [
        line.removeprefix("#") if line.startswith("#CYBO_") else line
        for line in env_example().splitlines()
    ]
    path.write_text("\n".join(lines), encoding="utf-8")

    content = read_env_file(path)

    assert list(content) == [name for name, _, _ in settings_table()]
    assert content["CYBO_CONTACT_PHONE"] == "02 221 30 01"
    assert "\n#CYBO_PORT=8080\n" in env_example()


def test_a_project_is_found_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    write_project(project)
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("CYBO_PROJECT", str(project))

    result = CliRunner().invoke(app, ["check"])

    assert result.exit_code == 0, result.output
    assert list(elsewhere.iterdir()) == []


def test_relative_folders_start_from_the_project_and_absolute_ones_stay(tmp_path: Path) -> None:
    settings = read_settings({"CYBO_PROJECT": "/srv/cybo", "CYBO_MODEL": str(tmp_path)})

    assert settings.data_dir == Path("/srv/cybo/var")
    assert settings.retention == Path("/srv/cybo/retention.yml")
    assert settings.model == tmp_path


@pytest.mark.parametrize("command", ["check", "train", "serve"])
def test_outside_a_project_a_command_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)

    error = CliRunner().invoke(app, [command]).exception

    assert "cybo init" in str(error)
    assert "CYBO_PROJECT" in str(error)


def test_the_current_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(app, ["init"])

    assert result.exit_code == 0, result.output
    assert set(os.listdir(tmp_path)) == EXPECTED
