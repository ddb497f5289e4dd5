"""`cybo purge`, `erase`, `backup` and `restore`."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typer
from sqlalchemy.engine import Engine

from bot.errors import HelpdeskError
from bot.keeping.receipt import BEGUN, Receipt, Traces, new_number
from bot.keeping.retention import Retention, count_due
from bot.keeping.retention import purge as purge_due
from bot.keeping.subject import Subject
from bot.settings import Settings, read_settings
from bot.shell.console import ERR, JSON, OUT, print_json, table_of, working
from bot.shell.retention import read_retention

_DRY_RUN = typer.Option(False, "--dry-run", help="Count only; change nothing.")
_SUBJECT = typer.Option(..., "--subject", help="E-mail address of the person.")
_YES = typer.Option(False, "--yes", help="Do not ask.")
_FORCE = typer.Option(False, "--force", help="Overwrite what is there.")
_ARCHIVE = typer.Argument(..., help="The archive.")
# Longer than a message takes to be answered and written down (`bot/channels/journal.py`).
_TURN_S = 2


def add_commands(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (purge, erase, backup, restore, restored):
        app.command()(command)


def purger(settings: Settings, retention: Retention) -> Callable[..., dict[str, int]]:
    """Give what purges the databases of the settings; called with what to do between batches."""
    from bot.storage.purge import SqlStock

    stock = SqlStock(*_databases(settings))
    return lambda pause: purge_due(stock, retention, _now(), pause)


def purge(dry_run: bool = _DRY_RUN, as_json: bool = JSON) -> None:
    """Remove what was kept long enough, as `retention.yml` says."""
    from bot.storage.purge import SqlStock

    settings = read_settings(os.environ)
    retention = read_retention(settings)
    if dry_run:
        counts = count_due(SqlStock(*_databases(settings)), retention, _now())
    else:
        with working("Purging"):
            counts = purger(settings, retention)(lambda: None)
    if as_json:
        print_json({"dry_run": dry_run, "purged": counts})
        return
    heading = "Would go" if dry_run else "Gone"
    OUT.print(table_of(("Kind", heading), [(kind, str(n)) for kind, n in counts.items()]))


def erase(
    subject: str = _SUBJECT, dry_run: bool = _DRY_RUN, yes: bool = _YES, as_json: bool = JSON
) -> None:
    """Erase everything of one person; gives a receipt, and what is left to erase elsewhere."""
    from bot.storage.erase import find_traces

    person = Subject.from_text(subject)
    settings = read_settings(os.environ)
    databases = _databases(settings)
    with working("Searching"):
        traces = find_traces(*databases, person)
    if traces.is_empty:
        ERR.print("Nothing of this person is kept here.")
    if dry_run or traces.is_empty:
        receipt = _receipt("", settings, person, traces)
        _show(receipt, {**receipt.as_dict(), "dry_run": dry_run}, "Would go", as_json=as_json)
        return
    if not yes:
        if not as_json:
            _show(_receipt("", settings, person, traces), {}, "Will go", as_json=False)
        typer.confirm("Erase all of this? It cannot be undone.", abort=True, err=True)
    with working("Erasing"):
        receipt = _erase(settings, databases, person)
    _show(receipt, {**receipt.as_dict(), "dry_run": False}, "Gone", as_json=as_json)


def _erase(settings: Settings, databases: tuple[Engine, Engine], person: Subject) -> Receipt:
    from bot.channels.sessions import signing_key
    from bot.storage import erase as storage

    secret, number = signing_key(settings), new_number(_now())
    traces = storage.find_traces(*databases, person)
    # Before anything goes: should the process be killed, people know that it was begun.
    _keep(settings, replace(_receipt(number, settings, person, traces), state=BEGUN))
    storage.erase(*databases, traces, storage.Order(number, _now(), secret))
    # A message that was being answered just now may be written down afterwards.
    time.sleep(_TURN_S)
    late = storage.find_traces(*databases, person, known=traces.senders)
    if not late.is_empty:
        storage.erase(*databases, late, storage.Order(number, _now(), secret))
    receipt = _receipt(number, settings, person, traces + late)
    _keep(settings, receipt)
    if begun := _unfinished(settings):
        ERR.print(
            f"Begun and cut off: {', '.join(begun)}. Erase these people again; a receipt that "
            'says "begun" proves nothing.',
            style="yellow",
            markup=False,
        )
    if not storage.compact(*databases):
        ERR.print(
            "Somebody was reading all the time: deleted bytes may be left in the files until "
            "Cybo is restarted.",
            style="yellow",
        )
    return receipt


def _keep(settings: Settings, receipt: Receipt) -> None:
    from bot.storage.backup import RECEIPTS
    from bot.storage.swap import write_whole

    folder = settings.data_dir / RECEIPTS
    folder.mkdir(parents=True, exist_ok=True)
    content = json.dumps(receipt.as_dict(), ensure_ascii=False, indent=2)
    write_whole(folder / f"{receipt.number}.json", f"{content}\n".encode())


def _unfinished(settings: Settings) -> list[str]:
    """Name the erasures that were cut off."""
    from bot.storage.backup import RECEIPTS

    paths = sorted((settings.data_dir / RECEIPTS).glob("*.json"))
    receipts = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return [str(r["receipt"]) for r in receipts if r.get("state") == BEGUN]


def _receipt(number: str, settings: Settings, person: Subject, traces: Traces) -> Receipt:
    from bot.channels.sessions import signing_key

    pseudonym = person.pseudonym(signing_key(settings))
    return Receipt(number, _now(), pseudonym, traces.counts(), traces.elsewhere)


def _show(receipt: Receipt, content: dict[str, Any], heading: str, *, as_json: bool) -> None:
    if as_json:
        print_json(content)
        return
    rows = [(kind, str(number)) for kind, number in receipt.erased.items()]
    OUT.print(table_of(("Kind", heading), rows))
    if receipt.elsewhere:
        OUT.print("To be erased by people:")
        rows = [(item.where, item.reference) for item in receipt.elsewhere]
        OUT.print(table_of(("Where", "Reference"), rows))
    if receipt.number:
        OUT.print(f"Receipt {receipt.number}")


def backup(archive: Path = _ARCHIVE, as_json: bool = JSON) -> None:
    """Write everything that this installation keeps into one archive; Cybo may go on serving."""
    from bot.storage.backup import Installation, back_up

    settings = _with_sqlite(read_settings(os.environ))
    installation = Installation(settings.data_dir, settings.retention)
    with working("Backing up"):
        manifest = back_up(installation, archive, _now(), version("cybo"))
    _show_manifest(manifest, as_json)


def restore(archive: Path = _ARCHIVE, force: bool = _FORCE, as_json: bool = JSON) -> None:
    """Put an archive of `cybo backup` back; Cybo must not be running."""
    from bot.storage.backup import Installation
    from bot.storage.restore import erased_since
    from bot.storage.restore import restore as put_back

    settings = _with_sqlite(read_settings(os.environ))
    with working("Restoring"):
        manifest = put_back(
            Installation(settings.data_dir, settings.retention), archive, _now(), force=force
        )
    _show_manifest(manifest, as_json)
    if receipts := erased_since(manifest, settings.data_dir):
        ERR.print(
            f"Erased since this backup was made, and back now: {', '.join(receipts)}. "
            "Erase these people again.",
            style="yellow",
            markup=False,
        )


def restored() -> None:
    """Say that the database was put back by its own tools (`pg_restore`), before Cybo starts."""
    from bot.storage.engine import writing
    from bot.storage.history import Mark, begin_again

    settings = read_settings(os.environ)
    engine, _ = _databases(settings)
    with writing(engine) as connection:
        begin_again(connection, _now(), Mark.read(settings.data_dir))
    OUT.print(
        "Noted: numbers jump, mails that lie in the mailbox are for people, and so is what may "
        "have left since (`cybo outbox list`)."
    )


def _show_manifest(manifest: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(manifest)
        return
    rows = [
        (database, table, str(number))
        for database, tables in manifest["rows"].items()
        for table, number in tables.items()
    ]
    OUT.print(table_of(("Database", "Table", "Rows"), rows))
    OUT.print(f"Made at {manifest['made_at']} by Cybo {manifest['cybo']}", markup=False)


def _with_sqlite(settings: Settings) -> Settings:
    if settings.database_url:
        raise HelpdeskError(
            "CYBO_DATABASE_URL is set: PostgreSQL has tools of its own. Back up with `pg_dump "
            "--format=custom`, restore with `pg_restore`; keep session.key (or CYBO_SESSION_KEY), "
            "the receipts and retention.yml beside it. docs/keeping.md has the commands"
        )
    return settings


def _databases(settings: Settings) -> tuple[Engine, Engine]:
    from bot.storage import open_database
    from bot.storage.engine import connect

    return open_database(settings.tickets_url), connect(settings.trackers_url)


def _now() -> datetime:
    return datetime.now(timezone.utc)
