"""Wrong tries in the database: every process counts the same, and a restart forgets none."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.engine import Engine

from bot.storage.engine import insert_into, to_column, writing
from bot.storage.tables import WRONG_TRIES
from bot.tickets.tries import WINDOW

_C = WRONG_TRIES.c


class SqlWrongTries:
    """Counts by the hour: a row for each subject and hour, however many tries there are."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def counts(self, subjects: Sequence[str], since: datetime) -> Mapping[str, int]:
        """Count the wrong tries of each subject since the hour of a moment."""
        query = (
            select(_C.subject, func.sum(_C.number))
            .where(_C.subject.in_(subjects), _C.hour >= _hour(since))
            .group_by(_C.subject)
        )
        with self._engine.connect() as connection:
            return {subject: int(number) for subject, number in connection.execute(query)}

    def note(self, subjects: Sequence[str], at: datetime) -> None:
        """Count one more for each subject, and forget what no longer counts."""
        with writing(self._engine) as connection:
            connection.execute(delete(WRONG_TRIES).where(_C.hour < _hour(at - WINDOW)))
            for subject in subjects:
                connection.execute(
                    insert_into(connection, WRONG_TRIES)
                    .values(subject=subject, hour=_hour(at), number=1)
                    .on_conflict_do_update(
                        index_elements=["subject", "hour"], set_={"number": _C.number + 1}
                    )
                )


def _hour(moment: datetime) -> datetime:
    return to_column(moment).replace(minute=0, second=0)
