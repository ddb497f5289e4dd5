"""Enterprise numbers and certificate numbers."""

import re

from stdnum.be import vat

from bot.details.model import InvalidDetail

# Notations seen in Belgium: BE 0403.170.701, 0403170701, and without the leading zero.
# Phone numbers group their digits otherwise (02 221 30 01, 0475 12 34 56) and stay out.
# A following digit group would make it a national register number (11 digits).
ENTERPRISE_NUMBER = re.compile(
    r"(?<![\w.])(?:BE[\s.]?)?(?:[01]?\d{3}([\s./-]?)\d{3}\1\d{3})(?![\w]|[./-]?\d)",
    flags=re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s.\-/]")
_CERTIFICATE_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z\s:.\-]{0,80}")
_LEAD_IN = re.compile(
    r"^\W{0,9}(?:(?:het|de|le|la|the|mijn|mon|my|dat is|c['’]est|it['’]s|it is|is)\s{1,9}){0,6}"
    r"(?:(?:certificaat|certificate|certificat)\s{0,9})?"
    r"(?:nummer|nr|num[eé]ro|n°|number|no|serial(?:\s{1,9}number)?|serienummer|sn|s/n)?"
    r"(?:\s{1,9}(?:is|est))?\s{0,9}(?:[.:=]\s{0,9})?",
    flags=re.IGNORECASE,
)
_BRAND = re.compile(r"\b(?:global\s?sign|isabel\s?6?|quo\s?vadis)\b", flags=re.IGNORECASE)
_LETTERS = re.compile(r"[A-Za-z]{1,80}")
_ERROR_CODE = re.compile(r"AADB2C|ERR_", flags=re.IGNORECASE)
# Prefixes such as BEID or SN-ISA occur; longer runs of letters are words of a sentence.
_MAX_LETTERS_TOGETHER = 6
# Serial numbers of X.509 certificates have at most 20 octets (RFC 5280 §4.1.2.2):
# 40 hexadecimal digits, 59 characters with separators; the rest is room for a prefix.
_MAX_CERTIFICATE_NUMBER_CHARS = 80


def parse_enterprise_number(text: str) -> str:
    """Normalise an enterprise number to its ten digits.

    Raises: InvalidDetail with reason ``length``, ``first_digit`` or ``check_digits``.
    Source: Royal Decree of 23/06/2003; first digit 1 since 19/09/2023 (FPS Economy).
    """
    digits = _SEPARATORS.sub("", text.strip())
    digits = digits[2:] if digits[:2].upper() == "BE" else digits
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
    """Accept a certificate number as typed, trimmed.

    The guidance does not describe the format, hence the wide rule: letters, digits,
    spaces, colons, dots and hyphens, with at least one digit.
    Raises: InvalidDetail with reason ``not_a_number``.
    """
    number = _LEAD_IN.sub("", text.strip()).strip(" .;,")
    number = _BRAND.sub("", number).strip(" .;,")
    if (
        len(number) > _MAX_CERTIFICATE_NUMBER_CHARS
        or not _CERTIFICATE_NUMBER.fullmatch(number)
        or not any(character.isdigit() for character in number)
        or _ERROR_CODE.search(number)
        or max(map(len, _LETTERS.findall(number)), default=0) > _MAX_LETTERS_TOGETHER
    ):
        raise InvalidDetail("certificate_number", "not_a_number")
    return number
