"""One word per thing: what `docs/words.md` tells not to write stands in no text."""

import re

import pytest

from bot.language import LANGUAGES
from tests.guidance.test_typography import ROOT, texts

NAMES = {"en": "English", "fr": "French", "nl": "Dutch"}


def avoided(language: str) -> list[str]:
    whole = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    table = whole.partition(f"## {NAMES[language]}\n")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| ")][2:]
    return [word.strip() for row in rows for word in row[3].split(",")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_uses_another_word_for_a_thing(language: str) -> None:
    words = [re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE) for word in avoided(language)]

    assert len(words) >= len(NAMES)
    assert [
        (place, word.pattern)
        for place, text in texts(language)
        for word in words
        if word.search(text)
    ] == []
