"""The texts beside the code, held against each other language by language."""

from pathlib import Path

import pytest

from bot import texts
from bot.language import LANGUAGES


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with one section in every language, without a fault."""
    for language in LANGUAGES:
        write(tmp_path, language, "greeting: Hello {name}\nsteps: [one, two]\n")
    monkeypatch.setattr(texts, "FOLDER", tmp_path)
    monkeypatch.setattr(texts, "DESK", tmp_path)
    texts.read_texts.cache_clear()
    return tmp_path


def write(folder: Path, language: str, content: str) -> None:
    (folder / f"letter.{language}.yml").write_text(content, encoding="utf-8")


def test_the_projects_texts_say_the_same_in_every_language() -> None:
    assert texts.check_texts() == []
    assert {"letter", "problems", "details"} <= set(texts.read_texts("nl", texts.FOLDER))
    assert len(texts.read_texts("nl", texts.DESK)) > 5


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("greeting: Hello\nsteps: [one, two]\n", "greeting"),
        ("steps: [one, two]\n", "greeting"),
        ("greeting: Hello {name}\nsteps: [one]\n", "steps[1]"),
        ("greeting:\nsteps: [one, two]\n", "greeting"),
    ],
)
def test_a_text_or_a_gap_that_a_language_lacks_is_found(
    folder: Path, language: str, content: str, name: str
) -> None:
    write(folder, language, content)

    found = texts.check_texts()

    assert found
    assert all(f"letter.*.yml: {name} differs" in problem for problem in found)


def test_texts_without_a_fault_give_no_problem(folder: Path) -> None:
    assert texts.check_texts() == []
