"""The migrations build exactly the tables that the code declares."""

import json
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, inspect

from bot.storage import open_database
from bot.storage.engine import connect, make_private_file, migrate, migrations, writing
from bot.storage.tables import METADATA


def _is_ours(_thing: object, name: str, kind: str, *_: object) -> bool:
    # SQLite's own, where it counts the numbers that are never used again.
    return (kind, name) != ("table", "sqlite_sequence")


def test_the_migrations_match_the_declared_tables(database_url: str) -> None:
    engine = open_database(database_url)

    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": _is_ours}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, METADATA)

    assert differences == []


def test_migrating_an_up_to_date_database_changes_nothing(database_url: str) -> None:
    engine = open_database(database_url)
    statements: list[str] = []
    event.listen(
        engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2])
    )

    migrate(engine)

    assert statements
    assert not [words for words in statements if words.startswith(("CREATE", "ALTER", "DROP"))]
    assert set(METADATA.tables) < set(inspect(engine).get_table_names())


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", 1)])
def test_sqlite_lets_readers_through_and_keeps_filings_with_their_tickets(
    tmp_path: Path, pragma: str, value: object
) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'cybo.db'}")

    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_database_in_memory_leaves_no_file_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The mails' reader has one, and stands where nothing may be written.
    monkeypatch.chdir(tmp_path)

    make_private_file("sqlite://")

    assert list(tmp_path.iterdir()) == []


def test_deliveries_of_before_learn_what_they_belong_to(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'cybo.db'}")
    config = migrations()
    reference = "CYB-2026-000123-8"
    payload = json.dumps({"mail_id": 7, "conversation": "mail:abc"}).encode()
    keys = [
        f"webhook:{reference}",
        f"webhook:{reference}/3",
        f"letter:4:{reference}",
        "mail:7",
        "urgent:mail:7",
        "desk:1",
    ]
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        connection.exec_driver_sql(
            "INSERT INTO tickets VALUES (1, ?, 'f', 'new', '2026-11-24', 'c', 'web', 'nl', "
            "'', '', '', '', NULL)",
            (reference,),
        )
        connection.exec_driver_sql(
            "INSERT INTO ticket_notes VALUES (3, 1, '2026-11-24', 'requester', 'addition', 'x')"
        )
        for key in keys:
            connection.exec_driver_sql(
                "INSERT INTO outbox (target, key, recipient, payload, status, tries, "
                "next_try_at, error, created_at) VALUES ('t', ?, '', ?, 'pending', 0, "
                "'2026-11-24', '', '2026-11-24')",
                (key, payload),
            )

    migrate(engine)

    with engine.connect() as connection:
        items = connection.exec_driver_sql(
            "SELECT reference, note_id, mail_id FROM outbox ORDER BY id"
        ).all()
        notes = connection.exec_driver_sql("SELECT mail_id, conversation FROM ticket_notes").all()
    assert items == [
        (reference, None, None),
        (reference, 3, 7),
        (reference, None, None),
        (None, None, 7),
        (None, None, 7),
        (None, None, None),
    ]
    assert notes == [(7, "mail:abc")]
