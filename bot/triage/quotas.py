"""How many automatic answers may leave: loops and floods end here (RFC 3834 §2)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quotas:
    """The most answers that may go out: to a sender in an hour, in a thread, in all an hour."""

    per_sender_hour: int = 4
    per_thread: int = 8
    per_hour: int = 200


@dataclass(frozen=True)
class AnswersSoFar:
    """What was answered already. ``same_to_sender``: this very text in the last seven days."""

    to_sender_hour: int = 0
    in_thread: int = 0
    in_hour: int = 0
    same_to_sender: int = 0
    bounced: int = 0


def quota_reason(so_far: AnswersSoFar, quotas: Quotas) -> str:
    """Say why one answer more would be too many; empty when it may go."""
    if so_far.bounced:
        return "bounced_before"
    if so_far.same_to_sender:
        return "same_answer_before"
    if so_far.to_sender_hour >= quotas.per_sender_hour:
        return "quota_sender"
    if so_far.in_thread >= quotas.per_thread:
        return "quota_thread"
    if so_far.in_hour >= quotas.per_hour:
        return "quota_hour"
    return ""
