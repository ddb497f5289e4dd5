"""`cybo outbox`: tickets and answers on their way."""

import asyncio
import os
from collections.abc import Iterator
from datetime import datetime, timezone

import typer
from sqlalchemy.engine import Engine

from bot.errors import HelpdeskError
from bot.settings import Settings, read_settings
from bot.shell.console import JSON, OUT, print_json, table_of, working

outbox_app = typer.Typer(help="Look at tickets and answers on their way.", no_args_is_help=True)


@outbox_app.command("list")
def list_items(as_json: bool = JSON) -> None:
    """List what has not arrived: waiting, parked after too many tries, or in doubt."""
    from bot.storage import SqlOutbox

    rows = SqlOutbox(_engine(read_settings(os.environ))).open_items()
    if as_json:
        print_json(rows)
    elif not rows:
        OUT.print("Everything has arrived.")
    else:
        columns = ("id", "target", "key", "status", "tries", "next_try_at", "error")
        OUT.print(table_of(columns, [[str(row[name]) for name in columns] for row in rows]))


@outbox_app.command("retry")
def retry(item: int = typer.Argument(..., help="Number of the item, as listed.")) -> None:
    """Try a parked item again, from the beginning."""
    from bot.storage import SqlOutbox

    if not SqlOutbox(_engine(read_settings(os.environ))).retry(item, datetime.now(timezone.utc)):
        raise HelpdeskError(f"{item}: no parked item has this number; see `cybo outbox list`")
    OUT.print(f"Item {item} will be tried again within a minute while Cybo serves.")


@outbox_app.command("check")
def check(as_json: bool = JSON) -> None:
    """Ask the desk's servers whether they would take a ticket; none is sent."""
    settings = read_settings(os.environ)
    with working("Asking the servers"):
        checks = list(_checks(settings))
    if as_json:
        print_json([{"target": name, "result": result, "detail": d} for name, result, d in checks])
    elif not checks:
        OUT.print(
            "No target is set: tickets stay here until CYBO_DESK_EMAIL, CYBO_RT_URL or "
            "CYBO_WEBHOOK_URL says where they go."
        )
    else:
        OUT.print(table_of(("Target", "Result", "Detail"), checks))
    if any(result == "failed" for _, result, _ in checks):
        raise typer.Exit(1)


def _checks(settings: Settings) -> Iterator[tuple[str, str, str]]:
    from bot.delivery.build import request_tracker
    from bot.delivery.ticket import DESK_MAIL, REQUEST_TRACKER, WEBHOOK
    from bot.mailbox.accounts import smtp_account
    from bot.mailbox.targets import SmtpTarget

    if settings.desk_email:
        try:
            asyncio.run(SmtpTarget(smtp_account(settings)).check())
            yield (DESK_MAIL, "ok", f"the server takes mail for {settings.desk_email}")
        except HelpdeskError as error:
            yield (DESK_MAIL, "failed", str(error))
    if tracker := request_tracker(settings):
        try:
            yield (REQUEST_TRACKER, "ok", f"queue {asyncio.run(tracker.check())}")
        except HelpdeskError as error:
            yield (REQUEST_TRACKER, "failed", f"{error}; check CYBO_RT_*")
    if settings.webhook_url:
        yield (WEBHOOK, "not asked", "a webhook has nothing to ask but to take a ticket")


def _engine(settings: Settings) -> Engine:
    from bot.storage import open_database

    return open_database(settings.tickets_url)
