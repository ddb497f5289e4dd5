"""The databases that tests run on, and the order in which they run side by side."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import Postgresql, programs

TESTS = Path(__file__).parent
# Folders whose tests share a server or a loaded model: one worker for each.
_SHARING = frozenset({"conversations", "web"})
# What takes longest goes first, so that no worker is left alone with it at the end.
_LONGEST_FIRST = (
    "test_stock_rasa.py",
    "web",
    "mailbox/test_serving.py",
    "delivery/test_serving.py",
    "keeping/test_serving.py",
    "review/test_ten_messages.py",
    "triage/test_corpus.py",
    "conversations",
)


def _group(path: Path) -> str:
    """Name what the tests of a file have to share a worker with."""
    relative = path.relative_to(TESTS)
    return relative.parts[0] if relative.parts[0] in _SHARING else relative.as_posix()


# Before xdist reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the tests over workers by what they share, the longest first."""
    rank = {name: place for place, name in enumerate(_LONGEST_FIRST)}
    groups = {item: _group(item.path) for item in items}
    items.sort(key=lambda item: rank.get(groups[item], len(rank)))
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))


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
