"""Closing dates are read day first, in three languages, and never lie in the future."""

from datetime import date

import pytest

from bot.details import InvalidDetail
from bot.details.date_words import plain_dates
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


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("trente et un décembre deux mille vingt-trois", "2023-12-31"),
        ("Trente-et-un décembre deux mille vingt et un", "2021-12-31"),
        ("eenendertig december tweeduizend tweeëntwintig", "2022-12-31"),
        ("eenendertig december tweeduizend tweeentwintig", "2022-12-31"),
        ("eenendertig december tweeduizendtweeëntwintig", "2022-12-31"),
        ("the thirty first of December twenty twenty-two", "2022-12-31"),
        ("December thirty-first, twenty twenty-two", "2022-12-31"),
        ("dertig juni drieëntwintig", "2023-06-30"),
        ("dertigste juni twintig drieëntwintig", "2023-06-30"),
        ("le premier juillet 2022", "2022-07-01"),
        ("le 1er juillet 2022", "2022-07-01"),
        ("een juli 2022", "2022-07-01"),
        ("the second of June 2022", "2022-06-02"),
        ("trente juin mil neuf cent nonante-huit", "1998-06-30"),
        ("vingt-sept septembre 2022", "2022-09-27"),
        ("sept juillet 2022", "2022-07-07"),
        ("30 sept 2022", "2022-09-30"),
        ("30 sept. 2022", "2022-09-30"),
        ("trente sept 2022", "2022-09-30"),
        ("trente juin deux mille dix-sept", "2017-06-30"),
        ("trente et un douze deux mille vingt-deux", "2022-12-31"),
        ("thirty one twelve twenty two", "2022-12-31"),
        ("eind juni 2023", "2023-06-30"),
        ("het einde van maart 2023", "2023-03-31"),
        ("fin juin '23", "2023-06-30"),
        ("fin juin ’23", "2023-06-30"),
        ("end of June 23", "2023-06-30"),
        ("last day of February 2024", "2024-02-29"),
        ("laatste dag van februari 2024", "2024-02-29"),
        ("de laatste dag van de maand februari 2024", "2024-02-29"),
        ("dernier jour de juin 2023", "2023-06-30"),
        ("le dernier jour du mois de juin 2023", "2023-06-30"),
        ("fin du mois d'août 2023", "2023-08-31"),
        ("eind 06/2023", "2023-06-30"),
        ("eind juni drieëntwintig", "2023-06-30"),
        ("end of last year", "2025-12-31"),
        ("einde vorig jaar", "2025-12-31"),
        ("fin de l'année dernière", "2025-12-31"),
        ("fin de l’an passé", "2025-12-31"),
        ("fin d'année dernière", "2025-12-31"),
        ("30 juni vorig jaar", "2025-06-30"),
        ("30 June last year", "2025-06-30"),
        ("30 juni van vorig jaar", "2025-06-30"),
        ("last year, 30 June", "2025-06-30"),
        ("vorig jaar op 30 juni", "2025-06-30"),
        ("31 décembre de l'an dernier", "2025-12-31"),
        ("30 juni van dit jaar", "2026-06-30"),
        ("le 30 juin de cette année", "2026-06-30"),
        ("eind juni vorig jaar", "2025-06-30"),
        ("eind vorig jaar", "2025-12-31"),
        ("30 juni twee jaar geleden", "2024-06-30"),
        ("31 décembre il y a deux ans", "2024-12-31"),
        ("30 June two years ago", "2024-06-30"),
        ("eind twee jaar geleden", "2024-12-31"),
        ("eind eervorig jaar", "2024-12-31"),
        ("20221231", "2022-12-31"),
        ("31122022", "2022-12-31"),
        ("311222", "2022-12-31"),
        ("20122022", "2022-12-20"),
        ("31 de décembre 2022", "2022-12-31"),
        ("31-Dec-22", "2022-12-31"),
        ("31/dec/2022", "2022-12-31"),
        ("31dec2022", "2022-12-31"),
        ("dec 31st, 22", "2022-12-31"),
        ("December 31 2022", "2022-12-31"),
        ("31 12 22", "2022-12-31"),
        ("31.12.22.", "2022-12-31"),
        ("31.12.'22", "2022-12-31"),
        ("31–12–2022", "2022-12-31"),
        ("every year on the 30th of September 2022", "2022-09-30"),
        ("2022 december 31", "2022-12-31"),
        ("2022/12/31", "2022-12-31"),
        ("2022-12-31T00:00:00", "2022-12-31"),
        ("31/12/2022 23:59", "2022-12-31"),
        ("28 febr. 2023", "2023-02-28"),
        ("vendredi 30 juin 2023", "2023-06-30"),
        ("31/12/2022 et 31 décembre 2022", "2022-12-31"),
        ("fin 2022", "2022-12-31"),
        ("31\u200b/12/2022", "2022-12-31"),
        ("31/12/2022 👍", "2022-12-31"),
        ("31 MEI 2023", "2023-05-31"),
        ("TRENTE JUIN DEUX MILLE VINGT-TROIS", "2023-06-30"),
        ("31 mars 2022 (31/3)", "2022-03-31"),
        ("le 31 du mois de décembre de l'année 2022", "2022-12-31"),
        ("op 31 december van het jaar 2022", "2022-12-31"),
    ],
)
def test_a_date_is_read_in_words_and_counted_from_today(written: str, iso: str) -> None:
    assert parse_closing_date(written, today=TODAY) == iso
    assert parse_closing_date(iso, today=TODAY) == iso


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("31 december dit jaar", "future"),
        ("31 december van dit jaar", "future"),
        ("twee jaar geleden", "no_year"),
        ("vorig jaar", "no_year"),
        ("last year", "no_year"),
        ("boekjaar 2022", "no_year"),
        ("2021", "no_year"),
        ("tweeduizend eenentwintig", "no_year"),
        ("twenty twenty-two", "no_year"),
        ("deux mille vingt-deux", "no_year"),
        ("31 décembre", "no_year"),
        ("trente et un décembre", "no_year"),
        ("eind juni", "no_year"),
        ("fin juin", "no_year"),
        ("juin 2023", "no_year"),
        ("1 exercice 2022", "not_a_date"),
        ("un exercice 2022", "no_year"),
        ("31/12/2022 - 30/06/2023", "not_a_date"),
        ("31 mars et 30 juin 2022", "not_a_date"),
        ("du 1er janvier 2022 au 31 décembre 2022", "not_a_date"),
        ("du 1er janvier au 31 décembre 2022", "not_a_date"),
        ("30 februari 2023", "not_a_date"),
        ("trente février 2023", "not_a_date"),
        ("31/12/98", "no_year"),
        ("31/12/0022", "not_a_date"),
        ("31/12/2027", "future"),
        ("eind 2027", "future"),
        ("fin de l'exercice 2022", "no_year"),
        ("year-end 2022", "no_year"),
        ("0475 12 34 56", "not_a_date"),
        ("02 221 30 01", "not_a_date"),
        ("0403.170.701", "not_a_date"),
        ("0403170701", "not_a_date"),
        ("12345678", "not_a_date"),
        ("gisteren", "not_a_date"),
        ("", "not_a_date"),
        ("ja", "not_a_date"),
        ("mai", "not_a_date"),
        ("nonante-neuf", "not_a_date"),
        ("2 jan septante", "no_year"),
    ],
)
def test_words_that_give_no_single_past_day_are_refused(written: str, reason: str) -> None:
    with pytest.raises(InvalidDetail) as refusal:
        parse_closing_date(written, today=TODAY)

    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("model codes m02 m82", "not_a_date"),
        ("token werkt ni meer sinds vorig jaar", "not_a_date"),
        ("system slow end of August", "not_a_date"),
        ("g un mail qui revient", "not_a_date"),
        ("31/1 of 1/2/2024", "not_a_date"),
        ("31 m12 2022", "not_a_date"),
        ("serienummer is 5A C1 09 77", "not_a_date"),
    ],
)
def test_what_people_say_besides_is_no_date(written: str, reason: str) -> None:
    with pytest.raises(InvalidDetail) as refusal:
        parse_closing_date(written, today=TODAY)

    assert refusal.value.reason == reason


