"""What the pages are made of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.accounts.passwords import Passwords
from bot.audit import Entry
from bot.channels.addresses import Proxies
from bot.delivery.request_tracker import RequestTracker
from bot.delivery.ticket import Transcripts
from bot.desk.devices import Devices
from bot.desk.guard import Guard
from bot.review.verdicts import Titles
from bot.settings import Settings
from bot.storage import SqlAudit


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the pages are given from outside.

    ``wake``: tells the outbox that something was queued. ``mailbox_age_s``: seconds since
    the mailbox was read, None when it was not. ``titles``: of the topics, by language and
    intent.
    """

    settings: Settings
    engine: Engine
    transcripts: Transcripts
    now: Callable[[], datetime]
    wake: Callable[[], None]
    mailbox_age_s: Callable[[], float | None]
    passwords: Passwords = field(default_factory=Passwords)
    titles: Titles = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Parts(Surroundings):
    """What every page may use."""

    accounts: Accounts
    audit: SqlAudit
    guard: Guard
    proxies: Proxies
    devices: Devices
    tracker: RequestTracker | None

    def note(self, user: str, action: str, subject: str = "", detail: str = "") -> None:
        """Write in the audit log."""
        self.audit.note(Entry(self.now(), user, action, subject, detail))
