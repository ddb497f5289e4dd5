"""The review queue in the database."""

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from bot.review import ToReview
from bot.storage.engine import to_column
from bot.storage.tables import REVIEWS


def queue_review(connection: Connection, review: ToReview) -> None:
    """Queue a message in a transaction of the caller's."""
    connection.execute(
        insert(REVIEWS).values(
            source=review.source,
            conversation=review.conversation,
            at=to_column(review.at),
            language=review.language,
            text=review.text,
            reason=review.reason,
            topics=",".join(review.topics),
        )
    )
