"""Closing dates are read day first, in three languages, and never lie in the future."""

from datetime import date

import pytest

from bot.details import InvalidDetail
from bot.details.dates import format_closing_date, parse_closing_date

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "written",
    [
        "31/12/2022",
        "31-12-2022",
        "31.12.2022",
        "31 12 2022",
        "31 / 12 / 2022",
        "31/12/22",
        "2022-12-31",
        "31 december 2022",
        "31 December 2022",
        "31st of December 2022",
        "December 31, 2022",
        "31 décembre 2022",
        "31 déc. 2022",
        "31-dec-2022",
        "le 31 décembre 2022",
        "op 31/12/2022.",
        "eind december 2022",
        "fin décembre 2022",
        "end of December 2022",
    ],
)
def test_every_usual_way_to_write_a_date_gives_the_iso_date(written: str) -> None:
    assert parse_closing_date(written, today=TODAY) == "2022-12-31"


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("1/2/2023", "2023-02-01"),
        ("1er juillet 2023", "2023-07-01"),
        ("31 maart 2023", "2023-03-31"),
        ("30 juin 2023", "2023-06-30"),
        ("31 août 2023", "2023-08-31"),
        ("30 sept 2023", "2023-09-30"),
        ("31 oktober 2023", "2023-10-31"),
        ("29/02/2024", "2024-02-29"),
        ("eind februari 2024", "2024-02-29"),
        ("fin février 2023", "2023-02-28"),
    ],
)
def test_the_day_comes_before_the_month_and_months_are_read_in_each_language(
    written: str, iso: str
) -> None:
    assert parse_closing_date(written, today=TODAY) == iso


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("30/02/2023", "not_a_date"),
        ("29/02/2023", "not_a_date"),
        ("12/31/2022", "not_a_date"),
        ("gisteren", "not_a_date"),
        ("", "not_a_date"),
        ("31/12/0022", "not_a_date"),
        ("2022", "no_year"),
        ("boekjaar 2022", "no_year"),
        ("december 2022", "no_year"),
        ("31/12", "no_year"),
        ("31 december", "no_year"),
        ("31/12/98", "no_year"),
        ("31/12/2027", "future"),
        ("24/11/2026", "future"),
    ],
)
def test_what_is_no_complete_past_date_is_refused_with_its_reason(
    written: str, reason: str
) -> None:
    with pytest.raises(InvalidDetail) as refusal:
        parse_closing_date(written, today=TODAY)

    assert refusal.value.reason == reason


def test_accounts_that_closed_today_can_be_filed() -> None:
    assert parse_closing_date("23/11/2026", today=TODAY) == "2026-11-23"


def test_a_date_is_shown_day_first() -> None:
    assert format_closing_date("2022-12-31") == "31/12/2022"
