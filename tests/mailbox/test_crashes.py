"""The process is killed, for real, between any two steps; every mail keeps one outcome."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.delivery.worker import OutboxWorker
from bot.mailbox.imap import ImapMailbox
from bot.mailbox.intake import Intake
from bot.mailbox.targets import DraftsTarget, SmtpTarget
from bot.storage import SqlOutbox, SqlTicketStore
from bot.storage.mails import MailWork, SqlMailStore
from tests.mailbox.conftest import Desk, NewDesk
from tests.mailbox.fakes import write_mail
from tests.mailbox.test_intake import HALF, REST

# Where the process dies: before or after a step. Before the commit of a mail's transaction
# is after its last statement, ``MailWork.settle``.
STEPS = {
    "before registering": (SqlMailStore, "register", False),
    "after registering": (SqlMailStore, "register", True),
    "after fetching": (ImapMailbox, "fetch", True),
    "after opening the ticket": (MailWork, "open_ticket", True),
    "after queuing": (MailWork, "queue", True),
    "before the commit": (MailWork, "settle", True),
    "after the commit": (Intake, "_report", False),
    "before marking": (ImapMailbox, "mark", False),
    "after marking on the server": (ImapMailbox, "mark", True),
    "after marking in the journal": (SqlMailStore, "mark", True),
    "after claiming": (SqlOutbox, "claim", True),
    "before sending": (SmtpTarget, "deliver", False),
    "after sending": (SmtpTarget, "deliver", True),
    "before drafting": (DraftsTarget, "deliver", False),
    "after drafting": (DraftsTarget, "deliver", True),
    "after noting the delivery": (SqlOutbox, "done", True),
}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def deadly(method: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    """Make a method the last thing that a process does."""

    async def run(*arguments: Any, **options: Any) -> Any:
        if after:
            await method(*arguments, **options)
        die()

    def call(*arguments: Any, **options: Any) -> Any:
        if after:
            method(*arguments, **options)
        die()

    return run if asyncio.iscoroutinefunction(method) else call


def in_a_process_of_its_own(work: Callable[[], Awaitable[Any]]) -> int:
    """Run in a fork; gives the signal that ended it, 0 when it came to its end."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            asyncio.run(work())  # type: ignore[arg-type]
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)


async def one_round(desk: Desk) -> None:
    mailbox = ImapMailbox(desk.dovecot.account(desk.user))
    mailbox.connect()
    await desk.parts.intake(desk.counts).run_once(mailbox)
    mailbox.close()
    await desk.worker().deliver_due()


async def recovering_rounds(desk: Desk) -> None:
    """Two starts later everything has settled, claims of the dead included."""
    for _ in range(2):
        desk.clock.pass_by(minutes=10)
        mailbox = ImapMailbox(desk.dovecot.account(desk.user))
        mailbox.connect()
        await desk.parts.intake(desk.counts).run_once(mailbox)
        mailbox.close()
        worker: OutboxWorker = desk.worker()
        # The clock of the database cannot be moved on.
        worker._abandoned_after = timedelta(seconds=-1)
        await worker.deliver_due()


@pytest.mark.parametrize("mode", ["send", "draft"])
@pytest.mark.parametrize("step", STEPS)
def test_killed(new_desk: NewDesk, monkeypatch: pytest.MonkeyPatch, step: str, mode: str) -> None:
    desk = new_desk(mail_modes=mode)
    desk.dovecot.drop(
        desk.user, write_mail(HALF + REST), write_mail("grijs scherm", sender="b@x.example")
    )
    owner, name, after = STEPS[step]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, deadly(getattr(owner, name), after=after))
        died = in_a_process_of_its_own(lambda: one_round(desk))
    is_other_target = (owner is SmtpTarget) != (mode == "send") and name == "deliver"
    assert died == (0 if is_other_target else signal.SIGKILL)

    assert in_a_process_of_its_own(lambda: recovering_rounds(desk)) == 0

    counts = desk.parts.journal().counts()
    assert sum(counts.values()) == 2
    answered = "answered" if mode == "send" else "drafted"
    assert {outcome for outcome, _ in counts} == {"ticketed", answered}
    assert len(SqlTicketStore(desk.engine).list()) == 1
    ids = [line for raw in desk.sent() for line in raw.split(b"\r\n") if b"essage-I" in line[:10]]
    assert len(ids) == len(set(ids)) <= 2, "no answer twice"
    drafts = len(desk.drafts())
    # What was not certainly sent lies before people; nothing is lost.
    assert len(ids) + drafts >= 2
    assert drafts <= (1 if mode == "send" else 2)
    assert all("$CyboDone" in flags for flags in desk.dovecot.flags(desk.user))
