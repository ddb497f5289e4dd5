"""What was given out is not given out again, and what was erased is gone."""
# ruff: noqa: F811 (fixtures of another package)

import base64
import json
import os
import threading
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.engine import Engine
from typer.testing import CliRunner

from bot.channels import sessions as sessions_module
from bot.channels.sessions import KeyMissing, Sessions, read_key, signing_key
from bot.delivery.outbox import PARKED, PENDING, Item
from bot.keeping.decoded import readings
from bot.keeping.subject import Subject, erased_marks
from bot.keys import CHAT_SESSIONS, ERASURES, MAIL_THREADS, TICKET_CODES, derived
from bot.settings import SettingsError, read_settings
from bot.shell import keeping
from bot.shell.app import app
from bot.storage import SqlMailStore, SqlOutbox, SqlTicketStore, open_database, swap, tables
from bot.storage import erase as erase_module
from bot.storage.backup import Installation, back_up
from bot.storage.engine import writing
from bot.storage.erase import Order, erase, find_traces
from bot.storage.history import RESTORED, keep_up
from bot.storage.outbox import queue
from bot.storage.purge import EVENTS
from bot.storage.restore import restore
from bot.tickets.code import TicketCodes
from bot.tickets.model import Addition
from bot.triage.mail import Mail
from bot.triage.records import ANSWERED, IGNORED, LEFT, Settlement
from bot.triage.threads import ThreadMarks
from tests.channels.fakes import FakeClock
from tests.keeping.conftest import ADDRESS, DRAFT, NOW, House, house  # noqa: F401 (a fixture)
from tests.keeping.test_purge import purged

KEY, OTHER = b"k" * 32, b"o" * 32
PERSON = Subject.from_text(ADDRESS)
LATER = NOW + timedelta(hours=1)


# Putting a backup back


def sqlite(folder: Path) -> Engine:
    return open_database(f"sqlite:///{folder}/cybo.db")


def open_for(engine: Engine, owner: str, *targets: str) -> str:
    draft = replace(DRAFT, conversation=f"widget:{owner}", certificate_owner=owner)
    return SqlTicketStore(engine, targets).open(draft, now=NOW)[0].reference


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """Give a folder with a backup beside it, made before Ann opened her ticket."""
    installation = Installation(tmp_path / "var", tmp_path / "retention.yml")
    engine = sqlite(installation.data_dir)
    open_for(engine, "zero", "webhook")
    SqlMailStore(engine, "desk").register(1, [1], NOW)
    back_up(installation, tmp_path / "backup.tar.gz", NOW, "0.1")
    engine.dispose()
    return installation


def put_back(installation: Installation) -> Engine:
    archive = installation.data_dir.parent / "backup.tar.gz"
    restore(installation, archive, LATER, force=True)
    return sqlite(installation.data_dir)


def test_a_restore_gives_no_reference_to_a_second_person(installation: Installation) -> None:
    anns = open_for(sqlite(installation.data_dir), "ann")

    engine = put_back(installation)

    assert open_for(engine, "bob") != anns


def test_references_jump_even_beyond_what_came_since_the_backup(
    installation: Installation,
) -> None:
    engine = sqlite(installation.data_dir)
    with writing(engine) as connection:
        connection.execute(update(tables.TICKET_NUMBERS).values(last_number=123_456))
    anns = open_for(engine, "ann")
    keep_up(engine, installation.data_dir, NOW)
    engine.dispose()
    # The disk with the newer database is lost, what lies beside it is not.
    (installation.data_dir / "cybo.db").write_bytes(b"")

    bobs = open_for(put_back(installation), "bob")

    assert "123457" in anns
    assert bobs > anns


def test_numbers_of_mails_additions_and_deliveries_jump_too(installation: Installation) -> None:
    engine = put_back(installation)
    before = _next_numbers(engine)

    assert min(before) > 10_000


def _next_numbers(engine: Engine) -> list[int]:
    store = SqlTicketStore(engine, ["webhook"])
    [ticket] = store.list()
    store.add(ticket.reference, Addition("x", "widget:zero"), now=NOW)
    SqlMailStore(engine, "desk").register(2, [1], NOW)
    with engine.connect() as connection:
        return [
            max(connection.execute(select(table.c.id)).scalars())
            for table in (tables.MAILS, tables.OUTBOX, tables.TICKET_NOTES)
        ]


