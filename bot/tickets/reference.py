"""Ticket references: CYB-2026-000123-7, the last digit checks the others."""

import re

from stdnum import damm

_REFERENCE = re.compile(
    r"\bCYB[\s\-–.]{0,7}(\d{4})[\s\-–.]{0,7}(\d{6})(?:[\s\-–.]{0,7}(\d)(?!\w))?(?!\d)",
    flags=re.IGNORECASE,
)
_LOOSE = re.compile(r"\bCYB[\s\-–.]{0,7}\d[\d\s\-–.]{0,40}", flags=re.IGNORECASE)


def make_reference(year: int, number: int) -> str:
    """Write the reference of the ``number``-th ticket of ``year``.

    The check digit (Damm) catches every single mistyped digit and every swap of
    neighbours.
    """
    digits = f"{year:04}{number:06}"
    return f"CYB-{digits[:4]}-{digits[4:]}-{damm.calc_check_digit(digits)}"


def find_reference(text: str) -> str | None:
    """Find a ticket reference in ``text``, normalised when complete, as typed when not."""
    if match := _REFERENCE.search(text):
        return _normalised(match)
    loose = _LOOSE.search(text)
    return loose.group().strip() if loose else None


def find_references(text: str) -> list[str]:
    """Find every ticket reference in ``text``, each once, as ``find_reference`` gives one."""
    complete = [_normalised(match) for match in _REFERENCE.finditer(text)]
    first = find_reference(text)
    return list(dict.fromkeys(complete or filter(None, [first])))


def without_reference(text: str, instead: str = " ") -> str:
    """Take the ticket references out of ``text``, or write something in their place."""
    return _REFERENCE.sub(instead, text)


def is_valid_reference(reference: str) -> bool:
    """Check the form and the check digit of a reference."""
    match = _REFERENCE.fullmatch(reference)
    return bool(match and match[3] and damm.is_valid("".join(match.groups())))


def _normalised(match: re.Match[str]) -> str:
    year, number, check = match.groups()
    return f"CYB-{year}-{number}" + (f"-{check}" if check else "")
