"""What the desk closes in its own tool is closed here too."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.delivery.outbox import TryLater
from bot.delivery.status_watch import StatusWatch
from bot.storage import SqlTicketStore, open_database
from bot.storage.tables import TICKETS
from tests.delivery.conftest import make_ticket

NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)


class Tool:
    """The desk's tool, as far as the watch asks it."""

    def __init__(self) -> None:
        self.statuses: dict[str, str] = {}
        self.asked: list[str] = []
        self.is_away = False

    async def status(self, reference: str) -> str | None:
        if self.is_away:
            raise TryLater("away")
        self.asked.append(reference)
        return self.statuses.get(reference)


@pytest.fixture
def store(tmp_path: Path) -> SqlTicketStore:
    store = SqlTicketStore(open_database(f"sqlite:///{tmp_path / 'cybo.db'}"))
    for owner in ("An Peeters", "Jan Maes", "Lies Claes"):
        store.open(make_ticket(certificate_owner=owner).draft, now=NOW)
    return store


async def test_a_ticket_that_is_closed_there_is_closed_here_and_not_asked_for_again(
    store: SqlTicketStore,
) -> None:
    first, second, third = store.open_references()
    tool = Tool()
    tool.statuses = {first: "resolved", second: "in_progress"}
    watch = StatusWatch(tool, store, lambda: NOW + timedelta(days=1), pause_s=0)

    assert await watch.look() == 2
    assert await watch.look() == 0

    assert tool.asked == [first, second, third, second, third]
    with store._engine.connect() as connection:
        rows = connection.execute(select(TICKETS).order_by(TICKETS.c.id)).all()
    assert [(row.status, row.closed_at) for row in rows] == [
        ("resolved", datetime(2026, 11, 25, 10)),
        ("in_progress", None),
        ("new", None),
    ]


async def test_a_tool_that_is_away_changes_nothing(store: SqlTicketStore) -> None:
    tool = Tool()
    tool.is_away = True

    with pytest.raises(TryLater):
        await StatusWatch(tool, store, lambda: NOW, pause_s=0).look()

    assert len(store.open_references()) == 3
