"""Finding passwords, PIN codes and national register numbers in a text.

National register number: eleven digits, yymmdd-nnn-cc, where cc is 97 minus the first
nine digits modulo 97 (with a 2 before them for people born since 2000). Its use is
reserved by the act of 8 August 1983, article 8. Enterprise numbers have ten digits
and stay untouched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum.be import bis, nn

from bot.privacy.passwords import announced_spans, announces_secret, password_spans
from bot.privacy.spellings import plainly_spelt

MASK = "[***]"
"""What stands in a stored message where a secret stood."""

_BETWEEN = r"[.\s/-]{0,3}"
# As it stands on a card, and eleven digits in any groups, one by one too. Not a part of a
# longer number, nor what follows a plus sign: telephone numbers have eleven digits as well.
_GROUPED = re.compile(
    rf"(?<![\w+])\d{{2}}{_BETWEEN}\d{{2}}{_BETWEEN}\d{{2}}{_BETWEEN}\d{{3}}{_BETWEEN}\d{{2}}(?!\w)"
)
_ELEVEN_DIGITS = re.compile(
    r"(?<![\w+])(?<!\d[.\s/-])\d(?:[. \t/-]{0,3}\d){10}(?![\w:])(?![. \t/-]{1,3}\d)"
)
_ENTERPRISE_NUMBER = re.compile(r"[01]\d{3}[.\s/-]?\d{3}[.\s/-]?\d{3}(?!\d)")
# Announced by its name, an eleven-digit number is a secret even when its check digits
# are mistyped: most of the real number still stands there.
_ANNOUNCED_NATIONAL_NUMBER = re.compile(
    r"(?:rijksregister\w{0,20}|insz|registre\s{1,3}national|niss|\brr\b|\bnn\b|"
    r"(?:num[eé]ro|n°|nationaal)\s{1,3}(?:national|nummer)|"
    r"n(?:ational|at\.?)\s{1,3}(?:register|id|number)\w{0,9})"
    rf"[^\d]{{0,25}}(\d(?:{_BETWEEN}\d){{10}})(?!\d)",
    flags=re.IGNORECASE,
)
_PIN = re.compile(
    r"\b(?:pin|puk|passcode|itsme[\s-]?code)(?:[\s-]?code|[\s-]?nummer|[\s-]?number)?\b"
    r"[^\d\n]{0,25}?(?<![\d.])(\d(?:\s?\d){3,7})(?!\d|\.\d)"
    r"|\bcode\s{1,3}(?:pin|puk|secret|confidentiel)\b[^\d\n]{0,25}?(?<![\d.])(\d{4,8})(?!\d|\.\d)"
    r"|\b(?:geheime code|toegangscode|secret code|kaartcode|card code|"
    r"code (?:van|de|of) (?:mijn|ma|my|de|la|the) (?:bank)?(?:kaart|carte|card))\b"
    r"[^\d\n]{0,20}?(?<![\d.])(\d{4,8})(?!\d|\.\d)",
    flags=re.IGNORECASE,
)
_PIN_AFTER = re.compile(
    r"(?<![\d.])(\d(?:\s?\d){3,7})(?!\d|\.\d)"
    r"\s{1,3}(?:is|was|als|est|comme|as|are)\s{1,3}(?:(?:mijn|mon|my|de|le|the|het)\s{1,3})?"
    r"(?:code\s{1,3})?(?:pin|puk)",
    flags=re.IGNORECASE,
)
_ONLY_A_PIN = re.compile(r"\s{0,9}(\d(?:[\s.-]{0,3}\d){3,7})[\s.!]{0,9}")
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----")
_KEY_ENDS = re.compile(r"-----END [A-Z ]{0,40}PRIVATE KEY-----")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SINCE = re.compile(
    r"\b(?:sinds|since|depuis|in|en|van|from|de|vanaf|dès|before|voor|avant)\s{0,9}$",
    flags=re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_NO_DIGIT = re.compile(r"\D")

_Span = tuple[int, int]


@dataclass(frozen=True)
class Masked:
    """A text without its secrets, and the kinds that were taken out."""

    text: str
    kinds: frozenset[str]


def mask_secrets(text: str, *, announced: bool = False) -> Masked:
    """Replace every secret in ``text`` by ``MASK``, however its digits and dashes are typed.

    Kinds: ``national_number``, ``password``, ``pin``, ``private_key``. ``announced``: the
    message before promised a secret (``announces_secret``), so a bare value is one.
    """
    kinds: set[str] = set()
    # Each kind reads what the one before has left.
    for kind, find in _FINDERS:
        text = _masked(text, kind, find(plainly_spelt(text)), kinds)
    if announced and not kinds:
        text = _masked(text, "pin", _only_pin(plainly_spelt(text)), kinds)
        text = _masked(text, "password", announced_spans(plainly_spelt(text)), kinds)
    return Masked(text, frozenset(kinds))


def promises_secret(text: str) -> bool:
    """Say whether a message announces a secret without giving it: the next one will."""
    return announces_secret(plainly_spelt(text))


def _masked(text: str, kind: str, spans: Iterator[_Span], kinds: set[str]) -> str:
    pieces: list[str] = []
    end = 0
    for start, stop in sorted(spans):
        if start < end:
            continue
        pieces += [text[end:start], MASK]
        end = stop
        kinds.add(kind)
    return "".join([*pieces, text[end:]])


def _private_keys(text: str) -> Iterator[_Span]:
    end = 0
    while begin := _KEY_BEGINS.search(text, end):
        last = _KEY_ENDS.search(text, begin.end())
        end = last.end() if last else len(text)
        yield begin.start(), end


def _national_numbers(text: str) -> Iterator[_Span]:
    if not _DIGIT.search(text):
        return
    for match in _ANNOUNCED_NATIONAL_NUMBER.finditer(text):
        yield match.span(1)
    for match in _GROUPED.finditer(text):
        if _is_valid(match[0]) and not _is_reference(text, match.start()):
            yield match.span()
    for match in _ELEVEN_DIGITS.finditer(text):
        is_other = _ENTERPRISE_NUMBER.match(match[0]) or _is_reference(text, match.start())
        if _is_valid(match[0]) and not is_other:
            yield match.span()


def _is_reference(text: str, start: int) -> bool:
    """Say whether digits are those of a ticket: one in fifty would pass for a register number."""
    return text[max(0, start - 4) : start].strip(" -").lower().endswith("cyb")


def _pins(text: str) -> Iterator[_Span]:
    if not _DIGIT.search(text):
        return
    for match in _PIN.finditer(text):
        group = match.lastindex or 0
        between = match[0][: match.start(group) - match.start()]
        # "Mijn pincode werkt niet sinds 2024" names a year.
        if not (_YEAR.fullmatch(match[group]) and _SINCE.search(between)):
            yield match.span(group)
    for match in _PIN_AFTER.finditer(text):
        if not _YEAR.fullmatch(match[1]):
            yield match.span(1)


def _only_pin(text: str) -> Iterator[_Span]:
    if pin := _ONLY_A_PIN.fullmatch(text):
        yield pin.span(1)


def _passwords(text: str) -> Iterator[_Span]:
    return password_spans(text, MASK)


def _is_valid(number: str) -> bool:
    digits = _NO_DIGIT.sub("", number)
    return bool(nn.is_valid(digits) or bis.is_valid(digits))


_FINDERS = (
    ("private_key", _private_keys),
    ("national_number", _national_numbers),
    ("pin", _pins),
    ("password", _passwords),
)
