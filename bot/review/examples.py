"""Training examples in the files of `data/nlu/`, read and added line by line.

A YAML writer would lay out the whole file anew; a line added leaves the rest as people
wrote it, and its patch shows nothing else.
"""

import re
from collections.abc import Iterator, Sequence

from bot.understanding.text import clean

_INTENT = "- intent: "
_EXAMPLE = "    - "
# What follows would make Rasa read an entity out of "[number](0475)".
_ANNOTATION = re.compile(r"\](?=[({])")


def as_example(text: str) -> str:
    """Write a message as one line that YAML and Rasa take for plain words."""
    line = " ".join(clean(text).split())
    visible = "".join(character for character in line if character.isprintable())
    return _ANNOTATION.sub("] ", visible).lstrip("-*# ")


def examples_in(content: str) -> Iterator[tuple[str, str]]:
    """Give intent and text of every example in a file."""
    intent = ""
    for line in content.splitlines():
        if line.startswith(_INTENT):
            intent = line.removeprefix(_INTENT).strip()
        elif line.startswith(_EXAMPLE):
            yield intent, line.removeprefix(_EXAMPLE)


def has_intent(content: str, intent: str) -> bool:
    """Say whether a file holds the examples of an intent."""
    return f"{_INTENT}{intent}" in content.splitlines()


def add_examples(content: str, intent: str, texts: Sequence[str]) -> str:
    """Add examples at the end of the intent's block. The file must hold the intent."""
    lines = content.splitlines()
    end = lines.index(f"{_INTENT}{intent}") + 1
    while end < len(lines) and not lines[end].startswith(_EXAMPLE):
        end += 1
    while end < len(lines) and lines[end].startswith(_EXAMPLE):
        end += 1
    lines[end:end] = [f"{_EXAMPLE}{text}" for text in texts]
    return "\n".join(lines) + "\n"
