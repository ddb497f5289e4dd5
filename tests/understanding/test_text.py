"""Cleaning and folding of messages."""

import pytest

from bot.understanding.text import clean, fold


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  hallo  ", "hallo"),
        ("ha\u200bl\ufefflo\u202e", "hallo"),
        ("re\u0301seau", "réseau"),
        ("een\x00twee\x7f", "een twee"),
        ("regel een\nregel\ttwee", "regel een\nregel\ttwee"),
        ("\u200b", ""),
        ("👍", "👍"),
    ],
)
def test_cleaning_drops_what_cannot_be_seen(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ÉTÉ", "ete"),
        ("ete\u0301", "ete"),
        ("s’il vous plaît", "s'il vous plait"),
        ("  twee \n woorden ", "twee woorden"),
        ("Straße", "strasse"),
        ("", ""),
    ],
)
def test_folding_makes_spellings_comparable(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["ÉTÉ à l’œuvre", "İstanbul", "ﬁling", "A\u00a0B"])
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
