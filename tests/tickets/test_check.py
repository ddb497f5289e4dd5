"""Every value of a request is held against its closed list before it is stored."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.tickets.check import InvalidDraft, check_draft, problems_of
from bot.tickets.filings import cleared
from bot.tickets.model import Draft

TODAY = date(2026, 11, 22)
FILING = {
    "enterprise_number": "0403170701",
    "closing_date": "2022-12-31",
    "filing_model": "abbreviated",
    "deposit_type": "initial",
    "filing_language": "nl",
}
DRAFT = Draft("an", "web", "nl", [FILING], "An Peeters", "an@example.be", "4A:7F:02", "globalsign")


def test_a_request_as_it_must_be_passes() -> None:
    check_draft(DRAFT, today=TODAY)
    check_draft(replace(DRAFT, filings=[{**FILING, "filing_model_code": "m02-f"}]), today=TODAY)


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"language": "xx"}, "language"),
        ({"language": None}, "language"),
        ({"channel": "cmdline"}, "channel"),
        ({"conversation": ""}, "conversation"),
        ({"conversation": "x" * 256}, "conversation"),
        ({"filings": []}, "filings"),
        ({"filings": [FILING] * 101}, "filings"),
        ({"certificate_owner": None}, "certificate_owner"),
        ({"certificate_owner": "  "}, "certificate_owner"),
        ({"certificate_owner": "An\0Peeters"}, "certificate_owner"),
        ({"certificate_owner": "x" * 201}, "certificate_owner"),
        ({"certificate_email": "an@example"}, "certificate_email"),
        ({"certificate_email": "an@example.be, eve@example.be"}, "certificate_email"),
        ({"certificate_email": ["an@example.be"]}, "certificate_email"),
        ({"certificate_number": "1" * 81}, "certificate_number"),
        ({"certificate_type": "eid"}, "certificate_type"),
    ],
)
def test_what_no_ticket_may_hold_is_named(change: dict[str, Any], detail: str) -> None:
    with pytest.raises(InvalidDraft) as caught:
        check_draft(replace(DRAFT, **change), today=TODAY)

    assert [error.detail for error in caught.value.details] == [detail]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("enterprise_number", "0403170702"),
        ("enterprise_number", "0403.170.701"),
        ("enterprise_number", None),
        ("closing_date", "31/12/2022"),
        ("closing_date", "2023-02-31"),
        ("closing_date", "2026-12-31"),
        ("filing_model", "huge"),
        ("deposit_type", "xx"),
        ("filing_language", "xx"),
        ("colour", "blue"),
    ],
)
def test_what_no_filing_may_hold_is_named(name: str, value: Any) -> None:
    draft = replace(DRAFT, filings=[FILING, {**FILING, name: value}])

    assert [error.detail for error in problems_of(draft, today=TODAY)] == [name]


def test_a_day_that_has_begun_in_belgium_is_not_in_the_future() -> None:
    check_draft(replace(DRAFT, filings=[{**FILING, "closing_date": "2026-11-23"}]), today=TODAY)


def test_the_form_goes_back_to_the_filing_that_is_wrong_and_loses_nothing_else() -> None:
    wrong = {**FILING, "filing_model": "huge", "filing_model_code": "m99"}
    slots = {**FILING, "filings": [wrong, FILING], "filing_index": 1}
    draft = replace(DRAFT, filings=[wrong, FILING])

    changes = cleared(slots, problems_of(draft, today=TODAY), today=TODAY)

    assert changes == {
        **FILING,
        "filing_model": None,
        "filing_model_code": None,
        "filings": [wrong, FILING],
        "filing_index": 0,
        "confirm_ticket": None,
    }
