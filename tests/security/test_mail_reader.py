"""No mail stops the mailbox: what reads them is a process that may die."""

import asyncio
import os
import pickle
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.exceptions import GraphComponentException
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from bot.mailbox.build import MailParts
from bot.mailbox.clerk import Clerk
from bot.mailbox.reader import ReaderApart
from bot.mailbox.reading import ReaderAway, ReaderHere, ReadingFailed
from bot.mailbox.wire import decode, encode
from bot.settings import Settings
from bot.storage import open_database
from bot.triage.mail import Quarantined
from tests.mailbox.fakes import DESK, Counts, FakeParser, FakeResponses, write_mail

HOSTILE = (sys.executable, "-m", "tests.security.hostile_reader")
TODAY = date(2026, 11, 28)
GOOD = write_mail("Ik zie een grijs scherm")


class Box:
    """A mailbox that is a list."""

    uid_validity = 1

    def __init__(self, *mails: bytes) -> None:
        self.mails = dict(enumerate(mails, start=1))
        self.set_aside: list[int] = []

    def find(self, above: int, since: date) -> list[int]:
        return [uid for uid in self.mails if uid > above]

    def sizes(self, uids: Sequence[int]) -> Mapping[int, int]:
        return {uid: len(self.mails[uid]) for uid in uids}

    def fetch(self, uids: Sequence[int]) -> Mapping[int, bytes]:
        return {uid: self.mails[uid] for uid in uids}

    def mark(self, uids: Sequence[int]) -> None:
        """Show nothing."""

    def quarantine(self, uids: Sequence[int]) -> None:
        self.set_aside += uids


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        contact_email=DESK,
        mail_address=DESK,
        imap_host="list",
        imap_user="desk",
        imap_password="secret of the mailbox",
        mail_modes="draft",
    )


@pytest.fixture
async def reader(settings: Settings) -> AsyncIterator[ReaderApart]:
    apart = ReaderApart(settings, HOSTILE, seconds=4, cpu_seconds=1)
    yield apart
    await apart.stop()


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path}/cybo.db")


def parts(settings: Settings, engine: Engine, reader: Any) -> MailParts:
    clerk = Clerk(FakeParser(), FakeResponses(), settings)
    return MailParts(
        settings, clerk, engine, b"k" * 32, lambda: datetime.now(timezone.utc), reader=reader
    )


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("HANG", "too_slow"),
        ("COMPUTE", "reader_died"),
        ("FILL", "reader_died"),
        ("CRASH", "reader_died"),
    ],
)
async def test_a_mail_that_stops_its_reader_twice_is_set_aside_and_the_next_one_is_read(
    settings: Settings, engine: Engine, reader: ReaderApart, word: str, reason: str
) -> None:
    counts, box = Counts(), Box(write_mail(word), GOOD)
    longest, ends = 0.0, asyncio.Event()

    async def watch() -> None:
        nonlocal longest
        while not ends.is_set():
            before = time.perf_counter()
            await asyncio.sleep(0.02)
            longest = max(longest, time.perf_counter() - before)

    watching = asyncio.create_task(watch())
    await parts(settings, engine, reader).intake(counts).run_once(box)
    ends.set()
    await watching

    assert counts.outcomes == [("quarantined", reason), ("drafted", "question")]
    assert box.set_aside == [1]
    assert longest < 1, "whoever chats meanwhile notices nothing"


async def test_tries_are_counted_across_restarts(
    settings: Settings, engine: Engine, reader: ReaderApart
) -> None:
    counts, box = Counts(), Box(write_mail("HANG"), GOOD)
    journal = parts(settings, engine, None).journal()
    journal.register(1, [1, 2], datetime.now(timezone.utc))
    [(first, _), _] = journal.undecided(1)
    # The whole process was killed twice while it read the mail.
    assert [journal.count_try(first), journal.count_try(first)] == [1, 2]

    started = time.perf_counter()
    await parts(settings, engine, reader).intake(counts).run_once(box)

    assert counts.outcomes == [("quarantined", "reader_died"), ("drafted", "question")]
    assert time.perf_counter() - started < 40, "it is not read a third time"


