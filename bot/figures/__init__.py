"""What is counted, and how it is added up and drawn."""

from bot.figures.counts import (
    BUCKETS_MS,
    CONVERSATION,
    DURATION,
    LONGER,
    MAIL,
    OPEN_TOPIC,
    THUMB,
    TICKET,
    TOPIC,
    TURN,
    Count,
    bucket,
    counts_of,
    percentile,
)

__all__ = [
    "BUCKETS_MS",
    "CONVERSATION",
    "DURATION",
    "LONGER",
    "MAIL",
    "OPEN_TOPIC",
    "THUMB",
    "TICKET",
    "TOPIC",
    "TURN",
    "Count",
    "bucket",
    "counts_of",
    "percentile",
]
