"""Everything of one person goes, to the last byte, and nothing of anybody else."""

import json
import os
import zlib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.keeping.receipt import Receipt
from bot.keeping.subject import NotAnAddress, Subject
from bot.shell import keeping
from bot.shell.app import app
from bot.storage import tables
from bot.storage.erase import Order, erase, find_traces
from bot.storage.purge import EVENTS
from tests.keeping.conftest import ADDRESS, NAME, NOW, House

PERSON = Subject.from_text(ADDRESS)
ORDER = Order("ERA-1", NOW, b"k" * 32)
RAW = (
    b"From: An Peeters <an.peeters@EXAMPLE.be>\r\nSubject: caf\xe9\r\n\r\n"
    b"Mijn nummer is 0475 12 34 56\x00.\r\n"
)
NEIGHBOUR = "jan.an.peeters@example.be"


@pytest.fixture
def full(house: House) -> House:
    """Put An everywhere, and beside her people whose addresses look like hers."""
    house.chat("widget:an", "Ik ben An Peeters", f"mijn adres:\n{ADDRESS}")
    house.chat("widget:jan", f"ik ben {NEIGHBOUR}", f"of {ADDRESS}.uk")
    house.thumb("widget:an", "An Peeters vindt dit niets")
    house.thumb("widget:jan", "kort")
    hers = house.ticket()
    house.note(hers, "An Peeters gebeld")
    his = house.ticket(
        conversation="widget:jan",
        certificate_email=NEIGHBOUR,
        certificate_owner="Jan",
        certificate_number="11:22:33",
    )
    house.deliver_all()
    house.note(his, f"collega van {ADDRESS.lower()}")
    house.note(his, "nogmaals gebeld")
    mail = house.mail(1, sender=ADDRESS.lower(), raw=zlib.compress(RAW), text=NAME)
    house.delivery(f"mail:{mail}", recipient=ADDRESS)
    # A colleague's mail that only mentions her, in a header that nobody reads.
    house.mail(
        2, sender="els@example.be", raw=zlib.compress(RAW.replace(b"From", b"Cc")), text="Beste"
    )
    house.mail(
        3,
        sender=NEIGHBOUR,
        raw=zlib.compress(b"From: jan.an.peeters@example.be\r\n\r\n"),
        text="Dag",
    )
    return house


def found_in(house: House) -> dict[str, int]:
    return find_traces(house.engine, house.trackers, PERSON).counts()


def test_everything_of_one_person_is_found(full: House) -> None:
    assert found_in(full) == {
        "conversations": 1,
        "turns": 2,
        "reviews": 2,
        "feedback": 1,
        "tickets": 1,
        "notes": 2,
        "mails": 2,
        "threads": 1,
        "deliveries": 2,
    }


def test_what_was_found_is_erased_and_the_rest_stays(full: House) -> None:
    erase(full.engine, full.trackers, find_traces(full.engine, full.trackers, PERSON), ORDER)

    assert not any(found_in(full).values())
    assert full.read(EVENTS.c.sender_id) == ["widget:jan", "widget:jan"]
    assert full.read(tables.TURNS.c.conversation) == ["widget:jan", "widget:jan"]
    assert full.read(tables.FEEDBACK.c.conversation) == ["widget:jan"]
    assert full.read(tables.TICKETS.c.certificate_email) == [NEIGHBOUR]
    assert full.count(tables.FILINGS) == 1
    assert full.read(tables.TICKET_NOTES.c.text) == ["nogmaals gebeld"]
    assert full.read(tables.MAIL_THREADS.c.sender) == ["els@example.be", NEIGHBOUR]
    assert full.count(tables.OUTBOX) == 1


def test_an_erased_mail_is_not_taken_for_a_new_one(full: House) -> None:
    erase(full.engine, full.trackers, find_traces(full.engine, full.trackers, PERSON), ORDER)

    assert full.read(tables.MAILS.c.uid) == [1, 2, 3]
    assert full.read(tables.MAILS.c.text) == ["", "", "Dag"]
    assert full.read(tables.MAILS.c.outcome) == ["answered"] * 3


def test_what_people_have_to_erase_elsewhere_is_listed_by_what_names_nobody(full: House) -> None:
    [reference] = [r for r in full.read(tables.TICKETS.c.reference) if "000001" in r]

    traces = find_traces(full.engine, full.trackers, PERSON)

    assert [(item.where, item.reference) for item in traces.elsewhere] == [
        ("request_tracker", reference),
        ("smtp", "<cybo.1@balans.example>"),
        ("mailbox", "UID 1 of UIDVALIDITY 1"),
        ("mailbox", "UID 2 of UIDVALIDITY 1"),
    ]


def test_what_was_never_delivered_is_listed_nowhere(house: House) -> None:
    house.ticket()

    traces = find_traces(house.engine, house.trackers, PERSON)

    assert traces.counts()["deliveries"] == 1
    assert traces.elsewhere == []


def test_a_conversation_that_goes_on_meanwhile_is_found_by_its_name(house: House) -> None:
    house.chat("widget:an", "An Peeters, zeg ik toch")

    traces = find_traces(house.engine, house.trackers, PERSON, known=["widget:an"])

    assert (traces.counts()["conversations"], traces.counts()["turns"]) == (1, 1)


