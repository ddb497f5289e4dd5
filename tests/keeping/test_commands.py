"""`cybo purge` on both databases, and PostgreSQL's own tools."""

import json
import os
import subprocess
import zlib
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import DatabaseError
from typer.testing import CliRunner

from bot.shell.app import app
from bot.storage import open_database, tables
from bot.storage.engine import writing
from bot.storage.purge import EVENTS
from tests.keeping.conftest import House
from tests.postgresql import Postgresql, program


@pytest.fixture(autouse=True)
def _settings_of_the_test(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("CYBO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CYBO_DATA_DIR", str(tmp_path / "var"))
    if house.engine.dialect.name == "postgresql":
        monkeypatch.setenv("CYBO_DATABASE_URL", str(house.engine.url))
        monkeypatch.setenv("CYBO_SESSION_KEY", "k" * 32)


def purge(*words: str) -> dict[str, object]:
    result = CliRunner().invoke(app, ["purge", "--json", *words])
    assert result.exit_code == 0, result.exception
    return dict(json.loads(result.stdout))


def test_a_dry_run_counts_and_a_purge_removes(house: House) -> None:
    # The command reads the clock: far enough in the past for any day it may run on.
    house.chat("silent", "hallo", "grijs scherm", days=1000)
    house.ticket(closed=1000, days=1001)

    counted = purge("--dry-run")
    assert house.count(tables.TICKETS) == 1
    gone = purge()

    assert counted == {**gone, "dry_run": True}
    assert gone["purged"] == {
        "conversations": 1,
        "old_events": 0,
        "turns": 2,
        "reviews": 2,
        "feedback": 0,
        "payloads": 0,
        "deliveries": 0,
        "mails": 0,
        "threads": 0,
        "tickets": 1,
        "desk_sessions": 0,
        "wrong_tries": 0,
        "networks": 0,
    }
    assert house.count(tables.TICKETS) == house.count(tables.TURNS) == 0
    assert house.read(EVENTS.c.id) == []


def test_what_went_is_shown_to_people(house: House) -> None:
    house.chat("silent", "hallo", days=1000)

    shown = CliRunner().invoke(app, ["purge"]).stdout

    assert "conversations  1" in shown


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_dump_restored_by_postgresqls_own_tools_holds_the_same(
    house: House, postgresql: Postgresql, tmp_path: Path
) -> None:
    house.chat("widget:an", "hallo")
    house.note(house.ticket(), "gebeld")
    house.mail(1, raw=zlib.compress(b"\x00\xff raw"))
    row = {"user": "els", "action": "x", "subject": "", "detail": "", "at": datetime(2026, 11, 25)}
    with writing(house.engine) as connection:
        connection.execute(insert(tables.AUDIT).values(row))
    dump = str(tmp_path / "cybo.dump")
    copy = postgresql.new_database("template1")

    here = str(house.engine.url)
    subprocess.run([program("pg_dump"), "--format=custom", f"--file={dump}", here], check=True)
    options = ("--clean", "--if-exists", "--no-owner")
    subprocess.run([program("pg_restore"), *options, f"--dbname={copy}", dump], check=True)

    restored = open_database(copy)
    for table in (*tables.METADATA.tables.values(), EVENTS):
        with house.engine.connect() as old, restored.connect() as new:
            assert new.execute(select(table)).all() == old.execute(select(table)).all()
    with pytest.raises(DatabaseError, match="append-only"), writing(restored) as connection:
        connection.execute(delete(tables.AUDIT))
    restored.dispose()
    postgresql.drop(copy)
