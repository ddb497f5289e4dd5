"""Opening the database and bringing it up to date."""

import os
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.pool import NullPool

from bot.storage.swap import finish

_MIGRATIONS = Path(__file__).parent / "migrations"
WRITING = "cybo_writing"
"""Execution option of a connection that is going to write."""

BUSY_TIMEOUT_S = 10
"""Long enough for a backup or another process's transaction, short enough for a visitor."""

POOL_TIMEOUT_S = 10
_CONNECT_TIMEOUT_S = 3
# A host that vanished without a word is noticed after half a minute at most.
_KEEPALIVE = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
# While people wait: no page and no turn needs a statement that takes longer.
_PATIENCE = "-c statement_timeout=15s -c lock_timeout=10s"
_OWNER_ONLY = 0o600

# Any number, the same in every process that migrates.
_MIGRATION_LOCK = 20_260_122
_INSERT = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def open_database(url: str, *, is_serving: bool = False) -> Engine:
    """Connect to ``url`` and apply the migrations it lacks.

    ``is_serving``: while people wait; then PostgreSQL gives up on a statement or a lock that
    takes longer than they would. Purging, erasing and migrating may take as long as it does.
    """
    engine = connect(url)
    migrate(engine)
    if not is_serving:
        return engine
    engine.dispose()
    return connect(url, is_serving=True)


def connect(url: str, *, is_serving: bool = False) -> Engine:
    """Connect to a database as it is."""
    if url.startswith("sqlite"):
        make_private_file(url)
        # A restore that was cut off is completed before anybody reads half of it.
        finish(Path(url.removeprefix("sqlite:///")).parent)
        engine = create_engine(
            url,
            connect_args={"timeout": BUSY_TIMEOUT_S},
            poolclass=NullPool,
            future=True,
        )
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin)
    else:
        engine = create_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=POOL_TIMEOUT_S,
            connect_args=postgresql_arguments(url, is_serving=is_serving),
            future=True,
        )
    keep_values_out_of_errors(engine)
    return engine


def make_private_file(url: str) -> None:
    """See that a SQLite database, new or old, is for its owner's eyes only.

    What SQLite keeps beside it gets the same rights from SQLite itself, once it is made anew.
    A database in memory, as the mails' reader has, is no file.
    """
    if not make_url(url).database:
        return
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Only a new file may be opened beside SQLite: closing one that is in use would let go of
    # the locks of this process (https://www.sqlite.org/howtocorrupt.html, 2.2).
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWNER_ONLY))
    for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        # Another owner's file is his to look after; -wal and -shm come and go.
        with suppress(PermissionError, FileNotFoundError):
            file.chmod(_OWNER_ONLY)


def postgresql_arguments(url: str, *, is_serving: bool) -> dict[str, Any]:
    """Give libpq's connection settings: nobody waits for ever for a server that is gone.

    What the address says itself counts. https://www.postgresql.org/docs/current/libpq-connect.html
    """
    query = make_url(url).query
    arguments: dict[str, Any] = {"connect_timeout": _CONNECT_TIMEOUT_S, **_KEEPALIVE}
    if is_serving:
        arguments["options"] = _PATIENCE
    return {name: value for name, value in arguments.items() if name not in query}


def ping(engine: Engine) -> None:
    """Ask the database for a sign of life; raises whatever ails it."""
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")


def hold_open(engine: Engine) -> Connection:
    """Keep one connection open for as long as a process serves.

    Without it SQLite would empty its write-ahead log and remove the file after every
    statement, since each one is the last to leave: ten thousand deliveries took 237 s without it.
    """
    return engine.connect()


def keep_values_out_of_errors(engine: Engine) -> None:
    """See that an error does not take what could not be written, people's words, to the log."""
    engine.hide_parameters = True
    event.listen(engine, "handle_error", _drop_detail)


def _drop_detail(context: Any) -> None:
    # PostgreSQL repeats the whole row there.
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\nDETAIL:")[0], *error.args[1:])


def migrate(engine: Engine) -> None:
    """Apply every migration that the database has not seen."""
    config = migrations()
    with engine.connect() as connection:
        if _revision(connection) == ScriptDirectory.from_config(config).get_current_head():
            return
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            # Processes that start together: the first migrates, the others find it done.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def knows_schema(revision: str) -> bool:
    """Say whether this version of Cybo has a migration of that name."""
    scripts = ScriptDirectory.from_config(migrations())
    return any(script.revision == revision for script in scripts.walk_revisions())


def _revision(connection: Connection) -> str | None:
    revision: str | None = MigrationContext.configure(connection).get_current_revision()
    return revision


def migrations() -> Config:
    """Give Alembic's configuration; its connection is an attribute to set."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def insert_into(connection: Connection, table: Table) -> Any:
    """Begin an INSERT that may say what happens ON CONFLICT."""
    return _INSERT[connection.dialect.name](table)


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
