"""The texts of the desk's pages in three languages."""

import re
from typing import Any

import pytest

from bot.desk.render import read_texts
from bot.language import LANGUAGES


def flat(texts: Any, path: str = "") -> dict[str, str]:
    if not isinstance(texts, dict):
        return {path: str(texts)}
    return {k: v for key, value in texts.items() for k, v in flat(value, f"{path}.{key}").items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_stands_in_every_language_with_the_same_places(language: str) -> None:
    def places(texts: dict[str, str]) -> dict[str, list[str]]:
        return {name: sorted(re.findall(r"\{\w*\}", text)) for name, text in texts.items()}

    mine, dutch = flat(read_texts(language)), flat(read_texts("nl"))

    assert len(mine) > 50
    assert places(mine) == places(dutch)
    assert not [name for name, text in mine.items() if not text.strip() or text == "None"]
