"""The migrations build exactly the tables that the code declares."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, inspect

from bot.storage import open_database
from bot.storage.engine import migrate
from bot.storage.tables import METADATA


def _is_ours(name: str | None, kind: str, parents: object) -> bool:
    # SQLite's own, beside tables whose numbers are never given again.
    return (kind, name) != ("table", "sqlite_sequence")


def test_the_migrations_match_the_declared_tables(database_url: str) -> None:
    engine = open_database(database_url)

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": _is_ours}
        )
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
