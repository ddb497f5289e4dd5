"""Brands of certificates that are not listed: the type ``other``, and the brand's name."""

from collections.abc import Mapping

from bot.details import InvalidDetail
from bot.details.choices import parse_certificate_type

OTHER = "other"
MAX_BRAND_CHARS = 80
"""As many as a certificate's number: no brand is a story."""


def certificate_stated(stated: Mapping[str, str]) -> dict[str, str]:
    """Give the type and brand that a message states, where it names a brand.

    A listed one is a type and nothing else, also where another stands beside it. A word that
    is no commercial certificate (eID), or no name at all, becomes the type, which the form
    refuses. Without a brand: nothing.
    """
    brand = " ".join(stated.get("certificate_brand", "").split())
    if not brand:
        return {}
    if listed := _listed(stated.get("certificate_type", "")) or _listed(brand):
        return {"certificate_type": listed}
    if not _is_brand(brand):
        return {"certificate_type": brand}
    return {"certificate_type": OTHER, "certificate_brand": brand}


def _listed(words: str) -> str | None:
    try:
        value = parse_certificate_type(words)
    except InvalidDetail:
        return None
    return value if value != OTHER else None


def _is_brand(words: str) -> bool:
    if len(words) > MAX_BRAND_CHARS or not any(map(str.isalpha, words)):
        return False
    try:
        # LuxTrust has always been one of the words for "another".
        return parse_certificate_type(words) == OTHER
    except InvalidDetail as error:
        return error.reason == "unknown"
