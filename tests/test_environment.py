"""Environment variables before they become settings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.environment import (
    EnvFileError,
    load_env_file,
    read_env_file,
    settings_in,
    warnings_for,
)
from bot.settings import read_settings, settings_origin, settings_table

KNOWN = [name for name, _, _ in settings_table()]
SECRET = "s3cret-s3cret-s3cret-s3cret-s3cret"
# What Kubernetes sets in every pod beside a service `cybo` and others named after it.
OF_KUBERNETES = {
    "CYBO_PORT": "tcp://10.0.0.1:8080",
    "CYBO_PORT_8080_TCP": "tcp://10.0.0.1:8080",
    "CYBO_PORT_8080_TCP_ADDR": "10.0.0.1",
    "CYBO_PORT_8080_TCP_PORT": "8080",
    "CYBO_PORT_8080_TCP_PROTO": "tcp",
    "CYBO_SERVICE_HOST": "10.0.0.1",
    "CYBO_SERVICE_PORT": "8080",
    "CYBO_SERVICE_PORT_HTTP": "8080",
    "CYBO_SMTP_PORT": "tcp://10.0.0.2:587",
    "CYBO_SMTP_SERVICE_HOST": "10.0.0.2",
    "CYBO_POSTGRES_PORT_5432_TCP_ADDR": "10.0.0.3",
}


def env_file(folder: Path, content: str) -> Path:
    path = folder / ".env"
    path.write_text(content, encoding="utf-8")
    return path


# Names


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CYBO_HOTS", "CYBO_HOST"),
        ("CYBO_IMAP_PASWORD", "CYBO_IMAP_PASSWORD"),
        ("CYBO_WEBHOOK_SECRETS", "CYBO_WEBHOOK_SECRET"),
    ],
)
def test_a_misspelt_name_is_warned_of_with_the_nearest_known_one(name: str, meant: str) -> None:
    [warning] = warnings_for({name: "x"}, KNOWN)

    assert warning == f"{name}: is no setting, and has no effect; did you mean {meant}?"


def test_a_name_like_no_other_is_warned_of_with_where_to_look() -> None:
    [warning] = warnings_for({"CYBO_ZZZ": "x"}, KNOWN)

    assert "cybo settings" in warning


def test_known_empty_and_foreign_names_are_no_cause_for_warnings() -> None:
    environ = {"CYBO_PORT": "1", "CYBO_HOTS": "", "PATH": "/bin", "CYBO_BENCH_DATA": "/tmp"}

    assert warnings_for(environ, KNOWN) == []


@pytest.mark.parametrize(("name", "value"), OF_KUBERNETES.items())
def test_what_kubernetes_sets_for_its_services_is_left_alone(name: str, value: str) -> None:
    assert read_settings({name: value}) == read_settings({})
    assert warnings_for({name: value}, KNOWN) == []


@pytest.mark.parametrize("name", KNOWN)
def test_no_setting_is_taken_for_one_of_kubernetes(name: str) -> None:
    assert name in settings_in({name: "1"})


# Files


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("CYBO_HOST=127.0.0.1", "127.0.0.1"),
        ("  export CYBO_HOST = localhost  ", "localhost"),
        ("CYBO_HOST=a b", "a b"),
        ("CYBO_HOST=a#b", "a#b"),
        ("CYBO_HOST=a # a comment", "a"),
        ("CYBO_HOST= # nothing", ""),
        ("CYBO_HOST=", ""),
        ("CYBO_HOST=a=b", "a=b"),
        ("CYBO_HOST='a # \\n b' # a comment", "a # \\n b"),
        (r'CYBO_HOST="say \"a\"\n\\ \$"', 'say "a"\n\\ $'),
        ("CYBO_HOST=$HOME", "$HOME"),
        ("CYBO_HOST=é", "é"),
    ],
)
def test_a_line_is_read_with_its_quotes_and_comments(tmp_path: Path, line: str, value: str) -> None:
    path = env_file(tmp_path, f"# Cybo\n\n{line}\n")

    assert read_env_file(path) == {"CYBO_HOST": value}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("CYBO_API_TOKEN", "is not NAME=VALUE"),
        (f"CYBO-API-TOKEN={SECRET}", "is not NAME=VALUE"),
        (f"CYBO_API_TOKEN='{SECRET}", "quote is not closed"),
        (f'CYBO_API_TOKEN="{SECRET}\\', "means nothing"),
        (f'CYBO_API_TOKEN="{SECRET}\\q"', "means nothing"),
        (f"CYBO_API_TOKEN='{SECRET}' more", "after the closing quote"),
        (f"CYBO_HOST={SECRET}", "second time"),
    ],
)
def test_a_wrong_line_is_named_by_its_number_without_its_value(
    tmp_path: Path, line: str, reason: str
) -> None:
    path = env_file(tmp_path, f"CYBO_HOST=localhost\n{line}\n")

    with pytest.raises(EnvFileError, match=rf"line 2: .*{reason}") as error:
        read_env_file(path)

    assert SECRET not in str(error.value)


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file(tmp_path, "CYBO_PORT=1\nCYBO_HOST=localhost\nCYBO_LOG_LEVEL=ERROR\nOTHER=1\n")
    monkeypatch.chdir(tmp_path)
    environ = {"CYBO_PORT": "2", "CYBO_LOG_LEVEL": ""}

    taken = load_env_file(environ)

    assert environ == {"CYBO_PORT": "2", "CYBO_HOST": "localhost", "CYBO_LOG_LEVEL": "ERROR"}
    assert taken == {"CYBO_HOST": ".env", "CYBO_LOG_LEVEL": ".env"}


def test_without_a_file_nothing_is_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert load_env_file({}) == {}


@pytest.mark.parametrize("variable", ["CYBO_ENV_FILE", "CYBO_PROJECT"])
def test_the_file_is_looked_for_where_a_variable_says(tmp_path: Path, variable: str) -> None:
    path = env_file(tmp_path, "CYBO_PORT=1\n")
    environ = {variable: str(path if variable == "CYBO_ENV_FILE" else tmp_path)}

    assert load_env_file(environ) == {"CYBO_PORT": str(path)}


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(EnvFileError, match=r"none\.env.*CYBO_ENV_FILE"):
        load_env_file({"CYBO_ENV_FILE": str(tmp_path / "none.env")})


# Together


def test_every_setting_says_where_it_came_from_and_secrets_are_masked() -> None:
    environ = {"CYBO_PORT": "9000", "CYBO_API_TOKEN": SECRET, "CYBO_MAIL_ALIASES": "a@b.be,c@d.be"}

    rows = settings_origin(read_settings(environ), environ, {"CYBO_PORT": ".env"})

    by_name = {name: (value, origin) for name, value, origin in rows}
    assert by_name["CYBO_PORT"] == ("9000", ".env")
    assert by_name["CYBO_MAIL_ALIASES"] == ("a@b.be, c@d.be", "environment")
    assert by_name["CYBO_HOST"] == ("127.0.0.1", "default")
    assert by_name["CYBO_WEBHOOK_SECRET"] == ("", "default")
    assert SECRET not in str(rows)
    assert by_name["CYBO_API_TOKEN"][0].strip("*") == ""


def test_the_command_reads_the_file_and_warns_once_of_what_it_does_not_know(
    tmp_path: Path,
) -> None:
    env_file(tmp_path, f"CYBO_PORT=9000\nCYBO_SESSION_KEY='{SECRET}'\nCYBO_HOTS=localhost\n")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CYBO_")}

    result = subprocess.run(
        [sys.executable, "-c", "from bot.shell.app import main; main()", "settings", "--json"],
        cwd=tmp_path,
        env={**environ, "PYTHONPATH": str(Path(__file__).parents[1]), "CYBO_LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    rows = {row["variable"]: row for row in json.loads(result.stdout)}
    assert (rows["CYBO_PORT"]["value"], rows["CYBO_PORT"]["origin"]) == ("9000", ".env")
    assert rows["CYBO_LOG_LEVEL"]["origin"] == "environment"
    assert rows["CYBO_HOST"]["origin"] == "default"
    assert result.stderr.count("did you mean CYBO_HOST?") == 1
    assert SECRET not in result.stdout + result.stderr