def test_the_last_day_of_the_month_follows_the_year() -> None:
    assert parse_closing_date("eind februari vorig jaar", today=date(2025, 3, 1)) == "2024-02-29"


def test_a_longer_text_gives_the_one_date_in_it() -> None:
    around = "zoals afgesproken met de boekhouder van ons kantoor in Gent, " * 3

    assert parse_closing_date(f"{around}31/12/2022, {around}", today=TODAY) == "2022-12-31"
    with pytest.raises(InvalidDetail, match="not_a_date"):
        parse_closing_date(f"31/12/2022, {around} 30/06/2022", today=TODAY)


@pytest.mark.parametrize(
    "written",
    [
        "9" * 10_000,
        "een " * 2500,
        "sept " * 2000,
        "m12 y2022 ultimo",
        "\ue000" * 50,
        "\ud800 een juni",
        "👍" * 10_000,
        "1\u0301" * 5000,
        "99 jaar geleden",
        "\x00\u200b",
        "honderd miljard miljard miljard",
        "eind m99 2022",
        "1 m13 2022",
    ],
)
def test_a_hostile_text_is_no_date(written: str) -> None:
    with pytest.raises(InvalidDetail):
        parse_closing_date(written, today=TODAY)


def test_a_year_before_the_calendar_is_no_date() -> None:
    with pytest.raises(InvalidDetail):
        parse_closing_date("30 juni vorig jaar", today=date.min)


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("Le trente juin de l'an dernier", "30 m06 y2025"),
        ("het einde van maart tweeduizend drieëntwintig", "ultimo m03 2023"),
        ("on the thirty-first of December", "31 m12"),
    ],
)
def test_the_words_of_a_date_get_one_form_in_every_language(words: str, plain: str) -> None:
    assert next(plain_dates(words, today=TODAY)) == plain
