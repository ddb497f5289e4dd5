"""Counters by day and language: they hold nothing personal and are kept for ever."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from bot.figures import Count
from bot.storage.tables import COUNTERS

_INSERT = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def count(connection: Connection, counted: Count) -> None:
    """Add to a counter in a transaction of the caller's."""
    insert = _INSERT[connection.dialect.name](COUNTERS)
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
