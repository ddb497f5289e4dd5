"""`cybo desk`: who may use the desk's pages."""

import os
import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import typer

from bot.audit import Entry
from bot.errors import HelpdeskError
from bot.settings import read_settings
from bot.shell.console import JSON, OUT, print_json, table_of

if TYPE_CHECKING:
    from bot.accounts import Accounts
    from bot.storage import SqlAudit

desk_app = typer.Typer(help="Look after the users of the desk's pages.", no_args_is_help=True)
_COMMAND_LINE = "cybo desk"
"""Stands in the audit log for whoever has a shell on the server."""

_NAME = typer.Argument(..., help="User name.")
_ROLE = typer.Option(..., help="agent, editor or admin.")


@desk_app.command("add-user")
def add_user(name: str = _NAME, role: str = _ROLE) -> None:
    """Add a user; the password is asked for, or read from stdin when that is no terminal."""
    accounts, audit = _open()
    password = _read_password()
    stored = accounts.add(name, role, password, password)
    _note(audit, "user_added", stored, role)
    OUT.print(f"{stored} may sign in at /desk/ as {role}.", markup=False)


@desk_app.command("list-users")
def list_users(as_json: bool = JSON) -> None:
    """List the users."""
    accounts, _ = _open()
    rows = [
        {
            "name": account.name,
            "role": account.role.word,
            "created_at": f"{account.created_at:%Y-%m-%dT%H:%M:%SZ}",
            "disabled": account.disabled_at is not None,
        }
        for account in accounts.accounts()
    ]
    if as_json:
        print_json(rows)
    elif not rows:
        OUT.print("No users yet; add one with `cybo desk add-user NAME --role admin`.")
    else:
        names = ("name", "role", "created_at", "disabled")
        OUT.print(table_of(names, [[str(row[name]) for name in names] for row in rows]))


@desk_app.command("disable")
def disable(name: str = _NAME) -> None:
    """Let somebody sign in no more; their sessions end at once."""
    accounts, audit = _open()
    accounts.disable(name)
    _note(audit, "user_disabled", name)
    OUT.print(f"{name} may not sign in any more.", markup=False)


@desk_app.command("set-password")
def set_password(name: str = _NAME) -> None:
    """Give somebody another password; their sessions end at once."""
    accounts, audit = _open()
    password = _read_password()
    accounts.set_password(name, password, password)
    _note(audit, "user_password_set", name)
    OUT.print(f"{name} has a new password.", markup=False)


def _read_password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise HelpdeskError("stdin: no password there; send one line")
    return password


def _note(audit: "SqlAudit", action: str, name: str, detail: str = "") -> None:
    audit.note(Entry(_now(), _COMMAND_LINE, action, name.strip().lower(), detail))


def _open() -> "tuple[Accounts, SqlAudit]":
    from bot.accounts import Accounts
    from bot.accounts.passwords import Passwords
    from bot.storage import SqlAccountStore, SqlAudit, open_database

    engine = open_database(read_settings(os.environ).tickets_url)
    return Accounts(SqlAccountStore(engine), Passwords(), _now), SqlAudit(engine)


def _now() -> datetime:
    return datetime.now(timezone.utc)