def test_the_audit_log_says_how_much_went_but_not_whose(full: House) -> None:
    erase(full.engine, full.trackers, find_traces(full.engine, full.trackers, PERSON), ORDER)

    assert full.read(tables.AUDIT.c.subject) == ["ERA-1"]
    [detail] = full.read(tables.AUDIT.c.detail)
    assert json.loads(detail)["tickets"] == 1


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("an.peeters@example.be", True),
        ("<AN.PEETERS@EXAMPLE.BE>.", True),
        ("mailto:an.peeters@example.be?x", True),
        ('{"text": "adres:\\nan.peeters@example.be"}', True),
        ('{"an.peeters@example.be": 1}', True),
        ("jan.peeters@example.be", False),
        ("x.an.peeters@example.be", False),
        ("an.peeters@example.be.uk", False),
        ("an.peeters@example.berlin", False),
        ("an peeters", False),
    ],
)
def test_only_this_very_address_counts(text: str, is_named: bool) -> None:
    assert PERSON.is_named_in(text) is is_named


@pytest.mark.parametrize("text", ["An Peeters", "peeters@", "@x.be", "a b@x.be", ""])
def test_what_is_no_address_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(NotAnAddress) as refused:
        Subject.from_text(text)

    assert not text or text not in str(refused.value)


def test_only_who_has_the_key_can_link_a_receipt_to_a_person() -> None:
    names = {PERSON.pseudonym(key) for key in (b"a", b"b")}

    assert len(names) == 2
    assert Subject.from_text(f" {ADDRESS.upper()} ").pseudonym(b"a") in names
    assert ADDRESS.lower() not in repr(PERSON)
    assert Receipt("N", NOW, "s", {}, ()).as_dict()["erased_at"] == "2026-11-25T10:00:00Z"


# The command, on files


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("CYBO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CYBO_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setattr(keeping, "_TURN_S", 0)
    return tmp_path / "var"


def cybo(*words: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, ["erase", "--subject", ADDRESS, *words], input=answer)


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file()).lower()


in_files = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@in_files
def test_not_one_byte_is_left_on_the_disk(full: House, data_dir: Path) -> None:
    for table, column in ((tables.TURNS, tables.TURNS.c.id), (EVENTS, EVENTS.c.id)):
        assert full.read(column), table
    assert b"an peeters" in on_disk(data_dir)
    neighbours = on_disk(data_dir).count(NEIGHBOUR.encode())

    with full.engine.connect(), full.trackers.connect():
        result = cybo("--yes", "--json")

    assert result.exit_code == 0, result.output
    left = on_disk(data_dir).replace(NEIGHBOUR.encode(), b"")
    left = left.replace(f"{ADDRESS}.uk".lower().encode(), b"")
    for personal in (b"an peeters", b"an.peeters@example.be", b"0475", b"4a:7f:02"):
        assert personal not in left
    assert 0 < on_disk(data_dir).count(NEIGHBOUR.encode()) <= neighbours


@in_files
def test_the_receipt_is_printed_and_kept_and_names_nobody(full: House, data_dir: Path) -> None:
    printed = json.loads(cybo("--yes", "--json").stdout)

    kept = json.loads((data_dir / "receipts" / f"{printed['receipt']}.json").read_text())
    assert {**kept, "dry_run": False} == printed
    assert kept["receipt"].startswith("ERA-")
    assert kept["erased"]["tickets"] == 1
    assert {"where": "mailbox", "reference": "UID 1 of UIDVALIDITY 1"} in kept["elsewhere"]
    assert "peeters" not in json.dumps(kept).lower()
    assert full.read(tables.AUDIT.c.subject) == [kept["receipt"]]


@in_files
@pytest.mark.parametrize(
    ("words", "answer", "code"), [(["--dry-run"], "", 0), ([], "n\n", 1), ([], "", 1)]
)
def test_nothing_goes_before_somebody_says_yes(
    full: House, data_dir: Path, words: list[str], answer: str, code: int
) -> None:
    before = found_in(full)

    result = cybo(*words, answer=answer)

    assert result.exit_code == code
    assert "tickets" in result.stdout
    assert found_in(full) == before
    assert not (data_dir / "receipts").exists()


@in_files
def test_yes_is_enough(full: House, data_dir: Path) -> None:
    result = cybo(answer="y\n")

    assert result.exit_code == 0
    assert "Receipt ERA-" in result.stdout
    assert not any(found_in(full).values())


@in_files
def test_somebody_unknown_gets_no_receipt(house: House, data_dir: Path) -> None:
    result = cybo("--yes", "--json")

    printed: dict[str, Any] = json.loads(result.stdout)
    assert (printed["receipt"], set(printed["erased"].values())) == ("", {0})
    assert not house.count(tables.AUDIT)


@in_files
def test_what_a_running_turn_writes_meanwhile_goes_as_well(
    full: House, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer_a_message(seconds: float) -> None:
        full.chat("widget:an", "An Peeters, nog steeds")

    monkeypatch.setattr(keeping.time, "sleep", answer_a_message)

    printed = json.loads(cybo("--yes", "--json").stdout)

    assert printed["erased"]["turns"] == 3
    assert full.read(EVENTS.c.sender_id) == ["widget:jan", "widget:jan"]
    assert b"an peeters" not in on_disk(data_dir)
