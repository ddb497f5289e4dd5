"""The project's documents, as tests read them: links, headings, commands."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        ROOT / "bot/starter/README.md",
        ROOT / "tests/heldout/README.md",
    ]
)
# `make docs` writes these from the code; they are not in the repository.
GENERATED = (ROOT / "docs/reference/commands.md", ROOT / "docs/reference/routes.md")

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`([^`]+)`")
# An inline span is a command when it begins as one.
_COMMAND = re.compile(
    r"(?:[A-Z_]+=\S+ )*(?:make|\.venv/bin/\w+|cybo|rasa|python -m|scripts/\w+) \S"
)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Documented:
    """A command as a document prints it, without its comment."""

    document: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        """Name it in a test's list."""
        return f"{self.document}: {' '.join(self.words)}"


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def name_of(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def links(document: Path) -> list[str]:
    """Give the addresses that a document links to, those of the web left out."""
    found = _LINK.findall(_FENCE.sub("", text_of(document)))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(document: Path) -> set[str]:
    """Give the headings as they are linked to."""
    headings = re.findall(r"^#+ (.*)$", _FENCE.sub("", text_of(document)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands() -> list[Documented]:
    """Give every command of every document once."""
    found = {
        Documented(name_of(document), words): None
        for document in DOCUMENTS
        for line in _lines(document)
        if (words := _words(line))
    }
    return list(found)


def _lines(document: Path) -> Iterator[str]:
    text = text_of(document)
    for language, body in _FENCE.findall(text):
        if language == "sh":
            yield from body.replace("\\\n", " ").splitlines()
    for span in _SPAN.findall(_FENCE.sub("", text)):
        line = " ".join(span.split())
        if _COMMAND.match(line):
            yield line


def _words(line: str) -> tuple[str, ...]:
    """Cut a line into words as a shell would, without comment and variables in front."""
    words = shlex.split(re.sub(r"\$\([^)]*\)", "SECRET", line), comments=True)
    return tuple(dropwhile(lambda word: re.match(r"[A-Z_]+=", word), words))