def test_what_may_have_left_since_the_backup_is_set_aside(
    installation: Installation, tmp_path: Path
) -> None:
    """What a target knows again leaves once more; what it does not is for people."""
    engine = sqlite(installation.data_dir)
    with writing(engine) as connection:
        queue(connection, Item("smtp", "mail:9", "x@example.be", b"words"), NOW)
    (tmp_path / "backup.tar.gz").unlink()
    back_up(installation, tmp_path / "backup.tar.gz", NOW, "0.1")
    engine.dispose()

    items = SqlOutbox(put_back(installation)).open_items()

    assert {i["target"]: i["status"] for i in items} == {"webhook": PENDING, "smtp": PARKED}


def test_mails_that_lie_there_at_a_restore_are_left_to_people(
    installation: Installation,
) -> None:
    engine = put_back(installation)
    journal = SqlMailStore(engine, "desk")

    # Answered since the backup, and the journal knows nothing of it any more.
    assert journal.register(1, [2, 3], LATER) == 2
    assert journal.undecided(1) == []
    assert journal.counts() == {(LEFT, RESTORED): 3}
    journal.register(1, [4], LATER)

    assert [uid for _, uid in journal.undecided(1)] == [4], "that one came afterwards"


def test_an_empty_mailbox_after_a_restore_is_looked_at_once_too(
    installation: Installation,
) -> None:
    journal = SqlMailStore(put_back(installation), "desk")

    journal.register(1, [], LATER)
    journal.register(1, [2], LATER)

    assert [uid for _, uid in journal.undecided(1)] == [2]


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_a_database_put_back_by_its_own_tools_is_noticed(house: House, tmp_path: Path) -> None:
    assert not keep_up(house.engine, tmp_path, NOW)
    with house.engine.connect() as connection:
        dump = connection.execute(select(tables.INSTALLATION)).one()._mapping
    first = house.ticket().reference
    assert not keep_up(house.engine, tmp_path, NOW)
    with writing(house.engine) as connection:
        connection.execute(update(tables.INSTALLATION).values(dict(dump)))
        connection.execute(delete(tables.TICKETS))
        connection.execute(delete(tables.TICKET_NUMBERS))
        connection.execute(delete(tables.OUTBOX))

    assert keep_up(house.engine, tmp_path, NOW)

    assert house.ticket().reference > first
    [epoch] = house.read(tables.OUTBOX.c.epoch)
    assert epoch, "an idempotency key of before is none of afterwards"
    assert not keep_up(house.engine, tmp_path, NOW), "once is enough"


