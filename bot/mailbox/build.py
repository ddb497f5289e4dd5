"""Putting the mail service together from the settings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine

from bot.delivery.outbox import Target
from bot.delivery.worker import OutboxWorker
from bot.mailbox.clerk import Clerk
from bot.mailbox.imap import ImapAccount, ImapMailbox
from bot.mailbox.intake import Intake, Observer, Policy
from bot.mailbox.service import MailService
from bot.mailbox.targets import DraftsTarget, SmtpAccount, SmtpTarget
from bot.settings import Settings, SettingsError
from bot.storage import SqlMailStore, SqlOutbox
from bot.triage.modes import Modes
from bot.triage.quotas import Quotas
from bot.triage.threads import ThreadMarks


def imap_account(settings: Settings) -> ImapAccount:
    """Read where the mailbox is."""
    password = settings.imap_password
    return ImapAccount(
        settings.imap_host or "",
        settings.imap_port,
        settings.imap_security,
        settings.imap_user or "",
        password.get_secret_value() if password else "",
        settings.imap_folder,
        settings.imap_drafts,
        settings.imap_quarantine,
    )


def smtp_account(settings: Settings) -> SmtpAccount:
    """Read where the submission server is."""
    password = settings.smtp_password
    return SmtpAccount(
        settings.smtp_host or "",
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_user,
        password.get_secret_value() if password else "",
        settings.smtp_bounce_address,
    )


def check_modes(settings: Settings, topics: Iterable[str]) -> None:
    """See that the modes speak of topics and languages there are.

    Raises: SettingsError, naming the rules that do not.
    """
    if unknown := Modes.parse(settings.mail_modes).unknown(topics):
        raise SettingsError(
            f"CYBO_MAIL_MODES: {', '.join(unknown)}: no topic or language is called so; the "
            "topics stand in data/guidance/facts.yaml, and migration_request is one more"
        )


@dataclass(frozen=True)
class MailParts:
    """What the mail service is made of. ``key``: signs the marks of threads."""

    settings: Settings
    clerk: Clerk
    engine: Engine
    key: bytes
    now: Callable[[], datetime]

    def intake(self, observer: Observer) -> Intake:
        """Build what turns mails into outcomes."""
        settings, address = self.settings, self.settings.mail_address or ""
        policy = Policy(
            address,
            ThreadMarks(self.key, address.partition("@")[2]),
            Modes.parse(settings.mail_modes),
            Quotas(settings.mail_per_sender_hour, settings.mail_per_thread, settings.mail_per_hour),
            timedelta(days=settings.mail_max_age_days),
        )
        return Intake(self.clerk, self.journal(), policy, observer, self.now)

    def journal(self) -> SqlMailStore:
        """Build the journal of this mailbox."""
        return SqlMailStore(self.engine, imap_account(self.settings).name)

    def worker(self) -> OutboxWorker:
        """Build what delivers answers."""
        targets: list[Target] = [DraftsTarget(imap_account(self.settings))]
        if self.settings.smtp_host:
            targets.append(SmtpTarget(smtp_account(self.settings)))
        return OutboxWorker(SqlOutbox(self.engine), targets, self.now)

    def service(self, observer: Observer) -> MailService:
        """Build the service that watches the mailbox."""
        account = imap_account(self.settings)
        return MailService(
            self.intake(observer),
            self.worker(),
            lambda: ImapMailbox(account),
            self.settings.mail_poll_seconds,
        )
