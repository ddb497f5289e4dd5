"""Putting the mail service together from the settings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.engine import Engine

from bot.delivery.build import request_tracker, ticket_targets
from bot.delivery.desk_status import status_of
from bot.keys import Secret
from bot.mailbox.accounts import imap_account
from bot.mailbox.clerk import Clerk
from bot.mailbox.imap import ImapMailbox, open_sent
from bot.mailbox.intake import Intake
from bot.mailbox.ports import Observer, Policy, Registers
from bot.mailbox.reading import Reader, ReaderHere
from bot.mailbox.sent import SentWatch
from bot.mailbox.service import MailService
from bot.mailbox.status_desk import StatusDesk
from bot.settings import Settings, SettingsError
from bot.storage import SqlDrafts, SqlMailStore, SqlRequesters, SqlWrongTries
from bot.tickets.gate import Gate
from bot.triage.modes import Modes
from bot.triage.quotas import Quotas
from bot.triage.threads import ThreadMarks

_MB = 1_000_000


def check_modes(settings: Settings, topics: Iterable[str]) -> None:
    """See that the modes speak of topics and languages there are.

    Raises: SettingsError, naming the rules that do not.
    """
    if unknown := Modes.parse(settings.mail_modes).unknown(topics):
        raise SettingsError(
            f"CYBO_MAIL_MODES: {', '.join(unknown)}: no topic or language is called so; the "
            "topics stand in data/guidance/facts.yaml; migration_request and ticket_status are "
            "two more"
        )


def status_desk(settings: Settings, engine: Engine, gate: Gate) -> StatusDesk:
    """Build what tells by mail how tickets stand: as the desk's tool says, when there is one."""
    tool = request_tracker(settings)
    return StatusDesk(SqlRequesters(engine), gate, partial(status_of, tool=tool))


@dataclass(frozen=True)
class MailParts:
    """What the mail service is made of. ``key``: signs the marks of threads.

    ``reader``: reads the mails; none reads them in this process.
    """

    settings: Settings
    clerk: Clerk
    engine: Engine
    key: Secret
    now: Callable[[], datetime]
    reader: Reader | None = None

    def intake(self, observer: Observer) -> Intake:
        """Build what turns mails into outcomes."""
        settings, address = self.settings, self.settings.mail_address or ""
        gate = Gate(self.key, SqlWrongTries(self.engine), self.now)
        policy = Policy(
            address,
            ThreadMarks(self.key, address.partition("@")[2]),
            gate.codes,
            Modes.parse(settings.mail_modes),
            Quotas(
                settings.mail_per_sender_hour,
                settings.mail_per_thread,
                settings.mail_per_hour,
                settings.mail_per_domain_hour,
            ),
            timedelta(days=settings.mail_max_age_days),
            (settings.mail_kept_per_sender * _MB, settings.mail_kept_megabytes * _MB),
        )
        desk = status_desk(settings, self.engine, gate)
        registers = Registers(self._reader(), self.journal(), desk)
        return Intake(self.clerk, registers, policy, observer, self.now)

    def journal(self) -> SqlMailStore:
        """Build the journal of this mailbox."""
        name = imap_account(self.settings).name
        return SqlMailStore(self.engine, name, ticket_targets(self.settings), self.key)

    def sent(self) -> SentWatch:
        """Build what compares drafts with what people sent."""
        account = imap_account(self.settings)
        drafts = SqlDrafts(self.engine, account.name)
        return SentWatch(drafts, partial(open_sent, account), self._reader().read_now, self.now)

    def _reader(self) -> Reader:
        return self.reader or ReaderHere(self.clerk)

    def service(self, observer: Observer, queued: Callable[[], None]) -> MailService:
        """Build the service that watches the mailbox. ``queued``: wakes who delivers."""
        account = imap_account(self.settings)
        return MailService(
            self.intake(observer),
            queued,
            lambda: ImapMailbox(account),
            self.settings.mail_poll_seconds,
        )
