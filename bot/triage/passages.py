"""A mail's prose in passages, as much as the reader takes in at once, and in sentences."""

import re
from collections.abc import Iterator
from itertools import islice

MOST_CHARS = 700
"""Of a passage: some 200 pieces. What belongs together in a mail seldom stands further apart."""

MOST_SENTENCES = 40
"""Of a mail whose questions are looked for: two pages."""

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s{1,9}")
_MARK_OF_A_LIST = re.compile(r"[\s>*•–-]{0,9}(?:\(?[1-9a-h][.)]\s{1,9})?")
_MIN_WORDS = 3


def passages(text: str) -> Iterator[str]:
    """Cut a text between its paragraphs, else between its lines or sentences."""
    passage = ""
    for part in _parts(text.strip("\n")):
        if passage and len(passage) + len(part) > MOST_CHARS:
            yield passage
            passage = ""
        passage += part
    if passage.strip():
        yield passage


def sentences(text: str) -> list[str]:
    """Give the sentences of a text without the marks of a list; those of one or two words go."""
    parts = (part for line in text.split("\n") for part in _SENTENCE_END.split(line))
    bare = (part[_end_of_mark(part) :].strip() for part in parts)
    return list(islice((part for part in bare if len(part.split()) >= _MIN_WORDS), MOST_SENTENCES))


def _end_of_mark(part: str) -> int:
    mark = _MARK_OF_A_LIST.match(part)
    return mark.end() if mark else 0


def _parts(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        if len(paragraph) <= MOST_CHARS:
            yield paragraph + "\n\n"
            continue
        for line in paragraph.split("\n"):
            if len(line) <= MOST_CHARS:
                yield line + "\n"
                continue
            for sentence in _SENTENCE_END.split(line):
                yield from (
                    sentence[start : start + MOST_CHARS]
                    for start in range(0, len(sentence), MOST_CHARS)
                )
                yield " "
        yield "\n"