async def test_a_stop_in_the_middle_of_a_mail_counts_against_nobody(
    settings: Settings, engine: Engine, reader: ReaderApart
) -> None:
    box = Box(write_mail("HANG"))
    intake = parts(settings, engine, reader).intake(Counts())
    await reader.ready()

    work = asyncio.create_task(intake.run_once(box))
    await asyncio.sleep(1)
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work

    [(mail_id, _)] = parts(settings, engine, None).journal().undecided(1)
    assert parts(settings, engine, None).journal().count_try(mail_id) == 1


async def test_a_mail_waits_while_nothing_can_be_read(settings: Settings, engine: Engine) -> None:
    missing = ReaderApart(settings, (sys.executable, "-c", "pass"))
    intake = parts(settings, engine, missing).intake(Counts())

    with pytest.raises(ReaderAway):
        await intake.run_once(Box(GOOD))
    await missing.stop()

    [(mail_id, _)] = parts(settings, engine, None).journal().undecided(1)
    assert parts(settings, engine, None).journal().count_try(mail_id) == 1, "no try of the mail's"


async def test_a_mail_waits_only_while_the_database_is_away(
    settings: Settings, engine: Engine
) -> None:
    counts = Counts()
    here = ReaderHere(Clerk(FakeParser(), FakeResponses(), settings))
    intake = parts(settings, engine, here).intake(counts)
    is_full = True

    def fail(_: Any, __: Any, statement: str, *___: Any) -> None:
        if is_full and "mail_threads" in statement and statement.startswith("INSERT"):
            raise OperationalError(statement, {}, Exception("disk is full"))

    event.listen(engine, "before_cursor_execute", fail)
    box = Box(GOOD)
    for _ in range(4):
        with pytest.raises(OperationalError):
            await intake.run_once(box)
    assert counts.outcomes == []
    is_full = False

    await intake.run_once(box)

    assert counts.outcomes == [("drafted", "question")]


async def test_whatever_the_model_raises_is_an_outcome(settings: Settings, engine: Engine) -> None:
    class Failing(FakeParser):
        async def parse(self, text: str) -> dict[str, Any]:
            if "ontploft" in text:
                try:
                    raise ValueError("4752 different tokens in one batch")
                except ValueError as error:
                    raise GraphComponentException("Error running graph component") from error
            return await super().parse(text)

    counts = Counts()
    here = ReaderHere(Clerk(Failing(), FakeResponses(), settings))

    await parts(settings, engine, here).intake(counts).run_once(Box(write_mail("ontploft"), GOOD))

    assert counts.outcomes == [("quarantined", "failed_ValueError"), ("drafted", "question")]


async def test_the_reader_knows_no_passwords(
    reader: ReaderApart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBO_IMAP_PASSWORD", "secret of the mailbox")

    with pytest.raises(ReadingFailed) as told:
        await reader.read(write_mail("PASSWORDS"), TODAY)

    assert told.value.reason == ""
    assert b"secret of the mailbox" not in pickle.dumps(reader._settings)


async def test_the_reader_ends_with_the_process_that_asks(reader: ReaderApart) -> None:
    await reader.ready()
    assert reader._child
    assert reader._connection

    reader._connection.close()

    assert reader._child.wait(timeout=20) == 0


def test_an_answer_holds_nothing_but_what_a_reading_is_made_of() -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, ("true",)

    assert decode(encode("ready")) == ("ready", ())
    with pytest.raises(pickle.UnpicklingError):
        decode(encode("read", Evil()))


async def test_what_is_refused_says_why_across_the_processes(reader: ReaderApart) -> None:
    with pytest.raises(Quarantined) as refused:
        await reader.read(b"", TODAY)

    assert refused.value.reason == "no_headers"
