"""What is remembered of conversations, and what is forgotten for it."""

import pytest
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue import recent
from bot.dialogue.recent import Known, Recent, Rows


def known(sender: str, chars: int) -> Known:
    return Known(DialogueStateTracker(sender, []), Rows(1, 1), is_out=False, chars=chars)


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> Recent:
    monkeypatch.setattr(recent, "_MAX_CHARS", 10_000)
    return Recent()


def names(remembered: Recent) -> list[str]:
    return [name for name in "abcdef" if remembered.get(name)]


def test_short_conversations_are_remembered_side_by_side(remembered: Recent) -> None:
    for name in "abcd":
        remembered.remember(known(name, 100))

    assert names(remembered) == ["a", "b", "c", "d"]


def test_a_long_one_makes_the_oldest_forgotten(remembered: Recent) -> None:
    for name in "abc":
        remembered.remember(known(name, 100))
    remembered.remember(known("a", 100))
    remembered.remember(known("d", 3_000))

    assert names(remembered) == ["a", "c", "d"]


def test_one_that_is_longer_than_all_is_remembered_alone(remembered: Recent) -> None:
    remembered.remember(known("a", 100))
    remembered.remember(known("b", 1_000_000))

    assert names(remembered) == ["b"]


def test_what_was_forgotten_or_replaced_leaves_its_room(remembered: Recent) -> None:
    for _ in range(50):
        remembered.remember(known("a", 7_000))
    remembered.forget("a")
    remembered.forget("a")
    for name in "bcde":
        remembered.remember(known(name, 100))

    assert names(remembered) == ["b", "c", "d", "e"]
