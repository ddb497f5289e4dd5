"""When one answer more is one too many."""

import pytest

from bot.triage.quotas import AnswersSoFar, Quotas, quota_reason

QUOTAS = Quotas(per_sender_hour=2, per_thread=3, per_hour=5, per_domain_hour=4)


@pytest.mark.parametrize(
    ("so_far", "reason"),
    [
        (AnswersSoFar(), ""),
        (AnswersSoFar(to_sender_hour=1, in_thread=2, in_hour=4), ""),
        (AnswersSoFar(is_known=True, in_hour=4), ""),
        (AnswersSoFar(in_hour=4), "quota_hour"),
        (AnswersSoFar(to_recipient_hour=2), "quota_recipient"),
        (AnswersSoFar(to_domain_hour=4), "quota_domain"),
        (AnswersSoFar(to_sender_hour=2), "quota_sender"),
        (AnswersSoFar(in_thread=3), "quota_thread"),
        (AnswersSoFar(in_hour=5), "quota_hour"),
        (AnswersSoFar(same_to_recipient=1), "same_answer_before"),
        (AnswersSoFar(bounced=1, to_sender_hour=9), "bounced_before"),
    ],
)
def test_the_reason(so_far: AnswersSoFar, reason: str) -> None:
    assert quota_reason(so_far, QUOTAS) == reason
