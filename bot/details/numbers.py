"""Enterprise numbers and certificate numbers."""

import re

from stdnum.be import vat

from bot.details.model import InvalidDetail
from bot.details.spoken import MAX_WORDS_CHARS, first_accepted, with_digits
from bot.understanding.text import clean, fold

# Notations seen in Belgium: BE 0403.170.701, 0403170701, and without the leading zero.
# Phone numbers group their digits otherwise (02 221 30 01, 0475 12 34 56) and stay out.
# A following digit group would make it a national register number (11 digits).
ENTERPRISE_NUMBER = re.compile(
    r"(?<![\w.])(?:BE[\s.]?)?(?:[01]?\d{3}([\s./-]?)\d{3}\1\d{3})(?![\w]|[./-]?\d)",
    flags=re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s.\-/,:_\u2010-\u2015\u2212\u00b7]")
_ANNOUNCED = re.compile(
    r"^(?:\W{0,3}(?:be|kbo|bce|cbe|zvr|tva|btw|vat|nr|no|n[°º]|nummer|num[eé]ro|number|"
    r"ondernemingsn(?:umme)?r|btw-?n(?:umme)?r|kbo-?n(?:umme)?r|onderneming|d['’]entreprise|"
    r"enterprise|company|de|is|est)(?![^\W\d_])){0,6}[\s.:=-]{0,9}",
    flags=re.IGNORECASE,
)
# How a stop or a stroke between the groups is spoken.
_SPOKEN_SEPARATORS = re.compile(
    r"(?<![^\W_])(?:dot|punt|point|dash|streepje|koppelteken|tiret|slash|trait d'union)(?![^\W_])"
)
# A phrase of number words for ten digits; the most that a message of one is read for.
_MAX_SPOKEN_CHARS = 2 * MAX_WORDS_CHARS
_CERTIFICATE_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z\s:./\-]{0,80}")
_LEAD_IN = re.compile(
    # "DE 45 AF" is a number of which the first byte looks like an article.
    r"^\W{0,9}(?:(?:het|(?-i:[Dd]e)|le|la|the|mijn|mon|my|dat is|c['’]est|it['’]s|it is|is)"
    r"\s{1,9}){0,6}"
    r"(?:(?:certificaat|certificate|certificat)\s{0,9})?"
    r"(?:nummer|nr|num[eé]ro|n°|number|no|serial(?:\s{1,9}number)?|serienummer|sn|s/n)?(?!(?<=\w)[A-Za-z-])"
    r"(?:\s{1,9}(?:is|est))?\s{0,9}(?:[.:=]\s{0,9})?",
    flags=re.IGNORECASE,
)
_BRAND = re.compile(r"\b(?:global\s?sign|isabel\s?6?|quo\s?vadis)\b", flags=re.IGNORECASE)
_LETTERS = re.compile(r"[A-Za-z]{1,80}")
_TOGETHER = re.compile(r"[0-9A-Za-z]{1,80}")
_HEXADECIMAL = re.compile(r"(?=[A-F]{0,80}\d)[0-9A-F]{1,80}", flags=re.IGNORECASE)
# A number read out is digits and single letters; fewer of them are a count ("a two").
_LEAST_READ_OUT_CHARS = 4
_READ_OUT = re.compile(r"(?:\d{1,40}|[a-z])")
# A stroke joins groups of a number: "24/10/2019" is a date, "NCTS 7/2" a remark.
_SLASHED = re.compile(r"[0-9A-Za-z:.-]{1,40}(?: ?/ ?[0-9A-Za-z:.-]{1,40}){1,20}")
_DATE = re.compile(r"\d{1,2} ?/ ?\d{1,2} ?/ ?(?:19|20)\d{2}")
_ERROR_CODE = re.compile(r"AADB2C|ERR_", flags=re.IGNORECASE)
# Prefixes such as BEID or SN-ISA occur; longer runs of letters are words of a sentence.
_MAX_LETTERS_TOGETHER = 6
# Serial numbers of X.509 certificates have at most 20 octets (RFC 5280 §4.1.2.2):
# 40 hexadecimal digits, 59 characters with separators; the rest is room for a prefix.
_MAX_CERTIFICATE_NUMBER_CHARS = 80


def parse_enterprise_number(text: str) -> str:
    """Normalise an enterprise number, in digits or in words, to its ten digits.

    Raises: InvalidDetail with reason ``length``, ``first_digit`` or ``check_digits``.
    Source: Royal Decree of 23/06/2003; first digit 1 since 19/09/2023 (FPS Economy).
    """
    digits = _ANNOUNCED.sub("", clean(text), count=1)
    if len(digits) > _MAX_SPOKEN_CHARS or not any(mark.isalpha() for mark in digits):
        return _parse_digits(digits)
    return first_accepted(_SPOKEN_SEPARATORS.sub(",", fold(digits)), _parse_digits)


def _parse_digits(text: str) -> str:
    digits = _SEPARATORS.sub("", text)
    if not digits.isascii() or not digits.isdigit() or len(digits) not in {9, 10}:
        raise InvalidDetail("enterprise_number", "length")
    number = digits.zfill(10)
    if number[0] not in "01":
        raise InvalidDetail("enterprise_number", "first_digit")
    if not vat.is_valid(number):
        raise InvalidDetail("enterprise_number", "check_digits")
    return number


def format_enterprise_number(number: str) -> str:
    """Write ten digits as they stand on Belgian letterheads: 0403.170.701."""
    return f"{number[:4]}.{number[4:7]}.{number[7:]}"


def parse_certificate_number(text: str) -> str:
    """Accept a certificate number as typed, trimmed; one in words is written in digits.

    The guidance does not describe the format, hence the wide rule: letters, digits,
    spaces, colons, dots, slashes and hyphens, with at least one digit.
    Raises: InvalidDetail with reason ``not_a_number``.
    """
    number = _without_introduction(clean(text))
    if spoken := _spoken_number(number):
        return spoken
    if (
        len(number) > _MAX_CERTIFICATE_NUMBER_CHARS
        or not _CERTIFICATE_NUMBER.fullmatch(number)
        or not any(character.isdigit() for character in number)
        or ("/" in number and not _SLASHED.fullmatch(number))
        or _DATE.search(number)
        or _ERROR_CODE.search(number)
        or _has_a_word(number)
    ):
        raise InvalidDetail("certificate_number", "not_a_number")
    return number


def _without_introduction(words: str) -> str:
    number = _BRAND.sub("", _LEAD_IN.sub("", words).strip(" .;,")).strip(" .;,")
    # Until nothing goes: what is kept is kept again when the form reads it back.
    if number == words or len(number) > _MAX_SPOKEN_CHARS:
        return number
    return _without_introduction(number)


def _has_a_word(number: str) -> bool:
    """Say whether too many letters stand together; in hexadecimal they may."""
    parts = [part for part in _TOGETHER.findall(number) if not _HEXADECIMAL.fullmatch(part)]
    runs = [len(run) for part in parts for run in _LETTERS.findall(part)]
    return max(runs, default=0) > _MAX_LETTERS_TOGETHER


def _spoken_number(words: str) -> str | None:
    """Write "three F, zero zero, nine A" as 3F009A; None where it is not read out so."""
    if len(words) > MAX_WORDS_CHARS or words.isdigit():
        return None
    folded = fold(words)
    for digits in with_digits(folded):
        parts = digits.replace(",", " ").split()
        if (
            digits != folded
            and len("".join(parts)) >= _LEAST_READ_OUT_CHARS
            and all(_READ_OUT.fullmatch(part) for part in parts)
        ):
            return "".join(parts).upper()
    return None
