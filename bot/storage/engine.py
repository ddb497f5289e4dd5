"""Opening the database and bringing it up to date."""

from contextlib import AbstractContextManager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

_MIGRATIONS = Path(__file__).parent / "migrations"
WRITING = "cybo_writing"
"""Execution option of a connection that is going to write."""

# Long enough for a backup or another process's transaction, short enough for a visitor.
_BUSY_TIMEOUT_S = 10


def open_database(url: str) -> Engine:
    """Connect to ``url`` and apply the migrations it lacks."""
    # Errors reach logs, and what was to be written may be somebody's name: it is hidden.
    is_sqlite = url.startswith("sqlite")
    if is_sqlite:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            url,
            connect_args={"timeout": _BUSY_TIMEOUT_S},
            poolclass=NullPool,
            future=True,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin)
    else:
        engine = create_engine(url, pool_pre_ping=True, future=True, hide_parameters=True)
    migrate(engine)
    return engine


def migrate(engine: Engine) -> None:
    """Apply every migration that the database has not seen."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def writing(engine: Engine) -> AbstractContextManager[Connection]:
    """Begin a transaction that is going to write."""
    transaction: AbstractContextManager[Connection] = engine.execution_options(
        **{WRITING: True}
    ).begin()
    return transaction


def to_column(moment: datetime) -> datetime:
    """Give a moment as the tables keep it: UTC without saying so, whole seconds."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)


def _configure_sqlite(connection: Any, _record: Any) -> None:
    # SQLAlchemy, not the driver, says when a transaction begins: see _begin.
    connection.isolation_level = None
    # SQLite's own knows plain letters only: É would be another letter than é.
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    # Readers do not wait for writers, and a committed ticket survives a power cut.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _lower(text: str | None) -> str | None:
    return text.lower() if isinstance(text, str) else text


def _begin(connection: Connection) -> None:
    # A writer takes the lock at once, so that two tickets never read the same number;
    # a reader takes none and waits for nobody.
    is_writer = connection.get_execution_options().get(WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")
