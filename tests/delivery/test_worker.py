"""The outbox: exactly once, whatever targets do."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from bot.delivery.outbox import (
    DONE,
    DOUBTFUL,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    MOST_TRIES,
    PARKED,
    PENDING,
    InDoubt,
    Item,
    Refused,
    TryLater,
    pause,
)
from bot.delivery.worker import OutboxWorker
from bot.storage import SqlOutbox, open_database
from bot.storage.engine import hold_open, writing
from bot.storage.outbox import queue
from bot.storage.tables import OUTBOX

KEYS = [f"k{n}" for n in range(10_000)]
START = datetime(2026, 11, 24, tzinfo=timezone.utc)


class FakeTarget:
    """Does with each item what a plan says."""

    def __init__(self, name: str, plan: Callable[[Item], None], *, idempotent: bool) -> None:
        self.name = name
        self.is_idempotent = idempotent
        self.timeout_s = 5.0
        self._plan = plan
        self.taken: list[str] = []

    async def deliver(self, item: Item) -> None:
        self._plan(item)
        self.taken.append(item.key)

    def instead(self, item: Item) -> Item | None:
        return replace(item, target="people", key=f"look:{item.key}")


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def engine(memory_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{memory_path}/outbox.db")
    with hold_open(engine):
        yield engine


def fill(engine: Engine, *keys: str, target: str = "desk") -> None:
    with writing(engine) as connection:
        for key in keys:
            queue(connection, Item(target, key, "r", b"payload"), START)


def age_leases(engine: Engine, **duration: float) -> None:
    """Let time pass by the clock of the database."""
    with writing(engine) as connection:
        for row in connection.execute(select(OUTBOX.c.id, OUTBOX.c.leased_at)).all():
            if row.leased_at:
                aged = {"leased_at": row.leased_at - timedelta(**duration)}
                connection.execute(update(OUTBOX).where(OUTBOX.c.id == row.id).values(aged))


def fail(error: Exception) -> Callable[[Item], None]:
    def plan(item: Item) -> None:
        raise error

    return plan


def succeed(item: Item) -> None:
    """Take it."""


async def test_items_arrive_once(engine: Engine) -> None:
    fill(engine, "a", "b", "a")
    target = FakeTarget("desk", succeed, idempotent=True)
    worker = OutboxWorker(SqlOutbox(engine), [target], Clock())

    assert await worker.deliver_due() == 2
    assert await worker.deliver_due() == 0
    assert target.taken == ["a", "b"]
    assert SqlOutbox(engine).counts() == {DONE: 2}


async def test_items_of_a_target_that_is_not_set_up_wait(engine: Engine) -> None:
    fill(engine, "a", target="elsewhere")

    assert await OutboxWorker(SqlOutbox(engine), [], Clock()).deliver_due() == 0
    assert SqlOutbox(engine).counts() == {PENDING: 1}


@pytest.mark.parametrize(
    ("error", "idempotent", "counts"),
    [
        (TryLater("busy"), True, {PENDING: 1}),
        (TryLater("busy"), False, {PENDING: 1}),
        (Refused("no"), True, {PARKED: 1}),
        (InDoubt("?"), True, {PENDING: 1}),
        (InDoubt("?"), False, {DOUBTFUL: 1, PENDING: 1}),
    ],
)
async def test_what_a_failure_means(
    engine: Engine, error: Exception, idempotent: bool, counts: dict[str, int]
) -> None:
    fill(engine, "a")
    target = FakeTarget("desk", fail(error), idempotent=idempotent)

    await OutboxWorker(SqlOutbox(engine), [target], Clock()).deliver_due()

    assert SqlOutbox(engine).counts() == counts


@pytest.mark.parametrize("idempotent", [True, False])
async def test_a_claim_whose_worker_died_is_taken_up(engine: Engine, idempotent: bool) -> None:
    fill(engine, "a")
    clock, store = Clock(), SqlOutbox(engine)
    assert store.claim(["desk"], clock()), "and then the process is killed"
    target = FakeTarget("desk", succeed, idempotent=idempotent)
    worker = OutboxWorker(store, [target], clock)

    assert await worker.deliver_due() == 0, "perhaps it is still under way"
    clock.now += timedelta(minutes=5)
    assert await worker.deliver_due() == 0, "by the clock of the database it is"
    age_leases(engine, minutes=5)
    await worker.deliver_due()

    assert target.taken == (["a"] if idempotent else [])
    assert store.counts() == ({DONE: 1} if idempotent else {DOUBTFUL: 1, PENDING: 1})


async def test_two_workers_never_take_the_same_item(engine: Engine) -> None:
    fill(engine, *(f"k{n}" for n in range(50)))
    first, second = SqlOutbox(engine), SqlOutbox(engine)
    claims = []
    while True:
        taken = [store.claim(["desk"], START) for store in (first, second)]
        claims += [item.key for item in taken if item]
        if None in taken:
            break

    assert sorted(claims) == sorted({f"k{n}" for n in range(50)})


async def test_a_target_that_fails_a_third_of_the_time_gets_everything_once(
    engine: Engine,
) -> None:
    """Ten thousand tickets, each in the transaction that stores it."""
    fill(engine, *KEYS)
    chance, clock = random.Random(3), Clock()

    def plan(item: Item) -> None:
        if chance.random() < 1 / 3:
            raise TryLater("500")

    target = FakeTarget("desk", plan, idempotent=True)
    worker = OutboxWorker(SqlOutbox(engine), [target], clock)
    for _ in range(40):
        await worker.deliver_due()
        clock.now += timedelta(minutes=30)

    assert Counter(target.taken) == dict.fromkeys(KEYS, 1)
    assert SqlOutbox(engine).counts() == {DONE: len(KEYS)}


def test_pauses_grow_and_end() -> None:
    plain = [pause(tries, 0.5) for tries in range(1, MOST_TRIES + 1)]

    assert plain[0] == FIRST_PAUSE
    assert plain == sorted(plain)
    assert plain[-1] == LONGEST_PAUSE
    assert pause(3, 0.0) < pause(3, 1.0)
    assert sum(plain, timedelta()) > timedelta(hours=5)
