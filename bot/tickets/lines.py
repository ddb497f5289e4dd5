"""A request's details as people read them, a line each: known ones and missing ones."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS
from bot.details.wording import colon, detail_line, detail_name
from bot.texts import texts

_TEXTS = texts("details")
# What stands in brackets behind a value, where there is something.
_BESIDE = {"filing_model": "filing_model_code", "certificate_type": "certificate_brand"}

Values = Mapping[str, Any]


def filing_lines(filing: Values, language: str) -> list[str]:
    """Write the details of a filing; one that is there and None is missing."""
    missing = {name for name, value in filing.items() if value is None}
    return _lines(FILING_DETAILS, filing, missing, language)


def certificate_lines(values: Values, language: str, missing: Collection[str] = ()) -> list[str]:
    """Write the details of a certificate, leaving out what is neither known nor missing."""
    return _lines(CERTIFICATE_DETAILS, values, missing, language)


def line_of(name: str, values: Values, language: str) -> str:
    """Write one detail that is known: "- type of certificate: other certificate (LuxTrust)"."""
    beside = values.get(_BESIDE.get(name, ""))
    return detail_line(name, values[name], language, code=beside)


def missing_word(language: str) -> str:
    """Say of a detail that nobody gave it."""
    return str(_TEXTS[language]["missing"])


def names_without(details: Iterable[str], language: str) -> str:
    """Name details as they stand behind "without the", "sans", "zonder"."""
    # "Without the closing date and the model", "sans date de clôture ni modèle".
    return str(_TEXTS[language]["and"]).join(detail_name(name, language) for name in details)


def _lines(
    names: Collection[str], values: Values, missing: Collection[str], language: str
) -> list[str]:
    return [
        line_of(name, values, language) if values.get(name) else _missing_line(name, language)
        for name in names
        if values.get(name) or name in missing
    ]


def _missing_line(name: str, language: str) -> str:
    return f"- {detail_name(name, language)}{colon(language)} {missing_word(language)}"
