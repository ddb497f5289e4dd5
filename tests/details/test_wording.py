"""Names and values as people read them, and as buttons send them back."""

from datetime import date

import pytest

from bot.details import DETAILS, parse_detail
from bot.details.choices import (
    CERTIFICATE_TYPES,
    DEPOSIT_TYPES,
    FILING_LANGUAGES,
    FILING_MODELS,
)
from bot.details.labels import named_detail, named_filing
from bot.details.wording import detail_line, detail_name, filing_name, shown_value
from bot.language import LANGUAGES

CHOICES = {
    "filing_model": FILING_MODELS,
    "deposit_type": DEPOSIT_TYPES,
    "filing_language": FILING_LANGUAGES,
    "certificate_type": CERTIFICATE_TYPES,
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_detail_is_recognised_by_the_name_that_its_button_shows(language: str) -> None:
    names = [detail_name(detail, language) for detail in DETAILS]

    assert [named_detail(name) for name in names] == list(DETAILS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filing_is_recognised_by_the_name_that_its_button_shows(language: str) -> None:
    assert named_filing(filing_name(2, language)) == "filing_2"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("detail", CHOICES)
def test_every_shown_value_is_understood_when_typed_back(detail: str, language: str) -> None:
    shown = {value: shown_value(detail, value, language) for value in CHOICES[detail]}

    understood = {
        value: parse_detail(detail, words, today=date(2026, 11, 23))
        for value, words in shown.items()
    }

    assert understood == {value: value for value in CHOICES[detail]}


@pytest.mark.parametrize(
    ("detail", "value", "shown"),
    [
        ("enterprise_number", "0403170701", "0403.170.701"),
        ("closing_date", "2022-12-31", "31/12/2022"),
        ("certificate_owner", "An Peeters", "An Peeters"),
        ("certificate_number", "4A:7F:02", "4A:7F:02"),
    ],
)
def test_free_values_are_shown_the_belgian_way_in_every_language(
    detail: str, value: str, shown: str
) -> None:
    assert {shown_value(detail, value, language) for language in LANGUAGES} == {shown}


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "- model: full model (m02-f)"),
        ("fr", "- modèle\u00a0: modèle complet (m02-f)"),
        ("nl", "- model: volledig model (m02-f)"),
    ],
)
def test_a_line_carries_the_office_code_and_the_language_s_colon(language: str, line: str) -> None:
    assert detail_line("filing_model", "full", language, code="m02-f") == line
