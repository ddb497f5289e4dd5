"""A mailbox on a real IMAP server, a submission server that can misbehave, and the desk."""

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy.engine import Engine

from bot.delivery.build import build_worker
from bot.delivery.ticket import Line
from bot.delivery.worker import OutboxWorker
from bot.mailbox.build import MailParts
from bot.mailbox.clerk import Clerk
from bot.mailbox.imap import ImapMailbox
from bot.settings import Settings
from bot.storage import open_database
from tests.mailbox.dovecot import PASSWORD, Dovecot, binary
from tests.mailbox.fakes import DESK, NOW, Counts, FakeParser, FakeResponses
from tests.serving import free_port

KEY = b"k" * 32
_users = itertools.count(1)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    if binary() is None:
        if os.environ.get("CI"):
            pytest.fail("dovecot is not installed; .ci/run installs dovecot-imapd")
        pytest.skip("needs dovecot-imapd")
    with tempfile.TemporaryDirectory(prefix="dovecot-") as folder:
        server = Dovecot.start(Path(folder))
        yield server
        server.stop()


@dataclass
class Submission:
    """What an SMTP server does with a mail; ``replies`` are used up one by one."""

    port: int = 0
    received: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        reply = self.replies.pop(0) if self.replies else "250 kept"
        if reply.startswith(("250", "vanish")):
            content = envelope.content
            assert isinstance(content, bytes)
            self.received.append((envelope.mail_from or "", envelope.rcpt_tos, content))
        if reply == "vanish":
            # It took the mail and dies before it can say so.
            assert server.transport
            server.transport.abort()
        return reply

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address.startswith("unknown@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def submission() -> Iterator[Submission]:
    handler = Submission()
    handler.port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


async def no_transcript(conversation: str) -> list[Line]:
    return []


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@dataclass
class Desk:
    """A helpdesk with its mailbox; everything but the understanding is real."""

    dovecot: Dovecot
    submission: Submission
    engine: Engine
    settings: Settings
    clock: Clock = field(default_factory=Clock)
    counts: Counts = field(default_factory=Counts)
    parser: Any = field(default_factory=FakeParser)
    responses: Any = field(default_factory=FakeResponses)

    @property
    def user(self) -> str:
        assert self.settings.imap_user
        return self.settings.imap_user

    @property
    def parts(self) -> MailParts:
        clerk = Clerk(self.parser, self.responses, self.settings)
        return MailParts(self.settings, clerk, self.engine, KEY, self.clock)

    def worker(self) -> OutboxWorker:
        return build_worker(self.settings, self.engine, no_transcript, self.clock)

    async def take(self, *mails: bytes) -> list[tuple[str, str]]:
        """Drop mails in the inbox and handle them; gives the outcomes that came of it."""
        self.dovecot.drop(self.user, *mails)
        return await self.work()

    async def work(self) -> list[tuple[str, str]]:
        """Read the mailbox and deliver, as one round of the service does."""
        before = len(self.counts.outcomes)
        mailbox = ImapMailbox(self.dovecot.account(self.user))
        mailbox.connect()
        try:
            await self.parts.intake(self.counts).run_once(mailbox)
        finally:
            mailbox.close()
        await self.worker().deliver_due()
        self.assert_sum()
        return self.counts.outcomes[before:]

    def assert_sum(self) -> None:
        """Received = the sum of the rest, in the journal and in the counters."""
        kept = self.parts.journal().counts()
        assert "" not in {outcome for outcome, _ in kept}
        assert sum(kept.values()) == self.counts.number_received == len(self.counts.outcomes)

    def sent(self) -> list[bytes]:
        return [content for _, _, content in self.submission.received]

    def drafts(self) -> list[bytes]:
        return self.dovecot.read(self.user, "Drafts")


NewDesk = Callable[..., Desk]


@pytest.fixture
def new_desk(dovecot: Dovecot, submission: Submission, tmp_path: Path) -> NewDesk:
    """Open a desk with a mailbox of its own; settings as in the environment, lower case."""

    def build(**settings: Any) -> Desk:
        number = next(_users)
        known = {
            "data_dir": tmp_path,
            "contact_email": DESK,
            "mail_address": DESK,
            "imap_host": "127.0.0.1",
            "imap_port": dovecot.port,
            "imap_security": "none",
            "imap_user": f"desk{number}",
            "imap_password": PASSWORD,
            "smtp_host": "127.0.0.1",
            "smtp_port": submission.port,
            "smtp_security": "none",
            "mail_modes": "send",
        }
        engine = open_database(f"sqlite:///{tmp_path}/desk{number}.db")
        return Desk(dovecot, submission, engine, Settings(**{**known, **settings}))

    return build


@pytest.fixture
def desk(new_desk: NewDesk) -> Desk:
    return new_desk()
