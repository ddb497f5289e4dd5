"""Sending and drafting: what servers say, and what is done about it."""

import time
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.delivery.outbox import DONE, DOUBTFUL, PARKED, PENDING, InDoubt, Item, Refused, TryLater
from bot.mailbox.imap import ImapMailbox, MailboxUnreachable
from bot.mailbox.targets import DraftsTarget, SmtpAccount, SmtpTarget
from bot.storage import SqlOutbox
from tests.mailbox.conftest import Desk, NewDesk, Submission
from tests.mailbox.dovecot import Dovecot
from tests.mailbox.fakes import read_message, write_mail
from tests.serving import free_port

MESSAGE = b"Message-ID: <a@b>\r\nSubject: x\r\n\r\nhallo\r\n"


def item(recipient: str = "an@x.example", payload: bytes = MESSAGE) -> Item:
    return Item("smtp", "k", recipient, payload)


def target(submission: Submission) -> SmtpTarget:
    return SmtpTarget(SmtpAccount("127.0.0.1", submission.port, "none"))


async def test_a_mail_arrives_with_an_empty_envelope(submission: Submission) -> None:
    await target(submission).deliver(item())

    assert submission.received == [("<>", ["an@x.example"], MESSAGE)]


async def test_a_bounce_address_is_used_when_there_is_one(submission: Submission) -> None:
    account = SmtpAccount("127.0.0.1", submission.port, "none", bounce_address="b@x.example")

    await SmtpTarget(account).deliver(item())

    assert submission.received[0][0] == "b@x.example"


async def test_what_a_server_says_is_understood(submission: Submission) -> None:
    submission.replies = ["451 later", "554 never", "vanish"]

    with pytest.raises(TryLater):
        await target(submission).deliver(item())
    with pytest.raises(Refused):
        await target(submission).deliver(item())
    with pytest.raises(InDoubt):
        await target(submission).deliver(item())
    with pytest.raises(Refused):
        await target(submission).deliver(item("unknown@x.example"))


async def test_a_server_that_is_away_is_tried_later() -> None:
    with pytest.raises(TryLater):
        await SmtpTarget(SmtpAccount("127.0.0.1", free_port(), "none")).deliver(item())


async def test_a_draft_is_laid_once(dovecot: Dovecot) -> None:
    drafts = DraftsTarget(dovecot.account("drafter"))

    await drafts.deliver(item())
    await drafts.deliver(item())

    assert dovecot.read("drafter", "Drafts") == [MESSAGE]


async def test_a_wrong_password_is_told_without_it(dovecot: Dovecot) -> None:
    mailbox = ImapMailbox(replace(dovecot.account("x"), password="verkeerd"))

    with pytest.raises(MailboxUnreachable, match="CYBO_IMAP") as caught:
        mailbox.connect()
    assert "verkeerd" not in str(caught.value)


def test_mail_announced_beside_another_answer_is_not_waited_for(dovecot: Dovecot) -> None:
    dovecot.drop("impatient", MESSAGE)
    mailbox = ImapMailbox(dovecot.account("impatient"))
    mailbox.connect()
    [uid] = mailbox.find(0, date(2000, 1, 1))
    dovecot.drop("impatient", MESSAGE)
    mailbox.mark([uid])

    started = time.monotonic()
    assert mailbox.wait(5)
    waited = time.monotonic() - started
    mailbox.close()

    assert waited < 1, "the announcement stood beside the answer to the mark"


async def test_an_answer_waits_until_the_server_is_back(desk: Desk) -> None:
    desk.submission.replies = ["451 greylisted", "451 greylisted"]

    await desk.take(write_mail("grijs scherm"))
    assert SqlOutbox(desk.engine).counts() == {PENDING: 1}
    await desk.work()
    assert desk.sent() == [], "not before its time"
    desk.clock.pass_by(minutes=1)
    await desk.work()
    desk.clock.pass_by(minutes=3)
    await desk.work()

    assert len(desk.sent()) == 1
    assert SqlOutbox(desk.engine).counts() == {DONE: 1}


async def test_a_refused_answer_is_parked(desk: Desk) -> None:
    await desk.take(write_mail("grijs scherm", sender="unknown@x.example"))

    assert SqlOutbox(desk.engine).counts() == {PARKED: 1}


async def test_after_many_tries_people_are_called(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.submission.replies = ["451 busy"] * 50

    await desk.take(write_mail("grijs scherm"))
    for _ in range(30):
        desk.clock.pass_by(hours=2)
        await desk.worker().deliver_due()

    assert SqlOutbox(desk.engine).counts() == {PARKED: 1}
    assert len(desk.submission.replies) == 50 - 12
    assert any("outbox.parked" in record.getMessage() for record in caplog.records)


async def test_an_answer_in_doubt_is_laid_before_people_and_not_sent_again(desk: Desk) -> None:
    desk.submission.replies = ["vanish"]

    await desk.take(write_mail("grijs scherm"))
    desk.clock.pass_by(hours=3)
    await desk.work()

    assert len(desk.sent()) == 1, "the server had taken it"
    [draft] = desk.drafts()
    assert read_message(draft)["Message-ID"] == read_message(desk.sent()[0])["Message-ID"]
    assert desk.dovecot.flags(desk.user, "Drafts") == [{"\\Draft", "\\Flagged"}]
    assert SqlOutbox(desk.engine).counts() == {DOUBTFUL: 1, DONE: 1}


async def test_tls_is_asked_for_where_it_is_set(submission: Submission) -> None:
    """A server without TLS never gets the password."""
    account = SmtpAccount("127.0.0.1", submission.port, "starttls", "desk", "geheim")

    with pytest.raises(TryLater):
        await SmtpTarget(account).deliver(item())
    assert submission.received == []


async def test_drafts_wait_for_the_mailbox(new_desk: NewDesk) -> None:
    desk = new_desk(mail_modes="draft")
    settings = desk.settings
    await desk.take(write_mail("grijs scherm", sender="eerst@x.example"))
    desk.dovecot.drop(desk.user, write_mail("wat kost het"))
    mailbox = ImapMailbox(desk.dovecot.account(desk.user))
    mailbox.connect()
    await desk.parts.intake(desk.counts).run_once(mailbox)
    mailbox.close()
    desk.settings = settings.model_copy(update={"imap_port": free_port()})
    await desk.worker().deliver_due()
    assert SqlOutbox(desk.engine).counts() == {DONE: 1, PENDING: 1}

    desk.settings = settings
    desk.clock.now += timedelta(minutes=1)
    await desk.work()

    assert len(desk.drafts()) == 2
