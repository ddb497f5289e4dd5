"""What Cybo says in letters, errors, tickets, widget and help page: a file a section and language.

`<section>.<language>.yml` lie side by side, for translators; `cybo check` holds them against each
other. Answers and questions of the dialogue are responses (`data/responses/`), as Rasa has it, and
the desk's pages have their texts beside their templates, in files of the same form.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.language import LANGUAGES

FOLDER = Path(__file__).parent
DESK = FOLDER.parent / "web" / "desk" / "texts"
_PLACEHOLDER = re.compile(r"{(\w{1,60})}")

Texts = Mapping[str, Any]


class Section(Mapping[str, Texts]):
    """A section's texts by language, read when the first one is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getitem__(self, language: str) -> Texts:
        if language not in LANGUAGES:
            raise KeyError(language)
        return read_texts(language, FOLDER)[self._name]

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)


def texts(section: str) -> Section:
    """Give a section's texts by language."""
    return Section(section)


@lru_cache
def read_texts(language: str, folder: Path) -> dict[str, Texts]:
    """Read every section of a folder in one language."""
    # The core loads no parser before it has something to say.
    import yaml  # noqa: PLC0415

    return {
        path.name.split(".")[0]: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob(f"*.{language}.yml"))
    }


def check_texts() -> list[str]:
    """Hold the languages of every section against each other: the same texts, the same gaps."""
    problems = []
    for folder in (FOLDER, DESK):
        every = {language: read_texts(language, folder) for language in LANGUAGES}
        for section in sorted(set().union(*every.values())):
            missing = [language for language in LANGUAGES if section not in every[language]]
            problems += [f"{section}.{language}.yml: no such file" for language in missing]
            present = [language for language in LANGUAGES if language not in missing]
            found = {language: dict(_gaps(every[language][section])) for language in present}
            for name in sorted(set().union(*found.values())):
                differing = {language: found[language].get(name) for language in present}
                if len({*map(str, differing.values())}) > 1:
                    problems.append(f"{section}.*.yml: {name} differs: {differing}")
    return problems


def _gaps(value: Any, name: str = "") -> Iterator[tuple[str, list[str]]]:
    """Name every text, with what is filled in there."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _gaps(part, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _gaps(part, f"{name}[{number}]")
    elif value is not None:
        yield name, sorted(set(_PLACEHOLDER.findall(str(value))))
