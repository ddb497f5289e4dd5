"""What is counted, and under which names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.turns import UNANSWERED, TurnRecord

CONVERSATION, TURN, TOPIC, OPEN_TOPIC, DURATION = (
    "conversation",
    "turn",
    "topic",
    "open_topic",
    "duration",
)
TICKET, MAIL, THUMB = "ticket", "mail", "thumb"
BUCKETS_MS = (5, 10, 20, 50, 100, 250, 1000)
"""Upper ends, in milliseconds; what takes longer counts under ``LONGER``."""
LONGER = "longer"


@dataclass(frozen=True)
class Count:
    """So many of something on a day, in UTC. ``key``: which kind of it.

    ``conversation``, ``ticket``: the channel. ``turn``, ``mail``: the outcome. ``topic``:
    the topic answered, ``open_topic``: the likeliest one of a message without an answer.
    ``thumb``: up or down. ``duration``: the bucket.
    """

    day: date
    language: str
    name: str
    key: str
    number: int = 1


def counts_of(turn: TurnRecord) -> Iterator[Count]:
    """Give what one turn adds, its conversation excepted."""
    day, language = turn.at.date(), turn.language
    yield Count(day, language, TURN, turn.outcome)
    yield Count(day, language, DURATION, bucket(turn.ms))
    if turn.outcome == "answer":
        for topic in turn.topics:
            yield Count(day, language, TOPIC, topic)
    elif turn.outcome in UNANSWERED:
        yield Count(day, language, OPEN_TOPIC, turn.topics[0] if turn.topics else turn.outcome)


def bucket(ms: float) -> str:
    """Name the bucket of a duration."""
    return next((str(end) for end in BUCKETS_MS if ms <= end), LONGER)


def percentile(durations: Sequence[Count], share: float) -> str | None:
    """Name the bucket below which ``share`` (0 to 1) of the durations lie; None without any."""
    by_bucket = {str(end): 0 for end in BUCKETS_MS} | {LONGER: 0}
    for counted in durations:
        by_bucket[counted.key] += counted.number
    total, so_far = sum(by_bucket.values()), 0
    for name, number in by_bucket.items():
        so_far += number
        if total and so_far >= share * total:
            return name
    return None
