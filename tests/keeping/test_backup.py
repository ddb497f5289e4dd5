"""An archive made while Cybo writes, put back into an empty folder, holds the same."""

import json
import os
import sqlite3
import stat
import tarfile
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from typer.testing import CliRunner, Result

from bot.errors import HelpdeskError
from bot.shell.app import app
from bot.storage import SqlTicketStore
from bot.storage.backup import CYBO_DB, DATABASES, TRACKERS_DB, opened
from bot.storage.engine import connect, migrations, writing
from tests.keeping.conftest import DRAFT, House

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def data_dir(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the settings to the house's folder, with something of everything in it."""
    for name in [name for name in os.environ if name.startswith("CYBO_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "var"
    monkeypatch.setenv("CYBO_DATA_DIR", str(folder))
    (folder / "session.key").write_bytes(b"k" * 32)
    (folder / "receipts").mkdir()
    (folder / "receipts" / "ERA-1.json").write_text(
        json.dumps({"receipt": "ERA-1", "erased_at": "2026-01-01T00:00:00Z"})
    )
    house.chat("widget:an", "hallo", "grijs scherm")
    house.note(house.ticket(), "gebeld")
    house.deliver_all()
    house.mail(1, raw=zlib.compress(b"\x00\xff raw"))
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Point the settings to an empty folder."""

    def move() -> Path:
        monkeypatch.setenv("CYBO_DATA_DIR", str(tmp_path / "new"))
        return tmp_path / "new"

    return move


# Numbers jump at a restore, lest any be given out twice: tests/security/test_delivery.py.
_GOES_ON = {"sqlite_sequence", "ticket_numbers", "installation"}


def cybo(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def done(*words: str) -> Any:
    result = cybo(*words, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


def refusal(*words: str) -> str:
    error = cybo(*words).exception
    assert isinstance(error, HelpdeskError)
    return str(error)


def content(folder: Path) -> dict[str, list[Any]]:
    """Give every row of every table."""
    found = {}
    for name in DATABASES:
        with opened(folder / name) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables.fetchall():
                if table in _GOES_ON:
                    continue
                rows = connection.execute(f"SELECT * FROM {table}").fetchall()
                found[f"{name} {table}"] = sorted(rows, key=repr)
    return found


def changed(archive: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Write the archive again with other content."""
    with tarfile.open(archive) as tar:
        files = {m.name: tar.extractfile(m).read() for m in tar.getmembers()}  # type: ignore[union-attr]
    change(files)
    other = archive.with_name("changed.tar.gz")
    with tarfile.open(other, "w:gz") as tar:
        for name, words in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(words)
            tar.addfile(member, BytesIO(words))
    return other


def test_a_backup_restored_elsewhere_holds_the_same(
    data_dir: Path, tmp_path: Path, elsewhere: Callable[[], Path]
) -> None:
    archive = tmp_path / "backups" / "cybo.tar.gz"
    made = done("backup", str(archive))
    new = elsewhere()

    restored = done("restore", str(archive))

    assert restored == made
    assert content(new) == content(data_dir)
    assert made["rows"][CYBO_DB]["ticket_notes"] == made["rows"][CYBO_DB]["mails"] == 1
    assert made["rows"][TRACKERS_DB] == {"events": 2}
    assert (new / "session.key").read_bytes() == b"k" * 32
    assert stat.S_IMODE((new / "session.key").stat().st_mode) == 0o600
    assert (new / "receipts" / "ERA-1.json").exists()
    assert sorted(path.name for path in new.iterdir()) == [
        *(CYBO_DB, "receipts", "session.key", TRACKERS_DB)
    ]
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


def test_a_backup_taken_while_tickets_are_opened_is_of_one_moment(
    house: House, tmp_path: Path, elsewhere: Callable[[], Path]
) -> None:
    """Tickets, their filings, deliveries and the year's counter fit together in the copy."""
    stop = threading.Event()
    waits_s: list[float] = []

    def write() -> None:
        store = SqlTicketStore(house.engine, ["webhook"])
        while not stop.is_set():
            started = time.monotonic()
            draft = replace(DRAFT, conversation=f"widget:{len(waits_s)}")
            store.open(draft, now=datetime.now(timezone.utc))
            waits_s.append(time.monotonic() - started)

    writer = threading.Thread(target=write)
    writer.start()
    archives = [tmp_path / f"{number}.tar.gz" for number in range(3)]
    made = [done("backup", str(archive)) for archive in archives]
    stop.set()
    writer.join()
    new = elsewhere()

    done("restore", str(archives[-1]))

    numbers = [one["rows"][CYBO_DB]["tickets"] for one in made]
    assert numbers == sorted(numbers)
    assert numbers[0] < numbers[2]
    with opened(new / CYBO_DB) as connection:
        count = connection.execute(
            "SELECT (SELECT count(*) FROM tickets), (SELECT count(*) FROM ticket_filings), "
            # At a restore the counter jumps.
            "(SELECT count(*) FROM outbox), (SELECT last_number - 10000 FROM ticket_numbers)"
        ).fetchone()
    assert len(set(count)) == 1, count
    assert max(waits_s) < 5, "nobody waited for the backup"


def test_a_restore_overwrites_nothing_unless_forced(data_dir: Path, tmp_path: Path) -> None:
    archive = str(tmp_path / "cybo.tar.gz")
    done("backup", archive)
    before = content(data_dir)
    with opened(data_dir / CYBO_DB) as connection:
        connection.execute("UPDATE tickets SET status = 'changed'")
        connection.commit()

    assert "--force" in refusal("restore", archive)
    assert content(data_dir) != before
    done("restore", archive, "--force")

    assert content(data_dir) == before


def test_a_restore_refuses_while_cybo_runs(data_dir: Path, house: House, tmp_path: Path) -> None:
    archive = str(tmp_path / "cybo.tar.gz")
    done("backup", archive)
    before = content(data_dir)

    with house.trackers.connect():
        assert "stop Cybo" in refusal("restore", archive, "--force")

    assert content(data_dir) == before
    assert not list(data_dir.glob(".restore-*"))


def spoil_database(files: dict[str, bytes]) -> None:
    files[CYBO_DB] = files[CYBO_DB][:-1] + b"x"


def drop_file(files: dict[str, bytes]) -> None:
    del files[TRACKERS_DB]


def newer_schema(files: dict[str, bytes]) -> None:
    files["manifest.json"] = files["manifest.json"].replace(b'"schema": "0', b'"schema": "9')


def newer_format(files: dict[str, bytes]) -> None:
    files["manifest.json"] = files["manifest.json"].replace(b'"format": 1', b'"format": 2')


def leave_the_folder(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    manifest["files"]["../evil"] = manifest["files"].pop("session.key")
    files["manifest.json"] = json.dumps(manifest).encode()
    files["../evil"] = files.pop("session.key")


def lie_about_rows(files: dict[str, bytes]) -> None:
    files["manifest.json"] = files["manifest.json"].replace(b'"tickets": 1', b'"tickets": 2')


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (spoil_database, "cybo.db is damaged"),
        (drop_file, "is damaged or no backup"),
        (newer_schema, "does not know"),
        (newer_format, "format 2"),
        (leave_the_folder, "has no place"),
        (lie_about_rows, "is damaged"),
        (dict.clear, "is damaged or no backup"),
    ],
)
def test_an_archive_that_is_not_sound_changes_nothing(
    data_dir: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], words: str
) -> None:
    done("backup", str(tmp_path / "cybo.tar.gz"))
    archive = changed(tmp_path / "cybo.tar.gz", change)
    before = content(data_dir)

    assert words in refusal("restore", str(archive), "--force")

    assert content(data_dir) == before
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_a_truncated_archive_is_refused(data_dir: Path, tmp_path: Path, share: float) -> None:
    archive = tmp_path / "cybo.tar.gz"
    done("backup", str(archive))
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(len(whole) * share)])

    assert "damaged" in refusal("restore", str(archive), "--force")


