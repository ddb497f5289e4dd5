"""The tutorial, followed to the letter in a project of its own; without the training."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.shell.starter import write_project

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial"
TOPIC = "cybo_licence"


def problems(project: Path, languages: tuple[str, ...] = ("en", "fr", "nl")) -> list[str]:
    """Run `cybo check` as if ``LANGUAGES`` were ``languages``."""
    program = (
        f"import bot.language; bot.language.LANGUAGES = {languages!r};"
        "from bot.shell.app import main; main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, "check", "--json"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return list(json.loads(result.stdout)["problems"])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Follow the tutorial up to the facts."""
    write_project(tmp_path)
    page = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    source, topic = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    facts = tmp_path / "data" / "guidance" / "facts.yaml"
    text = facts.read_text(encoding="utf-8")
    text = text.replace("sources:\n", f"sources:\n{source}", 1)
    text = text.replace("\nticket:\n", f"\n{topic}\nticket:\n", 1)
    facts.write_text(text, encoding="utf-8")
    return tmp_path


def with_answer(project: Path) -> Path:
    shutil.copy(TUTORIAL / "licence.yml", project / "data" / "responses")
    return project


def with_examples(project: Path, *languages: str) -> Path:
    for language in languages:
        shutil.copy(TUTORIAL / f"licence.{language}.yml", project / "data" / "nlu")
    return project


def with_german_answer(project: Path) -> Path:
    path = project / "data" / "responses" / "licence.yml"
    answers, default = path.read_text(encoding="utf-8").split("  - text:", 1)
    german = (TUTORIAL / "german.yml").read_text(encoding="utf-8")
    path.write_text(f"{answers}{german}  - text:{default}", encoding="utf-8")
    return project


def test_facts_alone_lack_an_answer_in_every_language(project: Path) -> None:
    page = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")

    found = problems(project)

    assert "\n".join(found) in page
    assert len(found) == 3


def test_an_answer_lacks_its_examples(project: Path) -> None:
    found = problems(with_answer(project))

    assert len(found) == 3
    assert all(problem.endswith("is no example") for problem in found)


def test_facts_answer_and_examples_are_complete(project: Path) -> None:
    assert problems(with_examples(with_answer(project), "en", "fr", "nl")) == []


def test_a_fourth_language_lacks_everything_but_the_answer_that_has_it(project: Path) -> None:
    with_german_answer(with_examples(with_answer(project), "en", "fr", "nl", "de"))

    found = problems(project, ("en", "fr", "nl", "de"))

    german = [problem for problem in found if "[de]" in problem]
    assert "F01 access [de]: no answer" in german
    assert not [problem for problem in german if problem.startswith(f"X01 {TOPIC}")]
