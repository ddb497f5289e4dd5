"""Numbers in words, as digits: "eenendertig", "trente et un" and "thirty-one" are 31.

Nobody says in which language a value is written, so each is tried; the words that are left
over tell which one fits.
"""

import re
from collections.abc import Callable, Mapping

from text_to_num import alpha2digit

from bot.details.model import InvalidDetail
from bot.language import LANGUAGES

# What text2num and dateparser get at most: a value is a few words.
MAX_WORDS_CHARS = 80
_PIECE = re.compile(r"[^,;]{1,4000}|[,;]")
_LETTER = re.compile(r"[^\W\d_]")
# text2num wants the accents that `fold` takes off, and Dutch thousands apart.
_DUTCH_TREMA = re.compile(r"(twee|drie)en(?=[tdvzn])")
_DUTCH_THOUSAND = re.compile(r"duizend(?=[a-z])")
_FRENCH_ACCENTS = re.compile(r"(?<![a-z])zero(?![a-z])|ieme(?![a-z])")
_ENGLISH_ZERO = re.compile(r"(?<![a-z'])oh(?![a-z])")


def with_digits(words: str) -> list[str]:
    """Give the words with digits for number words, the language that explains most first.

    ``words`` are folded. The last is the words themselves; longer pieces between commas
    than ``MAX_WORDS_CHARS`` stay as they are.
    """
    read = {words: len(words)}
    for language in LANGUAGES:
        digits = "".join(
            _digits(piece, language) if len(piece) <= MAX_WORDS_CHARS else piece
            for piece in _PIECE.findall(words)
        )
        read.setdefault(digits, len(_LETTER.findall(digits)))
    return sorted(read, key=lambda digits: read[digits])


def first_accepted(words: str, parse: Callable[[str], str]) -> str:
    """Give the value of the first reading of ``words`` that ``parse`` accepts.

    Raises: InvalidDetail, the refusal of the reading that explains most.
    """
    readings = with_digits(words)
    for digits in readings:
        try:
            return parse(digits)
        except InvalidDetail:
            continue
    return parse(readings[0])


def _digits(piece: str, language: str) -> str:
    # Threshold 0: "een juli" and "le premier juillet" are numbers too.
    return str(alpha2digit(_SPELLINGS[language](piece), language, 0))


def _dutch(words: str) -> str:
    return _DUTCH_THOUSAND.sub("duizend ", _DUTCH_TREMA.sub("\\1ën", words))


def _french(words: str) -> str:
    return _FRENCH_ACCENTS.sub(lambda found: "ième" if found[0] == "ieme" else "zéro", words)


def _english(words: str) -> str:
    return _ENGLISH_ZERO.sub("zero", words)


_SPELLINGS: Mapping[str, Callable[[str], str]] = {"en": _english, "fr": _french, "nl": _dutch}
