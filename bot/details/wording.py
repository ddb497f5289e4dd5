"""How details and their values are called in each language.

The terms are those of the glossary in `data/guidance/facts.yaml`.
"""

from bot.details.dates import format_closing_date
from bot.details.numbers import format_enterprise_number
from bot.language import LANGUAGES
from bot.texts import texts
from bot.understanding.text import fold

_TEXTS = texts("details")


def detail_name(detail: str, language: str) -> str:
    """Name a detail, in lower case."""
    return str(_TEXTS[language]["names"][detail])


def colon(language: str) -> str:
    """Give what stands between a name and its value."""
    return str(_TEXTS[language]["colon"])


def filing_name(number: int, language: str) -> str:
    """Name the ``number``-th filing of a request."""
    return f"{_TEXTS[language]['filing']} {number}"


def shown_value(detail: str, value: str, language: str) -> str:
    """Write a canonical value as people read it."""
    if detail == "enterprise_number":
        return format_enterprise_number(value)
    if detail == "closing_date":
        return format_closing_date(value)
    values = _TEXTS[language]["values"]
    return str(values[detail][value]) if detail in values else value


def is_shown_value(detail: str, text: str) -> bool:
    """Say whether a text is a value of a detail as people read it, in any language: a button."""
    said = fold(text).strip(" .")
    return any(
        said == fold(str(shown))
        for language in LANGUAGES
        for shown in _TEXTS[language]["values"].get(detail, {}).values()
    )


def detail_line(detail: str, value: str, language: str, *, code: str | None = None) -> str:
    """Write one line of a summary: "- closing date: 31/12/2022"."""
    shown = shown_value(detail, value, language) + (f" ({code})" if code else "")
    return f"- {detail_name(detail, language)}{colon(language)} {shown}"
