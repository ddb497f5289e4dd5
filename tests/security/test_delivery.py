"""Nothing is lost, doubled or stuck on its way out."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine

from bot.channels.journal import TurnJournal
from bot.delivery.desk_mail import DeskMailTarget
from bot.delivery.http import ask
from bot.delivery.outbox import (
    DONE,
    DOUBTFUL,
    MOST_TRIES,
    ONCE_ONLY,
    PARKED,
    InDoubt,
    Item,
    Refused,
    TryLater,
)
from bot.delivery.request_tracker import (
    RequestTracker,
    RequestTrackerAccount,
    RequestTrackerTarget,
)
from bot.delivery.ticket import WEBHOOK, addition_item, item_for
from bot.delivery.webhook import WebhookAccount, WebhookTarget
from bot.delivery.worker import OutboxWorker
from bot.mailbox.targets import DRAFTS, DraftsTarget, SmtpAccount, SmtpTarget
from bot.settings import SettingsError, read_settings
from bot.storage import SqlMailStore, SqlOutbox, SqlTicketStore, open_database
from bot.storage.desk_tickets import DeskTickets
from bot.storage.engine import hold_open, writing
from bot.storage.outbox import queue
from bot.storage.purge import SqlStock, of_tickets
from bot.storage.tables import INSTALLATION, OUTBOX
from bot.tickets.model import Addition
from tests.channels.test_journal import TURN
from tests.delivery.conftest import FakeTracker, Serve, make_ticket, serve, transcript  # noqa: F401
from tests.mailbox.conftest import Submission, submission  # noqa: F401 (a fixture)

NOW = datetime(2026, 11, 28, 10, tzinfo=timezone.utc)
REFERENCE = "CYB-2026-000123-8"


class FakeTarget:
    """Does with each item what a plan says."""

    timeout_s = 5.0

    def __init__(
        self, plan: Callable[[Item], Awaitable[None]], *, idempotent: bool, name: str = "desk"
    ) -> None:
        self.name = name
        self.is_idempotent = idempotent
        self._plan = plan
        self.taken: list[str] = []

    async def deliver(self, item: Item) -> None:
        await self._plan(item)
        self.taken.append(item.key)

    def instead(self, item: Item) -> Item | None:
        return None if item.key.startswith("again:") else replace(item, key=f"again:{item.key}")


async def succeed(item: Item) -> None:
    """Take it."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path}/cybo.db")
    with hold_open(engine):
        yield engine


def fill(engine: Engine, *items: Item) -> None:
    with writing(engine) as connection:
        for item in items:
            queue(connection, item, NOW)


def plain(key: str, target: str = "desk", **more: str) -> Item:
    return Item(target, key, "r", b"payload", **more)  # type: ignore[arg-type]


# Every failure ends before people


@pytest.mark.parametrize("idempotent", [True, False])
@pytest.mark.parametrize(
    "error", [KeyError("xx"), UnicodeEncodeError("ascii", "é", 0, 1, "no"), RuntimeError("odd")]
)
async def test_an_error_that_nobody_foresaw_parks_the_item_after_its_tries(
    engine: Engine, error: Exception, idempotent: bool, caplog: pytest.LogCaptureFixture
) -> None:
    fill(engine, plain("a"))

    async def plan(item: Item) -> None:
        raise error

    moments = iter(NOW + timedelta(hours=2 * n) for n in range(1000))
    worker = OutboxWorker(
        SqlOutbox(engine), [FakeTarget(plan, idempotent=idempotent)], lambda: next(moments)
    )
    for _ in range(MOST_TRIES + 3):
        await worker.deliver_due()

    [item] = SqlOutbox(engine).open_items()
    assert (item["status"], item["tries"]) == (PARKED, MOST_TRIES)
    assert type(error).__name__ in item["error"]
    parked = [r for r in caplog.records if r.getMessage().startswith("outbox.parked")]
    assert [record.levelname for record in parked] == ["ERROR"]


async def test_claims_whose_worker_dies_again_and_again_are_parked(engine: Engine) -> None:
    fill(engine, plain("a"))
    store, at_once = SqlOutbox(engine), timedelta(seconds=-1)

    async def die(item: Item) -> None:
        raise asyncio.CancelledError

    for _ in range(MOST_TRIES):
        worker = OutboxWorker(
            store, [FakeTarget(die, idempotent=True)], lambda: NOW, abandoned_after=at_once
        )
        with pytest.raises(asyncio.CancelledError):
            await worker.deliver_due()
    target = FakeTarget(succeed, idempotent=True)
    worker = OutboxWorker(store, [target], lambda: NOW, abandoned_after=at_once)
    await worker.deliver_due()

    assert store.counts() == {PARKED: 1}
    assert target.taken == []


