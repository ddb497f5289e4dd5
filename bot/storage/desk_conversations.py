"""The conversations as the desk's pages look for them."""

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.engine import Engine

from bot.conversations import ConversationQuery, Found, Overview
from bot.storage.engine import to_column
from bot.storage.tables import TICKETS, TURNS


class DeskConversations:
    """Reads turns for the desk."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(
        self, query: ConversationQuery, number: int, per_page: int
    ) -> tuple[Sequence[Found], int]:
        """Give the ``number``-th page of what fits, latest first, and how many there are."""
        fitting = (
            select(func.max(TURNS.c.id).label("latest"), func.count().label("turns"))
            .where(and_(True, *_conditions(query)))
            .group_by(TURNS.c.conversation)
            .subquery()
        )
        wanted = (
            select(TURNS, fitting.c.turns)
            .join(fitting, TURNS.c.id == fitting.c.latest)
            .order_by(TURNS.c.id.desc())
            .limit(per_page)
            .offset((number - 1) * per_page)
        )
        with self._engine.connect() as connection:
            total = connection.execute(select(func.count()).select_from(fitting)).scalar_one()
            return [_found(row, row.turns) for row in connection.execute(wanted)], int(total)

    def overviews(self, query: ConversationQuery, before: int, most: int) -> Sequence[Overview]:
        """Give the latest conversations that fit and whose latest turn is below ``before``."""
        fitting = (
            select(func.max(TURNS.c.id).label("latest"))
            .where(and_(True, *_conditions(query)))
            .group_by(TURNS.c.conversation)
            .having(func.max(TURNS.c.id) < before)
            .order_by(func.max(TURNS.c.id).desc())
            .limit(most)
            .subquery()
        )
        latest, every = TURNS.alias("latest"), TURNS.alias("every")
        of_each = (
            select(
                latest,
                func.min(every.c.at).label("first_at"),
                func.max(every.c.at).label("last_at"),
                func.count(every.c.id).label("turns"),
                func.min(case((every.c.introduces, every.c.at))).label("told_at"),
            )
            .join(fitting, latest.c.id == fitting.c.latest)
            .join(every, every.c.conversation == latest.c.conversation)
            .group_by(*latest.c)
            .order_by(latest.c.id.desc())
        )
        with self._engine.connect() as connection:
            return [
                Overview(
                    row.id,
                    _utc(row.first_at),
                    _utc(row.last_at),
                    row.channel,
                    row.language,
                    int(row.turns),
                    row.outcome,
                    _utc(row.told_at) if row.told_at else None,
                )
                for row in connection.execute(of_each)
            ]

    def find(self, number: int) -> Found | None:
        """Give the conversation that a turn belongs to."""
        with self._engine.connect() as connection:
            row = connection.execute(select(TURNS).where(TURNS.c.id == number)).first()
            if row is None:
                return None
            of_conversation = select(func.count()).where(TURNS.c.conversation == row.conversation)
            return _found(row, int(connection.execute(of_conversation).scalar_one()))

    def messages(self, conversation: str) -> Sequence[str]:
        """Give what the visitor wrote, oldest first."""
        query = (
            select(TURNS.c.text).where(TURNS.c.conversation == conversation).order_by(TURNS.c.id)
        )
        with self._engine.connect() as connection:
            return [str(text) for text in connection.execute(query).scalars()]

    def tickets(self, conversation: str) -> Sequence[tuple[str, str]]:
        """Give reference and certificate owner of the tickets that came of it."""
        query = (
            select(TICKETS.c.reference, TICKETS.c.certificate_owner)
            .where(TICKETS.c.conversation == conversation)
            .order_by(TICKETS.c.id)
        )
        with self._engine.connect() as connection:
            return [
                (row.reference, row.certificate_owner or "") for row in connection.execute(query)
            ]


def _conditions(query: ConversationQuery) -> list[Any]:
    conditions = [
        column == value
        for column, value in (
            (TURNS.c.language, query.language),
            (TURNS.c.outcome, query.outcome),
            (TURNS.c.channel, query.channel),
        )
        if value
    ]
    if query.since:
        conditions.append(TURNS.c.at >= to_column(query.since))
    if query.until:
        conditions.append(TURNS.c.at < to_column(query.until))
    if query.text:
        conditions.append(func.lower(TURNS.c.text).contains(query.text.lower(), autoescape=True))
    return conditions


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=timezone.utc)


def _found(row: Any, turns: int) -> Found:
    return Found(
        row.id,
        row.conversation,
        _utc(row.at),
        row.channel,
        row.language,
        row.text,
        row.outcome,
        tuple(filter(None, row.topics.split(","))),
        int(turns),
    )
