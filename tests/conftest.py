"""The databases that tests run on, and the order in which they run side by side."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bot.storage.engine import migrate
from tests.postgresql import Postgresql, programs

TESTS = Path(__file__).parent
_MEMORY = Path("/dev/shm")
# A worker takes whole files (pytest-xdist 3.8 no longer sees groups under pytest 9.2). What takes
# longest goes first, so that none is left alone with it at the end.
_LONGEST_FIRST = (
    "test_stock_rasa.py",
    "mailbox/test_serving.py",
    "delivery/test_serving.py",
    "keeping/test_serving.py",
    "review/test_ten_messages.py",
    "triage/test_corpus.py",
    "web",
    "conversations",
)


def _place(path: Path) -> int:
    """Give a file's place in the queue."""
    relative = path.relative_to(TESTS)
    for place, name in enumerate(_LONGEST_FIRST):
        if name in (relative.as_posix(), relative.parts[0]):
            return place
    return len(_LONGEST_FIRST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest tests first."""
    items.sort(key=lambda item: _place(item.path))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """One server for all tests; without it they are skipped, on the build server they fail."""
    if programs() is None:
        message = "PostgreSQL is not installed: `apt-get install postgresql`"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        server = Postgresql.start(Path(folder))
        yield server
        server.stop()


@pytest.fixture(scope="session", autouse=True)
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Migrate one empty SQLite database a worker; every other empty one begins as its copy.

    Migrating takes a quarter of a second, in two thousand tests.
    """
    template = tmp_path_factory.mktemp("template") / "cybo.db"

    def copy_or_migrate(engine: Engine) -> None:
        name = engine.url.database or ""
        is_file = engine.dialect.name == "sqlite" and name not in ("", ":memory:")
        is_empty = is_file and not Path(name).stat().st_size
        if is_empty and template.exists():
            # Not by its name: the rights of the file stay as they are.
            Path(name).write_bytes(template.read_bytes())
        migrate(engine)
        if is_empty and not template.exists():
            with closing(sqlite3.connect(name)) as connection:
                connection.execute("VACUUM INTO ?", (str(template),))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.storage.engine.migrate", copy_or_migrate)
        yield


@pytest.fixture
def memory_path(tmp_path: Path) -> Iterator[Path]:
    """Give a folder that lies in memory, where the system has one: nothing waits for a disk."""
    if not _MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="cybo-", dir=_MEMORY) as folder:
        yield Path(folder)


@pytest.fixture
def postgresql_url(postgresql: Postgresql) -> Iterator[str]:
    """Give the address of a database of the test's own."""
    url = postgresql.new_database()
    yield url
    postgresql.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty database, once of each kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path / 'var' / 'cybo.db'}"