def test_a_restore_that_was_cut_off_is_completed_by_the_next_start(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir = installation.data_dir
    (data_dir / "trackers.db").write_bytes(b"of a later time")
    real: Callable[..., None] = os.replace
    left = iter([True])  # the journal is written, no file is in place yet

    def die(source: Any, target: Any) -> None:
        if not next(left, False):
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(swap.os, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        put_back(installation)
    monkeypatch.undo()
    assert (data_dir / "restore.json").exists()

    engine = sqlite(data_dir)

    assert len(SqlTicketStore(engine).list()) == 1
    assert not (data_dir / "trackers.db").exists(), "the backup has none"
    assert not (data_dir / "restore.json").exists()
    assert not list(data_dir.glob(".restore-*"))


# Keys


def test_every_purpose_has_a_key_of_its_own() -> None:
    purposes = (CHAT_SESSIONS, TICKET_CODES, MAIL_THREADS, ERASURES)

    keys = {derived(KEY, purpose)[0] for purpose in purposes}

    assert len(keys | {KEY}) == len(purposes) + 1


def test_what_an_older_secret_signed_is_known_while_both_are_set() -> None:
    both, reference = (OTHER, KEY), "CYB-2026-000123-8"
    session = Sessions(KEY, 60, FakeClock()).issue("widget:x")
    old, marks = ThreadMarks(KEY, "x.be"), ThreadMarks(both, "x.be")
    mail = Mail("", "", "", (), f"Re: x {old.tag('abcdefgh')}", None, {}, "")

    assert Sessions(both, 60, FakeClock()).read(session) == "widget:x"
    assert TicketCodes(both).is_among((TicketCodes(KEY).code(reference),), reference)
    assert marks.threads_of(mail) == ["abcdefgh"]
    assert TicketCodes(both).code(reference) == TicketCodes(OTHER).code(reference)
    assert Sessions(OTHER, 60, FakeClock()).read(session) is None


def test_two_secrets_stand_in_one_setting() -> None:
    given = f"{'a' * 32}, {'b' * 32}"

    assert signing_key(read_settings({"CYBO_SESSION_KEY": given})) == (b"a" * 32, b"b" * 32)


@pytest.mark.parametrize("given", ["short", f"{'a' * 32},short", ",".join(["a" * 32] * 3)])
def test_a_secret_that_is_too_short_or_one_too_many_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match="CYBO_SESSION_KEY"):
        read_settings({"CYBO_SESSION_KEY": given})


def test_processes_that_share_a_database_need_a_common_secret() -> None:
    settings = read_settings({"CYBO_DATABASE_URL": "postgresql://cybo@127.0.0.1/cybo"})

    with pytest.raises(KeyMissing, match="CYBO_SESSION_KEY"):
        signing_key(settings)


def test_a_full_disk_leaves_no_empty_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(sessions_module.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            read_key(tmp_path / "session.key")
    assert list(tmp_path.iterdir()) == []

    assert len(read_key(tmp_path / "session.key")) == 32


def test_processes_that_start_together_make_one_key(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(read_key(tmp_path / "session.key")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1
    assert (tmp_path / "session.key").stat().st_mode & 0o777 == 0o600


# Erasing


def part(content: bytes, kind: str = "text/plain", encoding: str = "base64") -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    body = base64.encodebytes(content) if encoding == "base64" else content
    return (
        b"From: els@example.be\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        + head.encode()
        + body
        + b"\r\n--b--\r\n"
    )


@pytest.mark.parametrize(
    "raw",
    [
        part(b"bel an.peeters@example.be"),
        part(b"bel an.peeters@example.be", "application/octet-stream"),
        part("bel an.peeters@example.be".encode("utf-16"), "text/plain; charset=utf-16"),
        part("bel an.peeters@example.be".encode("utf-16-le"), "application/octet-stream"),
        part(b"bel an=2Epeeters=40exam=\r\nple.be", encoding="quoted-printable"),
        part(b"<p>an.peeters&#64;example&period;be</p>", "text/html", "7bit"),
        part(part(b"bel an.peeters@example.be"), 'application/octet-stream; name="mail.eml"'),
        b"Subject: =?utf-8?q?voor_an=2Epeeters=40example=2Ebe?=\r\n\r\nx",
        b"Subject: =?utf-8?b?" + base64.b64encode(b"an.peeters@example.be") + b"?=\r\n\r\nx",
    ],
    ids=["base64", "bytes", "utf16", "utf16 bytes", "qp", "entities", "nested", "q", "b"],
)
def test_a_person_is_found_inside_what_is_encoded(house: House, raw: bytes) -> None:
    house.mail(1, sender="els@example.be", raw=zlib.compress(raw))
    house.mail(2, sender="els@example.be", raw=zlib.compress(part(b"niets")))

    traces = find_traces(house.engine, house.trackers, PERSON)

    assert traces.counts()["mails"] == 1
    assert any(PERSON.is_named_in(text) for text in readings(raw))


def test_a_neighbour_in_an_encoded_part_is_somebody_else(house: House) -> None:
    raw = part(b"bel jan.an.peeters@example.be")
    house.mail(1, sender="els@example.be", raw=zlib.compress(raw))

    assert not find_traces(house.engine, house.trackers, PERSON).counts()["mails"]


def test_an_answer_that_names_a_person_in_a_broken_line_is_found(house: House) -> None:
    house.delivery("letter:1", payload=b"\r\nbel an.peeters@exam=\r\nple.be", reference=None)
    wrapped = b"Content-Transfer-Encoding: quoted-printable\r\n\r\nan.peeters@exam=\r\nple.be"
    house.delivery("letter:2", payload=wrapped)

    assert find_traces(house.engine, house.trackers, PERSON).counts()["deliveries"] == 1


def settle(engine: Engine, uid: int, validity: int) -> tuple[bool, Any]:
    """Handle one mail of An's; gives whether it was known, and its row."""
    journal = SqlMailStore(engine, "desk", secret=KEY)
    journal.register(validity, [uid], NOW)
    [(mail_id, _)] = journal.undecided(validity)
    with journal.settling(mail_id, NOW) as work:
        assert work
        known = work.is_known("f" * 64)
        outcome = IGNORED if known else ANSWERED
        work.settle(
            Settlement(
                outcome,
                "duplicate" if known else "answered",
                fingerprint="f" * 64,
                sender=ADDRESS.lower(),
                text="Beste",
            )
        )
    with engine.connect() as connection:
        return known, connection.execute(
            select(tables.MAILS).where(tables.MAILS.c.id == mail_id)
        ).one()


def test_an_erased_mail_that_the_server_renumbers_is_not_answered_again(house: House) -> None:
    settle(house.engine, 1, validity=1)
    traces = find_traces(house.engine, house.trackers, PERSON)
    erase(house.engine, house.trackers, traces, Order("ERA-1", NOW, KEY))
    [mark] = house.read(tables.MAILS.c.fingerprint)

    is_known, row = settle(house.engine, 1, validity=2)

    assert mark == erased_marks(KEY, "f" * 64)[0] != "f" * 64
    assert is_known
    assert (row.outcome, row.reason, row.sender, row.text) == (IGNORED, "erased", "", "")


@pytest.mark.parametrize("origin", ["mail", "chat"])
def test_what_a_person_added_to_somebody_elses_ticket_is_found(house: House, origin: str) -> None:
    hers = house.ticket(certificate_email="els@example.be", conversation="widget:els")
    if origin == "mail":
        mail = house.mail(1, sender=ADDRESS.lower())
        addition = Addition("mijn aanvulling", "mail:thread1", mail)
    else:
        house.chat("widget:an", f"ik ben {ADDRESS}")
        addition = Addition("mijn aanvulling", "widget:an")
    SqlTicketStore(house.engine, ["webhook"]).add(hers.reference, addition, now=NOW)

    traces = find_traces(house.engine, house.trackers, PERSON)
    erase(house.engine, house.trackers, traces, Order("ERA-1", NOW, KEY))

    assert traces.counts()["notes"] == traces.counts()["deliveries"] == 1
    assert house.read(tables.TICKET_NOTES.c.text) == []
    assert house.read(tables.OUTBOX.c.target) == ["request_tracker"], "her own ticket"
    assert house.read(tables.TICKETS.c.reference) == [hers.reference]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_erasure_that_was_cut_off_leaves_a_receipt_that_says_so(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("CYBO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CYBO_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setattr(keeping, "_TURN_S", 0)
    house.ticket()
    words = ["erase", "--subject", ADDRESS, "--yes", "--json"]

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(erase_module, "erase", die)
        CliRunner().invoke(app, words)
    [begun] = (tmp_path / "var" / "receipts").glob("*.json")
    first = json.loads(begun.read_text())
    again = CliRunner().invoke(app, words)

    assert (first["state"], first["erased"]["tickets"]) == ("begun", 1)
    assert first["receipt"] in again.output
    receipts = [json.loads(p.read_text()) for p in begun.parent.glob("*.json")]
    assert sorted(r["state"] for r in receipts) == ["begun", "done"]


# Retention


def test_a_conversation_without_end_loses_its_old_messages(house: House) -> None:
    for days in (500, 40, 31, 29, 0):
        house.chat("rest:a-robot", f"{days} dagen", days=days)

    gone = purged(house)

    assert gone["old_events"] == 3
    assert "conversations" not in gone
    texts = [json.loads(data)["text"] for data in house.read(EVENTS.c.data)]
    assert sorted(texts) == ["0 dagen", "29 dagen"]


def test_a_delivery_that_was_made_goes_with_what_it_belongs_to(house: House) -> None:
    mail = house.mail(1, days=91)
    house.delivery(f"mail:{mail}", days=91)
    house.delivery(f"urgent:mail:{mail}", days=91, mail_id=mail)

    purged(house)

    assert house.count(tables.OUTBOX) == 0
