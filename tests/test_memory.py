"""What the C library is told; what comes of it is held by a minute of attacks (tests/bench)."""

import ctypes
from types import SimpleNamespace

import pytest

from bot.memory import keep_little


def test_the_c_library_is_told_to_keep_little(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[int, int] = {}
    library = SimpleNamespace(mallopt=told.__setitem__)
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)

    keep_little()

    # M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of <malloc.h>.
    assert told == {-8: 2, -3: 1024**2, -1: 4 * 1024**2}


def test_where_the_c_library_has_no_such_switch_nothing_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace())

    keep_little()
