"""`cybo mail`: the helpdesk's mailbox."""

import asyncio
import os
from collections.abc import Callable, Iterator

import typer

from bot.errors import HelpdeskError
from bot.settings import Settings, read_settings
from bot.shell.console import JSON, OUT, print_json, table_of, working
from bot.shell.project import DATA, read_facts, topic_names

mail_app = typer.Typer(help="Look at the helpdesk's mailbox.", no_args_is_help=True)

Check = tuple[str, str, str]


@mail_app.command("check")
def check(as_json: bool = JSON) -> None:
    """Log in to the mailbox and the submission server; nothing is read, moved or sent."""
    settings = _mail_settings()
    from bot.mailbox.build import check_modes

    check_modes(settings, topic_names(read_facts(settings.project / DATA)))
    with working("Asking the servers"):
        checks = list(_checks(settings))
    if as_json:
        print_json([{"check": name, "result": result, "detail": d} for name, result, d in checks])
    else:
        OUT.print(table_of(("Check", "Result", "Detail"), checks))
    if any(result == "failed" for _, result, _ in checks):
        raise typer.Exit(1)


@mail_app.command("status")
def status(as_json: bool = JSON) -> None:
    """Count the mails by what became of them, and what still waits to leave."""
    settings = _mail_settings()
    from bot.mailbox.accounts import imap_account
    from bot.storage import SqlMailStore, SqlOutbox, open_database

    engine = open_database(settings.tickets_url)
    counts = SqlMailStore(engine, imap_account(settings).name).counts()
    waiting = SqlOutbox(engine).counts()
    if as_json:
        mails = [{"outcome": o, "reason": r, "mails": n} for (o, r), n in sorted(counts.items())]
        print_json({"received": sum(counts.values()), "mails": mails, "outbox": dict(waiting)})
        return
    rows = [(o or "under way", r, str(n)) for (o, r), n in sorted(counts.items())]
    rows.append(("received", "", str(sum(counts.values()))))
    OUT.print(table_of(("Outcome", "Reason", "Mails"), rows))
    OUT.print(table_of(("Outbox", "Items"), [(s, str(n)) for s, n in sorted(waiting.items())]))


def _mail_settings() -> Settings:
    settings = read_settings(os.environ)
    if not settings.mail_address:
        raise HelpdeskError(
            "CYBO_MAIL_ADDRESS: not set, so Cybo reads no mail; set it and CYBO_IMAP_HOST, "
            "CYBO_IMAP_USER and CYBO_IMAP_PASSWORD"
        )
    return settings


def _checks(settings: Settings) -> Iterator[Check]:
    from bot.mailbox.accounts import imap_account, smtp_account
    from bot.mailbox.imap import ImapMailbox
    from bot.mailbox.targets import SmtpTarget

    account = imap_account(settings)
    mailbox = ImapMailbox(account)
    folders: list[str] = []

    def read_mailbox() -> str:
        mailbox.connect()
        folders.extend(mailbox.folders())
        mailbox.close()
        return f"{account.folder}, {len(folders)} folders"

    yield _tried("mailbox", read_mailbox)
    for name in (account.drafts, account.quarantine) if folders else ():
        yield (f"folder {name}", "ok" if name in folders else "to be made", "")
    if not settings.smtp_host:
        yield ("submission", "not used", "no mode sends answers")
        return
    smtp = smtp_account(settings)

    def ask_smtp() -> str:
        asyncio.run(SmtpTarget(smtp).check())
        return f"{smtp.host}:{smtp.port}, {smtp.security}"

    yield _tried("submission", ask_smtp)


def _tried(name: str, attempt: Callable[[], str]) -> Check:
    try:
        return (name, "ok", attempt())
    except HelpdeskError as error:
        return (name, "failed", str(error))