def test_a_damaged_database_can_be_replaced(data_dir: Path, tmp_path: Path) -> None:
    archive = str(tmp_path / "cybo.tar.gz")
    done("backup", archive)
    before = content(data_dir)
    (data_dir / CYBO_DB).write_bytes(b"not a database at all" * 100)

    done("restore", archive, "--force")

    assert content(data_dir) == before


def test_an_older_backup_is_migrated(data_dir: Path, tmp_path: Path) -> None:
    config = migrations()
    with writing(connect(f"sqlite:///{data_dir / CYBO_DB}")) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
    archive = str(tmp_path / "cybo.tar.gz")
    assert done("backup", archive)["schema"] == "0003"

    done("restore", archive, "--force")

    with sqlite3.connect(data_dir / CYBO_DB) as restored:
        assert restored.execute("SELECT count(*) FROM ticket_notes").fetchone() == (0,)
        assert restored.execute("SELECT count(*) FROM tickets").fetchone() == (1,)


def test_who_was_erased_after_the_backup_is_named_by_receipt(
    data_dir: Path, tmp_path: Path
) -> None:
    archive = str(tmp_path / "cybo.tar.gz")
    done("backup", archive)
    (data_dir / "receipts" / "ERA-2.json").write_text(
        json.dumps({"receipt": "ERA-2", "erased_at": "2999-01-01T00:00:00Z"})
    )

    result = cybo("restore", archive, "--force")

    assert "ERA-2" in result.output
    assert "ERA-1" not in result.output


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "cybo.tar.gz").write_text("precious")

    assert "exists already" in refusal("backup", str(tmp_path / "cybo.tar.gz"))
    assert (tmp_path / "cybo.tar.gz").read_text() == "precious"


def test_where_nothing_was_kept_there_is_nothing_to_back_up(
    tmp_path: Path, elsewhere: Callable[[], Path]
) -> None:
    elsewhere()

    assert "CYBO_DATA_DIR" in refusal("backup", str(tmp_path / "cybo.tar.gz"))
    assert not (tmp_path / "cybo.tar.gz").exists()
    assert "not found" in refusal("restore", str(tmp_path / "cybo.tar.gz"))


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_with_postgresql_its_own_tools_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("CYBO_DATABASE_URL", "postgresql://cybo@127.0.0.1/cybo")

    assert "pg_dump" in refusal(command, str(tmp_path / "cybo.tar.gz"))
