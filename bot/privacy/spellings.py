"""One spelling for the many ways in which the same digit, letter or dash is typed.

Word turns hyphens into dashes, Asian keyboards type full-width digits, PDF files copy
no-break blanks. Every character stays one character, so a place in the result is the same
place in the text.
"""

import unicodedata

# Hyphens, dashes and minus signs beyond Unicode's own class of dashes.
_DASHES = frozenset("\u2043\u2212\u02d7\u00ad\uff70\u30fc")
# What may be learnt: beyond these planes hardly anybody types.
_MAX_KNOWN = 0x20000


class _Spellings(dict[int, int]):
    """Learns the plain spelling of a character when it first comes by."""

    def __missing__(self, code: int) -> int:
        plain = ord(_plain(chr(code)))
        if code < _MAX_KNOWN:
            self[code] = plain
        return plain


_SPELLINGS = _Spellings()


def plainly_spelt(text: str) -> str:
    """Write digits, dashes, blanks and letters of odd shapes as ASCII; the length stays."""
    return text if text.isascii() else text.translate(_SPELLINGS)


def _plain(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category == "Pd" or character in _DASHES:
        return "-"
    if category == "Zs":
        return " "
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if len(compatible) == 1 and compatible.isascii() else character
