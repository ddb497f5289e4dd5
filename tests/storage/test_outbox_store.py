"""The outbox in a real database."""

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.engine import Engine

from bot.delivery.outbox import DONE, DOUBTFUL, PARKED, PENDING, Item
from bot.storage import SqlOutbox, open_database
from bot.storage.engine import writing
from bot.storage.outbox import queue

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=timezone.utc)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def engine(database_url: str) -> Engine:
    return open_database(database_url)


@pytest.fixture
def outbox(engine: Engine) -> SqlOutbox:
    with writing(engine) as connection:
        for key in ("desk:1", "desk:2"):
            queue(connection, Item("desk", key, "els@example.be", b"\x00\xff"), NOW)
    return SqlOutbox(engine)


def claim(outbox: SqlOutbox, now: datetime = NOW) -> Item:
    item = outbox.claim(["desk"], now)
    assert item
    return item


def test_items_are_claimed_in_order_and_as_they_were_queued(outbox: SqlOutbox) -> None:
    first, second = claim(outbox), claim(outbox)

    assert (first.key, first.recipient, first.payload) == ("desk:1", "els@example.be", b"\x00\xff")
    assert (second.key, second.tries) == ("desk:2", 1)
    assert outbox.claim(["desk"], NOW) is None


def test_items_of_other_targets_are_left_alone(outbox: SqlOutbox) -> None:
    assert outbox.claim(["webhook"], NOW) is None


def test_what_is_put_back_waits_for_its_time(outbox: SqlOutbox) -> None:
    outbox.later(claim(outbox), LATER, "away")
    outbox.done(claim(outbox), NOW)

    assert outbox.claim(["desk"], NOW) is None
    again = claim(outbox, LATER)
    assert (again.key, again.tries) == ("desk:1", 2)


def test_each_outcome_is_counted_and_what_is_open_is_listed_without_its_words(
    outbox: SqlOutbox,
) -> None:
    outbox.done(claim(outbox), NOW)
    outbox.park(claim(outbox), "refused " * 200)

    assert outbox.counts() == {DONE: 1, PARKED: 1}
    [row] = outbox.open_items()
    assert (row["key"], row["status"], len(row["error"])) == ("desk:2", PARKED, 500)
    assert row["next_try_at"] == "2026-11-25T10:00:00Z"
    assert "payload" not in row


def test_a_parked_item_begins_again(outbox: SqlOutbox) -> None:
    parked = claim(outbox)
    outbox.park(parked, "refused")

    assert outbox.retry(parked.id, LATER)
    assert not outbox.retry(parked.id, LATER)
    assert outbox.counts() == {PENDING: 2}


def test_what_is_in_doubt_is_replaced_in_the_same_transaction(outbox: SqlOutbox) -> None:
    doubtful = claim(outbox)

    outbox.doubt(doubtful, Item("desk", "again:desk:1", "x", b""), NOW)

    assert outbox.counts() == {DOUBTFUL: 1, PENDING: 2}


def test_what_was_claimed_and_never_heard_of_again_is_found(outbox: SqlOutbox) -> None:
    claimed = claim(outbox)

    assert list(outbox.abandoned("desk", timedelta(minutes=4))) == []
    assert list(outbox.abandoned("webhook", timedelta(seconds=-1))) == []
    assert list(outbox.abandoned("desk", timedelta(seconds=-1))) == [claimed]
