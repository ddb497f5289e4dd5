"""Texts are set as each language sets them: blanks that do not break, quotes and apostrophes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.guidance.consistency import variation
from bot.language import LANGUAGES
from bot.shell.project import read_responses
from bot.texts import DESK, FOLDER, read_texts

ROOT = Path(__file__).parents[2]
# In French « : ; ? ! » follow a blank that no line may be broken at.
_BREAKS = re.compile(r"[^\s:;?!-] [:;?!](?=[\s)”’]|$)|« | »")
# What stands in doubled braces is JSON.
_TYPED = re.compile(r"\w'\w|\"(?![^{]*}})")


def strings(value: object) -> Iterator[str]:
    """Give every text of a parsed YAML value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Give what visitors and the desk read, each with the place where it stands."""
    for name, variations in read_responses(ROOT / "data").items():
        found = variation(variations, language) or {}
        title = (found.get("metadata") or {}).get("title") or ""
        for text in (*strings(found.get("text")), *strings(found.get("buttons")), title):
            yield name, text
    for folder in (FOLDER, DESK):
        for section, found in read_texts(language, folder).items():
            for text in strings(dict(found)):
                yield section, text


def written_in_code() -> Iterator[tuple[str, str]]:
    """Give every text of the package's modules that is no docstring."""
    for file in (ROOT / "bot").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        spoken = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
        for node in ast.walk(tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if is_text and node not in spoken:
                yield f"{file.name}:{node.lineno}", node.value


def test_no_line_of_french_is_broken_before_its_mark() -> None:
    assert [found for found in texts("fr") if _BREAKS.search(found[1])] == []


def test_no_line_of_french_in_code_is_broken_before_its_mark() -> None:
    french = [(place, text) for place, text in written_in_code() if re.search("[éèàçê]", text)]

    assert [found for found in french if _BREAKS.search(found[1])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_begins_with_a_sentence_of_25_words_at_most(language: str) -> None:
    firsts = {
        name: re.split(r"(?<=[.!?:])\s", text, maxsplit=1)[0]
        for name, variations in read_responses(ROOT / "data").items()
        if "faq/" in name and (text := (variation(variations, language) or {}).get("text"))
    }

    assert len(firsts) > 50
    assert {n: s for n, s in firsts.items() if len(re.findall(r"\S*\w\S*", s)) > 25} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_has_110_words_at_most(language: str) -> None:
    lengths = {
        name: sum(any(map(str.isalpha, word)) for word in text.split())
        for name, variations in read_responses(ROOT / "data").items()
        if "faq/" in name and (text := (variation(variations, language) or {}).get("text"))
    }

    assert {name: words for name, words in lengths.items() if words > 110} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_quotes_and_apostrophes_are_no_typewriters(language: str) -> None:
    assert [found for found in texts(language) if _TYPED.search(found[1])] == []
