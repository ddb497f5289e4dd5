"""Turns are stored in the background, and none is forgotten when the database is away."""

from collections.abc import Sequence
from datetime import datetime, timezone

from bot.channels.journal import TurnJournal
from bot.turns import TurnRecord

TURN = TurnRecord(
    "a", "web", datetime(2026, 11, 24, tzinfo=timezone.utc), "nl", "x", "answer", "faq", (), 1.0, 1
)


class Store:
    def __init__(self) -> None:
        self.turns: list[TurnRecord] = []
        self.is_away = False

    def record(self, turns: Sequence[TurnRecord]) -> None:
        if self.is_away:
            raise OSError("no database")
        self.turns += turns


async def test_stopping_stores_what_waits() -> None:
    store = Store()
    journal = TurnJournal(store)
    await journal.start()

    journal.note(TURN)
    await journal.stop()

    assert store.turns == [TURN]


async def test_turns_wait_for_the_database_in_their_order() -> None:
    store = Store()
    journal = TurnJournal(store)
    store.is_away = True
    journal.note(TURN)
    await journal.flush()
    later = TurnRecord(**{**TURN.__dict__, "text": "later"})
    journal.note(later)

    store.is_away = False
    await journal.flush()

    assert store.turns == [TURN, later]
