"""How long what is kept, and purging what is due."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

CONVERSATIONS, OLD_EVENTS = "conversations", "old_events"
TURNS, REVIEWS, FEEDBACK = "turns", "reviews", "feedback"
MAILS, THREADS, TICKETS = "mails", "threads", "tickets"
PAYLOADS, DELIVERIES, DESK_SESSIONS = "payloads", "deliveries", "desk_sessions"
WRONG_TRIES, NETWORKS = "wrong_tries", "networks"
KINDS = (
    CONVERSATIONS,
    # Of conversations that go on: after those that are over, in which they would be counted.
    OLD_EVENTS,
    TURNS,
    REVIEWS,
    FEEDBACK,
    # Before what they belong to, with which they would go uncounted.
    PAYLOADS,
    DELIVERIES,
    MAILS,
    # After what they hold together.
    THREADS,
    TICKETS,
    DESK_SESSIONS,
    WRONG_TRIES,
    NETWORKS,
)
"""In the order in which they are purged."""

# A transaction of this size takes some milliseconds: no visitor waits for it.
_BATCH = 200
# Wrong tries, and the networks that tickets came from, serve limits that count by the day.
_LIMIT_DAYS = 1


@dataclass(frozen=True)
class Retention:
    """How many days each kind is kept; `retention.yml` says from when they count."""

    conversation_days: int
    mail_days: int
    ticket_days: int
    feedback_days: int
    delivery_days: int
    desk_session_days: int

    def limits(self, now: datetime) -> Mapping[str, datetime]:
        """Give the moment before which each kind is due."""
        days = {
            CONVERSATIONS: self.conversation_days,
            OLD_EVENTS: self.conversation_days,
            TURNS: self.conversation_days,
            REVIEWS: self.conversation_days,
            FEEDBACK: self.feedback_days,
            MAILS: self.mail_days,
            THREADS: self.mail_days,
            TICKETS: self.ticket_days,
            PAYLOADS: self.delivery_days,
            # Deliveries of a ticket or mail go with it; these are what is left of others.
            DELIVERIES: self.ticket_days,
            DESK_SESSIONS: self.desk_session_days,
            WRONG_TRIES: _LIMIT_DAYS,
            NETWORKS: _LIMIT_DAYS,
        }
        return {kind: now - timedelta(days=days[kind]) for kind in KINDS}


class Stock(Protocol):
    """What is kept."""

    def count(self, kind: str, before: datetime) -> int:
        """Count what is due."""

    def remove(self, kind: str, before: datetime, most: int) -> int:
        """Remove at most so many that are due, in one transaction; gives how many went."""


def count_due(stock: Stock, retention: Retention, now: datetime) -> dict[str, int]:
    """Count what a purge would remove, by kind."""
    return {kind: stock.count(kind, limit) for kind, limit in retention.limits(now).items()}


def purge(
    stock: Stock, retention: Retention, now: datetime, pause: Callable[[], None]
) -> dict[str, int]:
    """Remove what is due, batch by batch with a pause between; gives how many went, by kind."""
    gone = dict.fromkeys(KINDS, 0)
    for kind, limit in retention.limits(now).items():
        while removed := stock.remove(kind, limit, _BATCH):
            gone[kind] += removed
            pause()
    return gone
