"""`cybo desk`: the users of the desk's pages."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.accounts import AccountProblem
from bot.errors import HelpdeskError
from bot.shell.desk import desk_app
from bot.storage import SqlAudit, open_database

PASSWORD = "vier paarden in een wei\n"


@pytest.fixture
def cybo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A command line with a database of its own."""
    monkeypatch.setenv("CYBO_DATA_DIR", str(tmp_path))
    return CliRunner()


def users(cybo: CliRunner) -> list[dict[str, object]]:
    listed = json.loads(cybo.invoke(desk_app, ["list-users", "--json"]).stdout)
    return [{name: user[name] for name in ("name", "role", "disabled")} for user in listed]


def add(cybo: CliRunner, name: str, role: str, password: str = PASSWORD) -> object:
    return cybo.invoke(desk_app, ["add-user", name, "--role", role], input=password)


def test_users_are_added_with_a_password_from_stdin_and_disabled(
    cybo: CliRunner, tmp_path: Path
) -> None:
    for name, role in (("Ada", "admin"), ("an", "agent")):
        assert add(cybo, name, role).exit_code == 0

    disabled = cybo.invoke(desk_app, ["disable", "an"])
    renewed = cybo.invoke(desk_app, ["set-password", "ada"], input="zes paarden in de stal\n")

    assert (disabled.exit_code, renewed.exit_code) == (0, 0)
    assert users(cybo) == [
        {"name": "ada", "role": "admin", "disabled": False},
        {"name": "an", "role": "agent", "disabled": True},
    ]
    entries, _ = SqlAudit(open_database(f"sqlite:///{tmp_path / 'cybo.db'}")).page(1, 10)
    assert [(e.user, e.action, e.subject, e.detail) for e in reversed(entries)] == [
        ("cybo desk", "user_added", "ada", "admin"),
        ("cybo desk", "user_added", "an", "agent"),
        ("cybo desk", "user_disabled", "an", ""),
        ("cybo desk", "user_password_set", "ada", ""),
    ]


@pytest.mark.parametrize(
    ("name", "role", "password", "code"),
    [
        ("a", "admin", PASSWORD, "name"),
        ("ada", "king", PASSWORD, "role"),
        ("ada", "admin", "kort\n", "password_short"),
        ("ada-ada-ada", "admin", "ada-ada-ada-2026\n", "password_simple"),
    ],
)
def test_what_cannot_be_added_is_explained(
    cybo: CliRunner, name: str, role: str, password: str, code: str
) -> None:
    result = add(cybo, name, role, password)

    assert isinstance(result.exception, AccountProblem)
    assert result.exception.code == code
    assert users(cybo) == []


def test_without_a_password_nobody_is_added(cybo: CliRunner) -> None:
    result = add(cybo, "ada", "admin", "")

    assert isinstance(result.exception, HelpdeskError)
    assert users(cybo) == []


def test_the_last_admin_cannot_be_disabled(cybo: CliRunner) -> None:
    add(cybo, "ada", "admin")

    result = cybo.invoke(desk_app, ["disable", "ada"])

    assert isinstance(result.exception, AccountProblem)
    assert users(cybo)[0]["disabled"] is False


@pytest.mark.parametrize("command", ["disable", "set-password"])
def test_a_user_who_is_not_there_is_named_as_such(cybo: CliRunner, command: str) -> None:
    result = cybo.invoke(desk_app, [command, "niemand"], input=PASSWORD)

    assert isinstance(result.exception, AccountProblem)
    assert result.exception.code == "no_account"
