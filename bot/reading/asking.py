"""The part of a message that asks something, where it gives an answer as well."""

import re
from collections.abc import Iterable

from bot.reading.model import Reading

_ANSWERING = ("affirm", "deny", "give", "correct", "skip", "add", "open")
_LIKELY = 0.5
_SENTENCE_END = re.compile(r"(?<=[.?!;])\s{1,9}|\n{1,9}")


def asking_part(text: str, reading: Reading) -> str:
    """Give the sentences of a message that ask: those that its topic is to be told by.

    "Micro, 31/12/2022. What does it cost?" is about the fees, and the more it gives, the less it
    looks like it. A message that does one thing alone stays whole.
    """
    if not reading.asks or not (reading.stated or _does(reading, _ANSWERING)):
        return text
    sentences = [part for part in _SENTENCE_END.split(text) if part.strip()]
    asking = [part for part in sentences if part.rstrip().endswith("?")]
    return " ".join(asking) if 0 < len(asking) < len(sentences) else text


def _does(reading: Reading, moves: Iterable[str]) -> bool:
    return any(reading.moves.get(move, 0.0) >= _LIKELY for move in moves)