async def test_what_is_in_doubt_a_second_time_is_left_to_people(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    fill(engine, plain("a"))

    async def plan(item: Item) -> None:
        raise InDoubt("vanished")

    await OutboxWorker(
        SqlOutbox(engine), [FakeTarget(plan, idempotent=False)], lambda: NOW
    ).deliver_due()

    items = SqlOutbox(engine).open_items()
    assert [(i["key"], i["status"]) for i in items] == [("a", DOUBTFUL), ("again:a", PARKED)]
    assert any(r.getMessage().startswith("outbox.parked") for r in caplog.records)


async def test_an_address_beyond_ascii_is_parked_at_once(
    submission: Submission,  # noqa: F811
) -> None:
    target = SmtpTarget(SmtpAccount("127.0.0.1", submission.port, "none"))

    with pytest.raises(Refused, match="letters"):
        await target.deliver(Item("smtp", "k", "zoë@example.be", b"Subject: x\r\n\r\n"))


def test_the_targets_that_take_an_item_twice_are_known_by_name() -> None:
    targets = (SmtpTarget, DeskMailTarget, DraftsTarget, WebhookTarget, RequestTrackerTarget)

    assert sorted(t.name for t in targets if not t.is_idempotent) == sorted(ONCE_ONLY)


# One at a time, in order, by whoever holds it


async def test_a_target_that_hangs_holds_up_no_other(engine: Engine) -> None:
    fill(engine, *(plain(f"slow{n}", "slow") for n in range(3)), plain("quick", "quick"))
    hanging, delivered = asyncio.Event(), asyncio.Event()

    async def hang(item: Item) -> None:
        hanging.set()
        await asyncio.sleep(3600)

    async def note(item: Item) -> None:
        delivered.set()

    targets = [
        FakeTarget(hang, idempotent=True, name="slow"),
        FakeTarget(note, idempotent=True, name="quick"),
    ]
    worker = OutboxWorker(SqlOutbox(engine), targets, lambda: NOW)
    await worker.start()
    try:
        await asyncio.wait_for(hanging.wait(), 10)
        await asyncio.wait_for(delivered.wait(), 10)
    finally:
        await worker.stop()


async def test_what_belongs_to_one_ticket_arrives_in_the_order_it_was_queued(
    engine: Engine,
) -> None:
    fill(
        engine,
        plain("1", reference=REFERENCE),
        plain("2", reference=REFERENCE),
        plain("3", reference="CYB-2026-000124-1"),
    )
    fails = iter([True])

    async def plan(item: Item) -> None:
        if item.key == "1" and next(fails, False):
            raise TryLater("busy")

    target = FakeTarget(plan, idempotent=True)
    await OutboxWorker(SqlOutbox(engine), [target], lambda: NOW).deliver_due()
    assert target.taken == ["3"]
    later = NOW + timedelta(hours=1)
    await OutboxWorker(SqlOutbox(engine), [target], lambda: later).deliver_due()

    assert target.taken == ["3", "1", "2"]


def test_who_lost_an_item_can_note_nothing_about_it(engine: Engine) -> None:
    fill(engine, plain("a"))
    store = SqlOutbox(engine)
    lost = store.claim(["desk"], NOW)
    assert lost
    assert store.later(lost, NOW, "taken up by somebody else")
    held = store.claim(["desk"], NOW)
    assert held

    assert not store.done(lost, NOW)
    assert not store.later(lost, NOW, "late")
    assert not store.park(lost, "late")
    assert store.doubt(lost, replace(lost, key="again"), NOW) == ""
    assert store.counts() == {"sending": 1}
    assert store.done(held, NOW)
    assert not store.done(held, NOW)


def test_a_clock_that_is_ahead_makes_nothing_abandoned(engine: Engine) -> None:
    fill(engine, plain("a"))
    store = SqlOutbox(engine)

    assert store.claim(["desk"], NOW + timedelta(days=365 * 50))

    assert store.abandoned("desk", timedelta(minutes=4)) == []


async def test_what_a_worker_holds_itself_is_not_abandoned_after_a_sleep(engine: Engine) -> None:
    """The clock jumps by an hour while an item is being delivered."""
    fill(engine, plain("a"))
    store = SqlOutbox(engine)

    async def sleep(item: Item) -> None:
        with writing(engine) as connection:
            connection.execute(update(OUTBOX).values(leased_at=datetime(2020, 1, 1)))
        await worker._recover(target)

    target = FakeTarget(sleep, idempotent=False)
    worker = OutboxWorker(store, [target], lambda: NOW)

    await worker.deliver_due()

    assert store.counts() == {DONE: 1}


async def test_the_database_is_never_asked_on_the_event_loop(engine: Engine) -> None:
    fill(engine, plain("a"), plain("b"), plain("c"))
    errors = {"b": TryLater("busy"), "c": InDoubt("?")}

    async def plan(item: Item) -> None:
        if error := errors.get(item.key):
            raise error

    on_the_loop: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return
        on_the_loop.append(statement)

    await OutboxWorker(
        SqlOutbox(engine), [FakeTarget(plan, idempotent=False)], lambda: NOW
    ).deliver_due()

    assert on_the_loop == []


# Answers in parts, answers without end


async def test_an_answer_in_several_parts_is_read_whole(serve: Serve) -> None:  # noqa: F811
    content = {"items": [{"id": number, "Subject": "x" * 50} for number in range(100)]}

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        body = json.dumps(content).encode()
        for part in (body[:3000], body[3000:]):
            await response.write(part)
            await asyncio.sleep(0.05)
        return response

    answer = await ask("GET", await serve(handler), headers={})

    assert answer.content == content


async def test_an_answer_without_end_is_no_answer(serve: Serve) -> None:  # noqa: F811
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(300):
            await response.write(b" " * 10_000)
        return response

    assert (await ask("GET", await serve(handler), headers={})).content is None


# Request Tracker


def tracker_target(url: str, requestor: str = "never") -> RequestTrackerTarget:
    account = RequestTrackerAccount(url, "us", "password", "General", requestor)
    return RequestTrackerTarget(RequestTracker(account), transcript)


async def test_who_mails_the_next_reference_to_rt_does_not_own_it(
    serve: Serve,  # noqa: F811
) -> None:
    rt = FakeTracker()
    rt.receive("stranger", Subject=f"Migratieaanvraag {REFERENCE}", Status="rejected")
    # Even who may write the field: Cybo did not create that ticket.
    rt.receive("stranger", Subject="x", CustomFields={"Cybo reference": REFERENCE})
    target = tracker_target(await serve(rt))

    await target.deliver(item_for(make_ticket(), target.name))

    assert [t["Creator"]["id"] for t in rt.tickets] == ["stranger", "stranger", "us"]


async def test_a_strangers_comment_does_not_pass_for_an_addition(
    serve: Serve,  # noqa: F811
) -> None:
    rt = FakeTracker()
    target = tracker_target(await serve(rt))
    await target.deliver(item_for(make_ticket(), target.name))
    title = f"Aanvulling 5 bij migratieaanvraag {REFERENCE}"
    rt.comments.append({"Subject": title, "Creator": {"id": "stranger"}})
    added = addition_item(make_ticket(), Addition("x", "widget:abc"), 5, target.name)

    for _ in range(2):
        await target.deliver(added)

    assert [c["Creator"]["id"] for c in rt.comments] == ["stranger", "us"]


async def test_no_ticket_is_made_that_could_not_be_found_again(
    serve: Serve,  # noqa: F811
) -> None:
    without_field, without_rights = FakeTracker("Model"), FakeTracker()
    without_rights.has_rights = False

    for rt, words in ((without_field, "Custom Fields"), (without_rights, "ModifyCustomField")):
        target = tracker_target(await serve(rt))
        with pytest.raises(Refused, match=words):
            await target.deliver(item_for(make_ticket(), target.name))

    assert without_field.tickets == []


@pytest.mark.parametrize(
    ("requestor", "mailed_by", "named"),
    [
        ("never", "", None),
        ("never", "an@firma.example", None),
        ("mail", "", None),
        ("mail", "an@firma.example", "an@firma.example"),
        ("always", "", "an@example.be"),
    ],
)
async def test_rt_writes_only_to_whom_a_setting_allows(
    serve: Serve,  # noqa: F811
    requestor: str,
    mailed_by: str,
    named: str | None,
) -> None:
    rt = FakeTracker()
    target = tracker_target(await serve(rt), requestor)

    await target.deliver(item_for(make_ticket(), target.name, mailed_by))

    assert rt.tickets[0].get("Requestor") == named
    assert "an@example.be" in rt.tickets[0]["Content"]


# Where what was delivered belongs


@pytest.fixture
def added(engine: Engine) -> str:
    """Give the reference of a ticket with a parked addition."""
    store = SqlTicketStore(engine, [WEBHOOK])
    ticket, _ = store.open(make_ticket().draft, now=NOW)
    store.add(ticket.reference, Addition("nog iets", "widget:abc"), now=NOW)
    with writing(engine) as connection:
        parked = update(OUTBOX).where(OUTBOX.c.note_id.is_not(None)).values(status=PARKED)
        connection.execute(parked)
    return ticket.reference


def test_a_parked_addition_stands_on_its_tickets_page(engine: Engine, added: str) -> None:
    file = DeskTickets(engine).file(added)

    assert file
    [_, parked] = file.deliveries
    assert parked.status == PARKED
    assert DeskTickets(engine).delivers(added, parked.id)
    assert SqlOutbox(engine).retry(parked.id, NOW)


def test_a_parked_addition_goes_with_its_ticket(engine: Engine, added: str) -> None:
    with engine.connect() as connection:
        found = connection.execute(select(OUTBOX.c.id).where(of_tickets([added]))).all()
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE tickets SET closed_at = '2020-01-01 00:00:00.000000'")

    SqlStock(engine, engine).remove("tickets", NOW, 10)

    assert len(found) == 2
    assert SqlOutbox(engine).counts() == {}


def test_the_number_of_a_mail_that_is_gone_is_not_given_to_another(engine: Engine) -> None:
    journal = SqlMailStore(engine, "desk")
    journal.register(1, [1], NOW)
    [(first, _)] = journal.undecided(1)
    with writing(engine) as connection:
        connection.exec_driver_sql("DELETE FROM mails")
    journal.register(1, [2], NOW)

    [(second, _)] = journal.undecided(1)
    assert second > first


def test_counting_the_outbox_reads_an_index_only(engine: Engine) -> None:
    plans: list[str] = []
    with engine.connect() as connection:
        words = "EXPLAIN QUERY PLAN SELECT status, count(*) FROM outbox GROUP BY status"
        plans = [row[3] for row in connection.exec_driver_sql(words)]

    assert [plan for plan in plans if "COVERING INDEX" in plan] == plans


def test_a_flagged_draft_goes_with_its_mail(engine: Engine) -> None:
    fill(engine, plain("mail:7", "smtp", mail_id=7))  # type: ignore[arg-type]
    store = SqlOutbox(engine)
    item = store.claim(["smtp"], NOW)
    assert item

    store.doubt(item, replace(item, target=DRAFTS, key="urgent:mail:7"), NOW)

    with engine.connect() as connection:
        assert connection.execute(select(OUTBOX.c.mail_id)).scalars().all() == [7, 7]


# The name by which a receiver knows a repetition


async def test_the_same_number_after_a_restore_is_another_delivery(
    engine: Engine,
    serve: Serve,  # noqa: F811
) -> None:
    keys: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        keys.append(request.headers["Idempotency-Key"])
        return web.json_response({"received": keys[-1]})

    target = WebhookTarget(WebhookAccount(await serve(handler), b"s" * 32), transcript)
    one = addition_item(make_ticket(), Addition("een", "widget:abc"), 5, WEBHOOK)
    fill(engine, replace(one, after=""))
    await OutboxWorker(SqlOutbox(engine), [target], lambda: NOW).deliver_due()
    with writing(engine) as connection:
        connection.exec_driver_sql("DELETE FROM outbox")
        connection.execute(update(INSTALLATION).values(epoch="later"))
    fill(engine, replace(one, after=""))
    await OutboxWorker(SqlOutbox(engine), [target], lambda: NOW).deliver_due()

    assert keys == [f"{REFERENCE}/5", f"{REFERENCE}/5@later"]
    assert SqlOutbox(engine).counts() == {DONE: 1}


# Nothing in clear


@pytest.mark.parametrize("name", ["RT", "WEBHOOK"])
@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("http://rt.example.be/rt", False),
        ("HTTP://rt.example.be/rt", False),
        ("http://127.0.0.1.example.be/", False),
        ("http://user@rt.example.be/", False),
        ("https://rt.example.be/rt", True),
        ("http://127.0.0.1:8080/rt", True),
        ("http://localhost/rt", True),
        ("http://[::1]:8080/rt", True),
    ],
)
def test_nothing_travels_in_clear_but_within_this_machine(
    name: str, url: str, is_allowed: bool
) -> None:
    given = {f"CYBO_{name}_URL": url, "CYBO_RT_PASSWORD": "x", "CYBO_WEBHOOK_SECRET": "s" * 32}

    if is_allowed:
        read_settings(given)
    else:
        with pytest.raises(SettingsError, match=f"CYBO_{name}_URL"):
            read_settings(given)


# One poisonous turn


async def test_a_turn_that_no_table_takes_keeps_no_other_out() -> None:
    stored: list[str] = []

    class Picky:
        def record(self, turns: list[object]) -> None:
            if any(turn.text == "poison" for turn in turns):  # type: ignore[attr-defined]
                raise ValueError("value too long")
            stored.extend(turn.text for turn in turns)  # type: ignore[attr-defined]

    journal = TurnJournal(Picky())  # type: ignore[arg-type]
    for text in ("a", "poison", "b"):
        journal.note(replace(TURN, text=text))

    await journal.flush()
    journal.note(replace(TURN, text="c"))
    await journal.flush()

    assert stored == ["a", "b", "c"]
