"""How much waits for somebody."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from bot.storage.tables import REVIEWS, TICKETS


def tickets_by_status(engine: Engine) -> Mapping[str, int]:
    """Count the tickets by status."""
    query = select(TICKETS.c.status, func.count()).group_by(TICKETS.c.status)
    with engine.connect() as connection:
        return {status: int(number) for status, number in connection.execute(query)}


def waiting_reviews(engine: Engine) -> int:
    """Count the messages that no editor has looked at."""
    query = select(func.count()).where(REVIEWS.c.verdict.is_(None))
    with engine.connect() as connection:
        return int(connection.execute(query).scalar_one())
