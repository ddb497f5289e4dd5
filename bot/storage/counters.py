"""Counters by day and language: they hold nothing personal and are kept for ever."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.engine import Connection, Engine

from bot.figures import Count
from bot.storage.engine import insert_into
from bot.storage.tables import COUNTERS


def count(connection: Connection, counted: Count) -> None:
    """Add to a counter in a transaction of the caller's."""
    insert = insert_into(connection, COUNTERS)
    values = {
        "day": counted.day.isoformat(),
        "language": counted.language,
        "name": counted.name,
        "key": counted.key,
        "number": counted.number,
    }
    connection.execute(
        insert.values(values).on_conflict_do_update(
            index_elements=["day", "language", "name", "key"],
            set_={"number": COUNTERS.c.number + insert.excluded.number},
        )
    )


def count_all(connection: Connection, counts: Iterable[Count]) -> None:
    """Add to many counters, always in one order: two processes never wait for each other."""
    total: Counter[tuple[date, str, str, str]] = Counter()
    for c in counts:
        total[c.day, c.language, c.name, c.key] += c.number
    for counter in sorted(total):
        count(connection, Count(*counter, number=total[counter]))


class SqlCounters:
    """Reads the counters."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def between(self, first: date, last: date) -> Sequence[Count]:
        """Give every counter of the days from ``first`` to ``last``, both included."""
        query = (
            select(COUNTERS)
            .where(COUNTERS.c.day.between(first.isoformat(), last.isoformat()))
            .order_by(COUNTERS.c.day, COUNTERS.c.language, COUNTERS.c.name, COUNTERS.c.key)
        )
        with self._engine.connect() as connection:
            return [
                Count(date.fromisoformat(row.day), row.language, row.name, row.key, int(row.number))
                for row in connection.execute(query)
            ]
