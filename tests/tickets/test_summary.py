"""What the owner of a request reads before confirming it."""

from typing import Any

import pytest

from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS
from bot.details.labels import named_detail, named_filing
from bot.details.wording import detail_name, shown_value
from bot.language import LANGUAGES
from bot.tickets.request import empty_request
from bot.tickets.summary import changeable, listed_values, summarise

FILING = {
    "enterprise_number": "0403170701",
    "closing_date": "2022-12-31",
    "filing_model": "abbreviated",
    "deposit_type": "initial",
    "filing_language": "nl",
}
CERTIFICATE = {
    "certificate_owner": "An Peeters",
    "certificate_email": "an@example.be",
    "certificate_number": "4A:7F:02",
    "certificate_type": "globalsign",
}


def request(**slots: Any) -> dict[str, Any]:
    return {**empty_request(), **FILING, **CERTIFICATE, **slots}


def test_the_summary_of_one_filing_reads_as_written_by_hand() -> None:
    summary = summarise(request(filing_model_code="m01-f"), "nl")

    assert summary == (
        "Neerlegging\n"
        "- ondernemingsnummer: 0403.170.701\n"
        "- afsluitingsdatum: 31/12/2022\n"
        "- model: verkort model (m01-f)\n"
        "- type van neerlegging: initiële neerlegging\n"
        "- taal van de jaarrekening: Nederlands\n"
        "\n"
        "Certificaat\n"
        "- eigenaar van het certificaat: An Peeters\n"
        "- e-mailadres van het certificaat: an@example.be\n"
        "- nummer van het certificaat: 4A:7F:02\n"
        "- type van certificaat: GlobalSign"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_shows_every_detail_with_its_name(language: str) -> None:
    summary = summarise(request(), language)

    for detail, value in {**FILING, **CERTIFICATE}.items():
        assert detail_name(detail, language) in summary
        assert shown_value(detail, value, language) in summary


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        ("en", ["Filing 1", "Filing 2", "Certificate"]),
        ("fr", ["Dépôt 1", "Dépôt 2", "Certificat"]),
        ("nl", ["Neerlegging 1", "Neerlegging 2", "Certificaat"]),
    ],
)
def test_several_filings_are_numbered(language: str, headings: list[str]) -> None:
    slots = request(filings=[{**FILING, "closing_date": "2021-12-31"}], filing_index=1)

    blocks = summarise(slots, language).split("\n\n")

    assert [block.splitlines()[0] for block in blocks] == headings
    assert "31/12/2021" in blocks[0]
    assert "31/12/2022" in blocks[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_detail_of_a_single_filing_can_be_chosen_for_change(language: str) -> None:
    titles = changeable(request(), language)

    assert [named_detail(title) for title in titles] == [*FILING_DETAILS, *CERTIFICATE_DETAILS]
    assert all(title[0].isupper() for title in titles)


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_several_filings_one_is_chosen_first(language: str) -> None:
    titles = changeable(request(filings=[FILING], filing_index=1), language)

    assert [named_filing(title) for title in titles[:2]] == ["filing_1", "filing_2"]
    assert [named_detail(title) for title in titles[2:]] == list(CERTIFICATE_DETAILS)


def test_noted_values_are_listed_one_a_line() -> None:
    listed = listed_values(request(), ["closing_date", "certificate_type"], "en")

    assert listed == "- closing date: 31/12/2022\n- type of certificate: GlobalSign"
