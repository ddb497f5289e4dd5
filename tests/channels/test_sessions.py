"""Tokens that name a conversation."""

from pathlib import Path

import pytest

from bot.channels.sessions import SessionKeySpoilt, Sessions, read_key
from tests.channels.fakes import FakeClock

KEY = b"k" * 32


def test_a_token_names_its_conversation_until_it_is_too_old() -> None:
    clock = FakeClock()
    sessions = Sessions(KEY, 60, clock)
    conversation = sessions.begin()
    token = sessions.issue(conversation)

    assert sessions.read(token) == conversation
    clock.now_s += 61
    assert sessions.read(token) is None


def test_conversations_have_names_of_their_own() -> None:
    sessions = Sessions(KEY, 60, FakeClock())

    assert len({sessions.begin() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "token", ["", ".", "a.b.c.d", "1.widget:x.1000.", "é.é", "1.x.1e9.sig" * 50]
)
def test_what_is_no_token_names_nothing(token: str) -> None:
    assert Sessions(KEY, 60, FakeClock()).read(token) is None


def test_another_installations_token_names_nothing() -> None:
    token = Sessions(b"o" * 32, 60, FakeClock()).issue("widget:x")

    assert Sessions(KEY, 60, FakeClock()).read(token) is None


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "session.key"

    first, second = read_key(path), read_key(path)

    assert first == second
    assert len(first) == 32
    assert path.stat().st_mode & 0o077 == 0


def test_a_spoilt_key_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "session.key"
    path.write_bytes(b"")

    with pytest.raises(SessionKeySpoilt, match="remove it"):
        read_key(path)
