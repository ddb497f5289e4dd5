"""Turns in the database: the text for as long as `retention.yml` says, the counts for ever."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection, Engine

from bot.figures import CONVERSATION, Count, counts_of
from bot.review import review_of
from bot.storage.counters import count_all
from bot.storage.engine import to_column, writing
from bot.storage.reviews import queue_review
from bot.storage.tables import TURNS
from bot.turns import UNANSWERED, TurnRecord


class SqlTurnStore:
    """Keeps turns in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, turns: Sequence[TurnRecord]) -> None:
        """Store turns, count them, and queue those that an editor should look at."""
        with writing(self._engine) as connection:
            counts: list[Count] = []
            for turn in turns:
                if _is_first_of_day(connection, turn):
                    day = turn.at.date()
                    counts.append(Count(day, turn.language, CONVERSATION, turn.channel))
                counts += counts_of(turn)
                self._record(connection, turn)
            count_all(connection, counts)

    def _record(self, connection: Connection, turn: TurnRecord) -> None:
        connection.execute(
            insert(TURNS).values(
                conversation=turn.conversation,
                channel=turn.channel,
                at=to_column(turn.at),
                language=turn.language,
                text=turn.text,
                outcome=turn.outcome,
                intent=turn.intent,
                topics=",".join(turn.topics),
                confidence=turn.confidence,
                ms=turn.ms,
                introduces=turn.introduces,
            )
        )
        if turn.outcome in UNANSWERED:
            queue_review(connection, review_of(turn))


def _is_first_of_day(connection: Connection, turn: TurnRecord) -> bool:
    midnight = to_column(turn.at).replace(hour=0, minute=0, second=0)
    earlier = select(TURNS.c.id).where(
        TURNS.c.conversation == turn.conversation, TURNS.c.at >= midnight
    )
    return connection.execute(earlier.limit(1)).first() is None
