"""Two processes on one database: nothing is done twice, nobody waits for ever."""

import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError

from bot.delivery.outbox import Item
from bot.feedback import Feedback
from bot.storage import (
    SqlCounters,
    SqlFeedbackStore,
    SqlMailStore,
    SqlOutbox,
    SqlTurnStore,
    open_database,
)
from bot.storage.engine import writing
from bot.storage.outbox import queue
from bot.storage.tables import FEEDBACK, MAILS, METADATA, OUTBOX
from bot.triage.records import ANSWERED, Settlement
from bot.turns import TurnRecord
from tests.postgresql import Postgresql

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=timezone.utc)
TURN = TurnRecord("widget:a", "web", NOW, "nl", "hallo", "answer", "faq", (), 0.9, 12.0)
PROCESSES = 4


@pytest.fixture
def engines(database_url: str) -> list[Engine]:
    """Open the database as so many processes do."""
    return [open_database(database_url) for _ in range(PROCESSES)]


def together(work: Callable[[int], Any]) -> list[Any]:
    barrier = Barrier(PROCESSES)

    def start(process: int) -> Any:
        barrier.wait()
        return work(process)

    with ThreadPoolExecutor(PROCESSES) as pool:
        return list(pool.map(start, range(PROCESSES)))


def test_every_item_of_the_outbox_is_claimed_once(engines: list[Engine]) -> None:
    keys = {f"desk:{number}" for number in range(40)}
    with writing(engines[0]) as connection:
        for key in keys:
            queue(connection, Item("desk", key, "x", b"\x00\xff"), NOW)

    def work(process: int) -> list[str]:
        outbox, mine = SqlOutbox(engines[process]), []
        while item := outbox.claim(["desk"], NOW):
            assert item.payload == b"\x00\xff"
            mine.append(item.key)
            outbox.done(item, NOW)
        return mine

    claimed = [key for mine in together(work) for key in mine]

    assert sorted(claimed) == sorted(keys)


def test_a_claim_passes_over_what_another_process_is_taking(postgresql_url: str) -> None:
    engine = open_database(postgresql_url)
    with writing(engine) as connection:
        for key in ("desk:1", "desk:2"):
            queue(connection, Item("desk", key, "x", b""), NOW)

    with writing(engine) as taking:
        taking.execute(select(OUTBOX).where(OUTBOX.c.key == "desk:1").with_for_update())
        claimed = SqlOutbox(engine).claim(["desk"], NOW)

    assert claimed
    assert claimed.key == "desk:2"


def test_the_same_thing_queued_by_all_is_queued_once(engines: list[Engine]) -> None:
    def work(process: int) -> None:
        with writing(engines[process]) as connection:
            queue(connection, Item("desk", "desk:1", "x", b""), NOW)

    together(work)

    assert SqlOutbox(engines[0]).counts() == {"pending": 1}


def test_counters_add_up_whatever_the_order(engines: list[Engine]) -> None:
    """Each process counts other things first: they must not wait for each other in a ring."""
    outcomes = ["answer", "clarify", "out_of_scope", "handoff"]

    def work(process: int) -> None:
        order = outcomes[process:] + outcomes[:process]
        turns = [replace(TURN, outcome=outcome, ms=10.0**n) for n, outcome in enumerate(order)]
        for number in range(5):
            SqlTurnStore(engines[process]).record(
                [replace(turn, conversation=f"widget:{process}{number}") for turn in turns]
            )

    together(work)

    counted: Counter[str] = Counter()
    for count in SqlCounters(engines[0]).between(NOW.date(), NOW.date()):
        if count.name in {"turn", "conversation"}:
            counted[count.key] += count.number
    assert counted == {"web": 5 * PROCESSES, **dict.fromkeys(outcomes, 5 * PROCESSES)}


def test_a_mail_that_all_see_is_registered_once_and_settled_by_one(engines: list[Engine]) -> None:
    def register(process: int) -> None:
        SqlMailStore(engines[process], "desk").register(1, list(range(1, 30)), NOW)

    def settle(process: int) -> bool:
        with SqlMailStore(engines[process], "desk").settling(first, NOW) as work:
            if work:
                work.settle(Settlement(ANSWERED, "answered", language="nl"))
            return work is not None

    together(register)
    [(first, _), *_] = SqlMailStore(engines[0], "desk").undecided(1)

    assert together(settle).count(True) == 1
    with engines[0].connect() as connection:
        uids = connection.execute(select(MAILS.c.uid)).scalars().all()
    assert sorted(uids) == list(range(1, 30))


def test_a_thumb_given_twice_at_once_is_one_thumb(engines: list[Engine]) -> None:
    def work(process: int) -> None:
        thumb = "up" if process % 2 else "down"
        store = SqlFeedbackStore(engines[process], lambda: NOW + timedelta(seconds=process))
        store.record(Feedback("widget:a", "m:0", thumb, (), "nl"))

    together(work)

    with engines[0].connect() as connection:
        [thumb] = connection.execute(select(FEEDBACK.c.thumb)).scalars()
    counts = {c.key: c.number for c in SqlCounters(engines[0]).between(NOW.date(), NOW.date())}
    assert counts == {"up": 0, "down": 0, thumb: 1}


def test_processes_that_start_together_migrate_once(postgresql: Postgresql) -> None:
    url = postgresql.new_database("template1")

    engines = together(lambda _: open_database(url))

    with engines[0].connect() as connection:
        rows = {t.name: len(connection.execute(select(t)).all()) for t in METADATA.sorted_tables}
    # The installation knows itself from the first moment.
    assert rows == {**dict.fromkeys(rows, 0), "installation": 1}
    for engine in engines:
        engine.dispose()
    postgresql.drop(url)


def test_the_audit_log_cannot_be_emptied_at_once(postgresql_url: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        writing(open_database(postgresql_url)) as connection,
    ):
        connection.exec_driver_sql("TRUNCATE audit")


def test_an_error_does_not_repeat_what_somebody_wrote(engines: list[Engine]) -> None:
    broken = replace(TURN, text="ik ben An Peeters", outcome=None)  # type: ignore[arg-type]

    with pytest.raises(DatabaseError) as error:
        SqlTurnStore(engines[0]).record([broken])

    logged = "".join(traceback.format_exception(error.value))
    assert "INSERT" in logged
    assert "Peeters" not in logged
