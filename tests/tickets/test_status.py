"""Which step a ticket may take."""

import pytest

from bot.tickets.status import CLOSED, NEXT, STATUSES, StatusChange


@pytest.mark.parametrize(
    ("before", "after", "is_possible"),
    [
        ("new", "in_progress", True),
        ("new", "resolved", False),
        ("in_progress", "resolved", True),
        ("in_progress", "rejected", True),
        ("in_progress", "new", False),
        ("resolved", "in_progress", True),
        ("resolved", "rejected", False),
        ("gone", "new", False),
    ],
)
def test_a_step_follows_from_where_the_ticket_stands(
    before: str, after: str, *, is_possible: bool
) -> None:
    assert StatusChange(before, after).is_possible is is_possible


def test_every_status_leads_somewhere() -> None:
    assert set(NEXT) == set(STATUSES)
    assert all(NEXT[status] for status in STATUSES)
    assert set(CLOSED) <= set(STATUSES)


def test_a_change_is_read_as_it_was_written() -> None:
    change = StatusChange("new", "in_progress", is_informed=True, words='Tot {morgen}, "hé"\n')

    assert StatusChange.from_text(change.to_text()) == change
