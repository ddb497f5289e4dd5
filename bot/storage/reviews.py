"""The review queue in the database."""

from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Engine

from bot.review import DISMISSED, Entry, ToReview
from bot.storage.engine import to_column, writing
from bot.storage.tables import REVIEWS

Embed = Callable[[list[str]], NDArray[Any]]
# Half the space of float32, and cosines stay within a thousandth.
_KEPT = np.float16
_BATCH = 32
_IS_OPEN = REVIEWS.c.verdict.is_(None)
_MAY_BE_UNDONE = (REVIEWS.c.verdict.is_not(None), REVIEWS.c.exported_at.is_(None))


def queue_review(connection: Connection, review: ToReview) -> None:
    """Queue a message in a transaction of the caller's; once, when its origin is named."""
    if review.origin:
        known = select(REVIEWS.c.id).where(REVIEWS.c.origin == review.origin)
        if connection.execute(known).first():
            return
    connection.execute(
        insert(REVIEWS).values(
            source=review.source,
            conversation=review.conversation,
            at=to_column(review.at),
            language=review.language,
            text=review.text,
            reason=review.reason,
            topics=",".join(review.topics),
            remark=review.remark,
            origin=review.origin or None,
        )
    )


def withdraw_review(connection: Connection, origin: str) -> None:
    """Take back what was queued and not yet decided on."""
    connection.execute(delete(REVIEWS).where(REVIEWS.c.origin == origin, _IS_OPEN))


class SqlReviews:
    """Keeps the queue in SQLite or PostgreSQL. ``now``: the clock."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def open_entries(
        self, *, reason: str = "", language: str = "", limit: int = 2000
    ) -> list[Entry]:
        """Give what waits for a decision, newest first."""
        query = select(REVIEWS).where(_IS_OPEN)
        if reason:
            query = query.where(REVIEWS.c.reason == reason)
        if language:
            query = query.where(REVIEWS.c.language == language)
        return self._entries(query.order_by(REVIEWS.c.id.desc()).limit(limit))

    def find(self, number: int) -> Entry | None:
        """Give a message that waits for a decision; None when it does not (any more)."""
        return next(
            iter(self._entries(select(REVIEWS).where(REVIEWS.c.id == number, _IS_OPEN))), None
        )

    def decided(self, *, limit: int = 50) -> list[Entry]:
        """Give the latest decisions that can still be undone, newest first."""
        order = REVIEWS.c.decided_at.desc(), REVIEWS.c.id.desc()
        query = select(REVIEWS).where(*_MAY_BE_UNDONE)
        return self._entries(query.order_by(*order).limit(limit))

    def to_export(self) -> list[Entry]:
        """Give the decided examples that no patch holds yet, oldest first."""
        query = select(REVIEWS).where(*_MAY_BE_UNDONE, REVIEWS.c.verdict != DISMISSED)
        return self._entries(query.order_by(REVIEWS.c.id))

    def decide(self, ids: Sequence[int], verdict: str, by: str) -> list[int]:
        """Decide on messages that nobody has decided on yet; gives those."""
        if not ids:
            return []
        with writing(self._engine) as connection:
            free = select(REVIEWS.c.id).where(REVIEWS.c.id.in_(ids), _IS_OPEN)
            found = [int(row.id) for row in connection.execute(free.with_for_update())]
            connection.execute(
                update(REVIEWS)
                .where(REVIEWS.c.id.in_(found))
                .values(verdict=verdict, decided_by=by, decided_at=to_column(self._now()))
            )
        return found

    def reword(self, number: int, text: str, language: str) -> bool:
        """Change the words of a message that waits; the former words are not kept."""
        values = {"text": text, "language": language, "vector": None}
        with writing(self._engine) as connection:
            changed = connection.execute(
                update(REVIEWS).where(REVIEWS.c.id == number, _IS_OPEN).values(**values)
            )
            return bool(changed.rowcount)

    def undo(self, ids: Sequence[int]) -> list[int]:
        """Put decided messages back in the queue, unless a patch holds them; gives those."""
        if not ids:
            return []
        with writing(self._engine) as connection:
            mine = select(REVIEWS.c.id).where(REVIEWS.c.id.in_(ids), *_MAY_BE_UNDONE)
            found = [int(row.id) for row in connection.execute(mine.with_for_update())]
            connection.execute(
                update(REVIEWS)
                .where(REVIEWS.c.id.in_(found))
                .values(verdict=None, decided_by=None, decided_at=None)
            )
        return found

    def mark_exported(self, ids: Sequence[int]) -> None:
        """Note that a patch holds these messages."""
        with writing(self._engine) as connection:
            connection.execute(
                update(REVIEWS)
                .where(REVIEWS.c.id.in_(ids))
                .values(exported_at=to_column(self._now()))
            )

    def fill_vectors(self, embed: Embed) -> int:
        """Compute the vectors of a few messages that lack one; gives how many."""
        missing = select(REVIEWS.c.id, REVIEWS.c.text).where(_IS_OPEN, REVIEWS.c.vector.is_(None))
        with self._engine.connect() as connection:
            rows = connection.execute(missing.order_by(REVIEWS.c.id.desc()).limit(_BATCH)).all()
        if not rows:
            return 0
        vectors = embed([row.text for row in rows]).astype(_KEPT)
        with writing(self._engine) as connection:
            for row, vector in zip(rows, vectors, strict=True):
                # Whoever rewords the message meanwhile gets a vector of the new words later.
                same = REVIEWS.c.id == row.id, REVIEWS.c.text == row.text
                values = {"vector": vector.tobytes()}
                connection.execute(update(REVIEWS).where(*same).values(**values))
        return len(rows)

    def _entries(self, query: Any) -> list[Entry]:
        with self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(query)]


def _entry(row: Any) -> Entry:
    vector = None if row.vector is None else np.frombuffer(row.vector, _KEPT).astype(np.float32)
    return Entry(
        row.id,
        row.at.replace(tzinfo=timezone.utc),
        row.language,
        row.text,
        row.reason,
        tuple(filter(None, row.topics.split(","))),
        row.remark,
        row.verdict or "",
        row.decided_by or "",
        row.decided_at and row.decided_at.replace(tzinfo=timezone.utc),
        vector,
    )
