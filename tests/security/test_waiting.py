"""One conversation's database must not hold up anybody else."""

import asyncio
import logging
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import OperationalError

from bot.channels.loop_monitor import LoopMonitor
from bot.dialogue.history import read_turns
from bot.dialogue.trackers import MaskingTrackerStore
from bot.storage import open_database
from bot.storage.engine import connect, postgresql_arguments
from tests.dialogue.conftest import domain

__all__ = ["domain"]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'trackers.db'}"


@pytest.fixture
def store(domain: Domain, url: str) -> MaskingTrackerStore:
    return MaskingTrackerStore(domain=domain, url=url)


@pytest.fixture
def lock(url: str, store: MaskingTrackerStore) -> Iterator[Callable[[], None]]:
    """Hold the database as another process would; gives what lets go."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other.rollback


def words(number: int, name: str = "") -> UserUttered:
    event = UserUttered(f"question {number}")
    event.message_id = name or f"message-{number}"
    return event


def tracker_of(domain: Domain, sender: str, turns: int) -> DialogueStateTracker:
    tracker = DialogueStateTracker(sender, domain.slots)
    tracker.update(SessionStarted())
    for number in range(turns):
        tracker.update(words(number))
        tracker.update(BotUttered(f"answer {number}"))
    return tracker


async def longest_pause_s(waiting: "asyncio.Task[object]") -> float:
    """Measure how long the event loop was not free while a task ran."""
    longest_s, before = 0.0, time.monotonic()
    while not waiting.done():
        await asyncio.sleep(0.005)
        longest_s, before = max(longest_s, time.monotonic() - before), time.monotonic()
    return longest_s


async def test_while_the_database_is_locked_the_event_loop_runs_on(
    store: MaskingTrackerStore, domain: Domain, lock: Callable[[], None]
) -> None:
    saving = asyncio.create_task(store.save(tracker_of(domain, "an", 1)))
    asyncio.get_running_loop().call_later(1, lock)

    paused_s = await longest_pause_s(saving)

    assert paused_s < 0.5
    assert len((await store.retrieve("an")).events) == 3  # type: ignore[union-attr]


async def test_a_long_conversation_is_read_beside_the_event_loop(
    store: MaskingTrackerStore, domain: Domain
) -> None:
    await store.save(tracker_of(domain, "an", 2000))

    paused_s = await longest_pause_s(asyncio.create_task(store.latest_events("an", 100)))
    turns = read_turns(await store.latest_events("an", 100))

    assert paused_s < 0.5
    assert [turn.id for turn in turns] == [f"message-{number}" for number in range(1900, 2000)]
    assert turns[0].replies[0].text == "answer 1900"


async def test_the_first_message_of_all_is_among_the_latest(
    store: MaskingTrackerStore, domain: Domain
) -> None:
    await store.save(tracker_of(domain, "an", 3))

    turns = read_turns(await store.latest_events("an", 3))

    assert [turn.id for turn in turns] == ["message-0", "message-1", "message-2"]
    assert await store.latest_events("nobody", 3) == []


async def test_a_turn_is_found_by_the_id_of_its_message_and_by_nothing_that_was_said(
    store: MaskingTrackerStore, domain: Domain
) -> None:
    tracker = tracker_of(domain, "an", 5)
    tracker.update(UserUttered('"message_id": "message-9"'))
    await store.save(tracker)

    (turn,) = read_turns(await store.events_after("an", "message-3"))

    assert (turn.text, [reply.text for reply in turn.replies]) == ("question 3", ["answer 3"])
    for unknown in ("message-9", "message_3", "%", ""):
        assert await store.events_after("an", unknown) == []


async def test_a_session_is_measured_only_when_it_may_be_too_long(
    store: MaskingTrackerStore, domain: Domain, url: str
) -> None:
    await store.save(tracker_of(domain, "an", 20))
    elsewhere = MaskingTrackerStore(domain=domain, url=url)

    sizes = [await s.session_size("an", most) for s in (store, elsewhere) for most in (10, 100)]

    assert [size and size.turns for size in sizes] == [20, None, 20, 20]


async def test_what_two_processes_write_into_one_conversation_is_all_kept(
    store: MaskingTrackerStore, domain: Domain, url: str
) -> None:
    await store.save(tracker_of(domain, "an", 1))
    elsewhere = MaskingTrackerStore(domain=domain, url=url)
    here, there = await store.retrieve("an"), await elsewhere.retrieve("an")
    assert here
    assert there

    here.update(words(1, name="said-here-1"))
    there.update(words(2, name="said-there-1"))
    await store.save(here)
    await elsewhere.save(there)

    for reader in (store, elsewhere):
        tracker = await reader.retrieve("an")
        assert tracker
        said = [e.message_id for e in tracker.events if isinstance(e, UserUttered)]
        assert said == ["message-0", "said-here-1", "said-there-1"]


async def test_what_is_erased_during_a_turn_is_not_written_again(
    store: MaskingTrackerStore, domain: Domain
) -> None:
    await store.save(tracker_of(domain, "an", 1))
    tracker = await store.retrieve("an")
    assert tracker
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM events")

    tracker.update(words(7))
    await store.save(tracker)

    again = await store.retrieve("an")
    assert again
    assert [e.text for e in again.events if isinstance(e, UserUttered)] == ["question 7"]


async def test_turns_at_once_of_many_visitors_are_all_written(
    store: MaskingTrackerStore, domain: Domain
) -> None:
    async def converse(sender: str) -> int:
        await store.save(tracker_of(domain, sender, 1))
        for number in range(1, 10):
            tracker = await store.retrieve(sender)
            assert tracker
            tracker.update(words(number))
            await store.save(tracker)
        return len((await store.peek(sender)).events)  # type: ignore[union-attr]

    assert await asyncio.gather(*(converse(f"s{n}") for n in range(40))) == [12] * 40


async def test_a_stall_is_measured_and_where_it_happened_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    delays: list[float] = []
    monitor = LoopMonitor("network", delays.append)
    await monitor.start()
    await asyncio.sleep(0.1)

    with caplog.at_level(logging.WARNING):
        time.sleep(0.4)  # noqa: ASYNC251 (what must be noticed)
        await asyncio.sleep(0.1)
    await monitor.stop()

    assert max(delays) > 0.3
    assert "test_waiting.py" in caplog.text


def test_a_postgresql_that_vanished_is_given_up_on() -> None:
    url = "postgresql://cybo@db.example.be/cybo"

    arguments = postgresql_arguments(url, is_serving=True)

    assert arguments["connect_timeout"] <= 5
    assert arguments["keepalives"] == 1
    assert "statement_timeout" in arguments["options"]
    assert "lock_timeout" in arguments["options"]
    assert "options" not in postgresql_arguments(url, is_serving=False)
    assert "connect_timeout" not in postgresql_arguments(
        f"{url}?connect_timeout=9", is_serving=True
    )


def test_a_statement_that_takes_too_long_is_cut(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.engine._PATIENCE", "-c statement_timeout=100ms")

    with (
        connect(postgresql_url, is_serving=True).connect() as connection,
        pytest.raises(OperationalError, match="statement timeout"),
    ):
        connection.exec_driver_sql("SELECT pg_sleep(10)")


@pytest.mark.parametrize("is_old", [False, True])
def test_databases_are_for_their_owners_eyes_only(
    tmp_path: Path, domain: Domain, is_old: bool
) -> None:
    folder = tmp_path / "var"
    if is_old:
        folder.mkdir(0o755)
        for name in ("cybo.db", "trackers.db"):
            (folder / name).touch(0o644)

    engine = open_database(f"sqlite:///{folder / 'cybo.db'}")
    MaskingTrackerStore(domain=domain, url=f"sqlite:///{folder / 'trackers.db'}")

    with engine.connect():
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert {"cybo.db", "trackers.db"} <= set(modes)
    assert set(modes.values()) == {0o600}
    if not is_old:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_connecting_again_lets_go_of_nobodys_lock(tmp_path: Path) -> None:
    path = tmp_path / "cybo.db"
    url = f"sqlite:///{path}"
    engine = open_database(url)
    come_and_go = (
        "import sqlite3, sys; other = sqlite3.connect(sys.argv[1]); "
        "other.execute('SELECT count(*) FROM tickets').fetchall(); other.close()"
    )

    with engine.connect() as held:
        held.exec_driver_sql("SELECT count(*) FROM tickets").scalar()
        open_database(url)
        subprocess.run([sys.executable, "-c", come_and_go, str(path)], check=True)

        # The last to leave removes the log; whoever is still here would write into nothing.
        assert path.with_name("cybo.db-wal").exists()
