"""`cybo tickets`: looking at the requests."""

import os
from pathlib import Path
from typing import Any

import typer

from bot.errors import HelpdeskError
from bot.settings import read_settings
from bot.shell.console import ERR, JSON, OUT, print_json, table_of

_ATTACHMENTS = typer.Option(
    None, "--attachments", metavar="FOLDER", help="Write the ticket's mails there as .eml files."
)

tickets_app = typer.Typer(help="Look at the tickets.", no_args_is_help=True)


@tickets_app.command("list")
def list_tickets(as_json: bool = JSON) -> None:
    """List the tickets, newest first."""
    tickets = _ticket_store().list()
    if as_json:
        print_json([ticket.as_dict() for ticket in tickets])
        return
    if not tickets:
        OUT.print("No tickets yet.")
        return
    rows = [
        (
            ticket.reference,
            ticket.status,
            ticket.as_dict()["created_at"],
            ticket.draft.channel,
            ticket.draft.language,
            str(len(ticket.draft.filings)),
        )
        for ticket in tickets
    ]
    OUT.print(table_of(("Reference", "Status", "Created", "Channel", "Language", "Filings"), rows))


@tickets_app.command("show")
def show_ticket(
    reference: str, as_json: bool = JSON, attachments: Path | None = _ATTACHMENTS
) -> None:
    """Show one ticket; with --attachments, write its mails to a folder too."""
    ticket = _ticket_store().find(reference.strip().upper())
    if ticket is None:
        raise HelpdeskError(
            f"{reference}: no such ticket; `cybo tickets list` shows the references"
        )
    if attachments:
        _write_mails(ticket.reference, attachments)
    if as_json:
        print_json(ticket.as_dict())
        return
    for name, value in ticket.as_dict().items():
        if name != "filings":
            OUT.print(f"{name}: {value}", markup=False, highlight=False)
            continue
        for number, filing in enumerate(value, start=1):
            details = ", ".join(f"{key} {text}" for key, text in filing.items())
            OUT.print(f"filing {number}: {details}", markup=False, highlight=False)


def _write_mails(reference: str, folder: Path) -> None:
    from bot.storage import SqlKeptMails

    try:
        folder.mkdir(parents=True, exist_ok=True)
        sizes = [
            (folder / file.name).write_bytes(file.content)
            for file in SqlKeptMails(_engine()).of_ticket(reference)
        ]
    except OSError as error:
        raise HelpdeskError(
            f"--attachments {folder}: {error.strerror}; name a folder that can be written to"
        ) from error
    ERR.print(f"{len(sizes)} mails written to {folder}", markup=False, highlight=False)


def _ticket_store() -> Any:
    from bot.storage import SqlTicketStore

    return SqlTicketStore(_engine())


def _engine() -> Any:
    from sqlalchemy.exc import SQLAlchemyError

    from bot.storage import open_database

    settings = read_settings(os.environ)
    try:
        return open_database(settings.tickets_url)
    except (OSError, SQLAlchemyError) as error:
        raise HelpdeskError(
            "CYBO_DATABASE_URL, CYBO_DATA_DIR: no database can be opened there "
            f"({type(error).__name__}); correct the variable or make the folder writable"
        ) from error
