"""How details and their values are called in each language.

The terms are those of the glossary in `data/guidance/facts.yaml`.
"""

from collections.abc import Mapping

from bot.details.dates import format_closing_date
from bot.details.numbers import format_enterprise_number

_NAMES: Mapping[str, Mapping[str, str]] = {
    "enterprise_number": {
        "en": "enterprise number",
        "fr": "numéro d’entreprise",
        "nl": "ondernemingsnummer",
    },
    "closing_date": {
        "en": "closing date",
        "fr": "date de clôture",
        "nl": "afsluitingsdatum",
    },
    "filing_model": {"en": "model", "fr": "modèle", "nl": "model"},
    "deposit_type": {
        "en": "type of filing",
        "fr": "type de dépôt",
        "nl": "type van neerlegging",
    },
    "filing_language": {
        "en": "language of the accounts",
        "fr": "langue des comptes",
        "nl": "taal van de jaarrekening",
    },
    "certificate_owner": {
        "en": "owner of the certificate",
        "fr": "titulaire du certificat",
        "nl": "eigenaar van het certificaat",
    },
    "certificate_email": {
        "en": "e-mail address of the certificate",
        "fr": "adresse e-mail du certificat",
        "nl": "e-mailadres van het certificaat",
    },
    "certificate_number": {
        "en": "certificate number",
        "fr": "numéro du certificat",
        "nl": "nummer van het certificaat",
    },
    "certificate_type": {
        "en": "type of certificate",
        "fr": "type de certificat",
        "nl": "type van certificaat",
    },
}

_VALUES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "filing_model": {
        "full": {"en": "full model", "fr": "modèle complet", "nl": "volledig model"},
        "abbreviated": {"en": "abbreviated model", "fr": "modèle abrégé", "nl": "verkort model"},
        "micro": {"en": "micro model", "fr": "modèle micro", "nl": "micromodel"},
        "consolidated": {
            "en": "consolidated annual accounts",
            "fr": "comptes consolidés",
            "nl": "geconsolideerde jaarrekening",
        },
        "association_full": {
            "en": "full model, association or foundation",
            "fr": "modèle complet, ASBL ou fondation",
            "nl": "volledig model, vzw of stichting",
        },
        "association_abbreviated": {
            "en": "abbreviated model, association or foundation",
            "fr": "modèle abrégé, ASBL ou fondation",
            "nl": "verkort model, vzw of stichting",
        },
        "association_micro": {
            "en": "micro model, association or foundation",
            "fr": "modèle micro, ASBL ou fondation",
            "nl": "micromodel, vzw of stichting",
        },
        "other": {"en": "other model", "fr": "autre modèle", "nl": "ander model"},
    },
    "deposit_type": {
        "initial": {"en": "initial filing", "fr": "dépôt initial", "nl": "initiële neerlegging"},
        "correction": {"en": "correction", "fr": "dépôt rectificatif", "nl": "verbetering"},
    },
    "filing_language": {
        "nl": {"en": "Dutch", "fr": "néerlandais", "nl": "Nederlands"},
        "fr": {"en": "French", "fr": "français", "nl": "Frans"},
        "de": {"en": "German", "fr": "allemand", "nl": "Duits"},
        "en": {"en": "English", "fr": "anglais", "nl": "Engels"},
    },
    "certificate_type": {
        "globalsign": {"en": "GlobalSign", "fr": "GlobalSign", "nl": "GlobalSign"},
        "isabel": {"en": "Isabel", "fr": "Isabel", "nl": "Isabel"},
        "quovadis": {"en": "QuoVadis", "fr": "QuoVadis", "nl": "QuoVadis"},
        "other": {"en": "other certificate", "fr": "autre certificat", "nl": "ander certificaat"},
    },
}
_FILING = {"en": "Filing", "fr": "Dépôt", "nl": "Neerlegging"}
COLON = {"en": ":", "fr": "\u00a0:", "nl": ":"}


def detail_name(detail: str, language: str) -> str:
    """Name a detail, in lower case."""
    return _NAMES[detail][language]


def filing_name(number: int, language: str) -> str:
    """Name the ``number``-th filing of a request."""
    return f"{_FILING[language]} {number}"


def shown_value(detail: str, value: str, language: str) -> str:
    """Write a canonical value as people read it."""
    if detail == "enterprise_number":
        return format_enterprise_number(value)
    if detail == "closing_date":
        return format_closing_date(value)
    return _VALUES[detail][value][language] if detail in _VALUES else value


def detail_line(detail: str, value: str, language: str, *, code: str | None = None) -> str:
    """Write one line of a summary: "- closing date: 31/12/2022"."""
    shown = shown_value(detail, value, language) + (f" ({code})" if code else "")
    return f"- {detail_name(detail, language)}{COLON[language]} {shown}"
