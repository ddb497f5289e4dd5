"""Reading the project's data files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.errors import HelpdeskError

DATA = Path("data")


class DataMissing(HelpdeskError):
    """The command does not run in the project's folder."""


def read_facts(data: Path = DATA) -> dict[str, Any]:
    """Read the fact base."""
    path = data / "guidance" / "facts.yaml"
    if not path.exists():
        raise DataMissing(
            f"{path}: not found; run this command in the project's folder, or set CYBO_PROJECT "
            "(`cybo init` writes a new project)"
        )
    return dict(_load(path))


def topic_names(facts: dict[str, Any]) -> list[str]:
    """Name the topics of the fact base."""
    return [topic["name"] for topic in facts["topics"].values()]


def read_responses(data: Path = DATA) -> dict[str, list[dict[str, Any]]]:
    """Read all responses, by name."""
    responses: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((data / "responses").glob("*.yml")):
        responses.update(_load(path)["responses"])
    return responses


def read_examples(data: Path = DATA) -> dict[str, dict[str, list[str]]]:
    """Read all training examples, by language and full intent."""
    examples: dict[str, dict[str, list[str]]] = {}
    for path in sorted((data / "nlu").glob("*.*.yml")):
        language = path.name.split(".")[-2]
        for intent, texts in _blocks(path):
            examples.setdefault(language, {}).setdefault(intent, []).extend(texts)
    return examples


def _blocks(path: Path) -> Iterator[tuple[str, list[str]]]:
    for block in _load(path)["nlu"]:
        lines = block["examples"].splitlines()
        yield block["intent"], [line.removeprefix("- ") for line in lines if line.strip()]


def _load(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 (it is safe)
