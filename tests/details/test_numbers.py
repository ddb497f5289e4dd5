"""Enterprise numbers pass the mod-97 check in every Belgian notation; certificate numbers stay."""

import pytest

from bot.details import InvalidDetail
from bot.details.numbers import (
    format_enterprise_number,
    parse_certificate_number,
    parse_enterprise_number,
)


@pytest.mark.parametrize(
    "written",
    [
        "0403170701",
        "0403.170.701",
        "0403 170 701",
        "0403-170-701",
        "0403/170/701",
        "BE0403170701",
        "BE 0403.170.701",
        "be0403.170.701",
        "403170701",
        "BE 403.170.701",
        "  0403.170.701. ",
        "0403–170–701",
        "0403\u200b.170.701",
        "KBO 0403.170.701",
        "BTW-nr. BE 0403.170.701",
        "ondernemingsnummer: 0403.170.701",
        "BCE : 0403.170.701",
        "TVA BE0403170701",
        "n° 403 170 701",
        "numéro d'entreprise 0403.170.701",
        "VAT number BE 0403.170.701",
        "nul vier nul drie een zeven nul zeven nul een",
        "BE nul vierhonderddrie, honderdzeventig, zevenhonderdeen",
        "zéro quatre cent trois, cent septante, sept cent un",
        "zero quatre cent trois point cent septante point sept cent un",
        "zero four zero three, one seven zero, seven zero one",
        "oh four oh three dot one seven oh dot seven oh one",
    ],
)
def test_every_belgian_notation_of_a_number_gives_its_ten_digits(written: str) -> None:
    number = parse_enterprise_number(written)

    assert number == "0403170701"


@pytest.mark.parametrize(
    "written", ["0203.201.340", "0566.988.259", "0440966354", "0831797467", "0680.832.904"]
)
def test_the_examples_of_the_fact_base_are_valid(written: str) -> None:
    number = parse_enterprise_number(written)

    assert format_enterprise_number(number).replace(".", "") == written.replace(".", "")


def test_nonante_and_septante_are_digits_of_a_number() -> None:
    spoken = "zéro huit cent nonante-neuf, cent quatre-vingt-un, trois cent quatre-vingt-sept"

    assert parse_enterprise_number(spoken) == "0899181387"


def test_a_number_issued_since_2023_may_start_with_one() -> None:
    # 97 - (10000000 mod 97) = 21
    assert parse_enterprise_number("1000.000.021") == "1000000021"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("0403.170.702", "check_digits"),
        ("0403.710.701", "check_digits"),
        ("0000000000", "check_digits"),
        ("2203201340", "first_digit"),
        ("12345", "length"),
        ("04031707011", "length"),
        ("", "length"),
        ("geen idee", "length"),
        ("٠٤٠٣١٧٠٧٠١", "length"),
        ("een twee drie", "length"),
        ("BE" * 5000, "length"),
        ("nul " * 2500, "length"),
        ("👍" * 10_000, "length"),
        ("\ud800", "length"),
        ("zero four zero three, one seven zero, seven zero two", "check_digits"),
        ("deux deux zéro trois deux zéro un trois quatre zéro", "first_digit"),
    ],
)
def test_a_number_that_breaks_a_rule_is_refused_by_that_rule(written: str, reason: str) -> None:
    with pytest.raises(InvalidDetail) as refusal:
        parse_enterprise_number(written)

    assert (refusal.value.detail, refusal.value.reason) == ("enterprise_number", reason)


def test_a_refusal_never_repeats_what_the_visitor_typed() -> None:
    with pytest.raises(InvalidDetail) as refusal:
        parse_enterprise_number("mijn geheim 123")

    assert "geheim" not in str(refusal.value)


def test_an_enterprise_number_is_shown_as_on_letterheads() -> None:
    assert format_enterprise_number("0403170701") == "0403.170.701"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 4A:7F:02 ", "4A:7F:02"),
        ("0012345", "0012345"),
        ("4a 7f 02", "4a 7f 02"),
        ("01-23.45", "01-23.45"),
        ("4A:7F:02.", "4A:7F:02"),
        ("55/7810/2", "55/7810/2"),
        ("n° GS/BE/22/00731", "GS/BE/22/00731"),
        ("366EEBFBFAF26FF0", "366EEBFBFAF26FF0"),
        ("SN-ISA-1234", "SN-ISA-1234"),
        ("DE 45 AF 12", "DE 45 AF 12"),
        ("nr nr 4A7F", "4A7F"),
        ("three F, zero zero, nine A", "3F009A"),
        ("trois F, zéro zéro, neuf A", "3F009A"),
        ("drie F nul nul negen A", "3F009A"),
        ("vier vijf zes zeven", "4567"),
        ("certificate number: 4A:7F:02", "4A:7F:02"),
        ("le numéro est 4A:7F:02", "4A:7F:02"),
        ("het nummer is 4A:7F:02", "4A:7F:02"),
    ],
)
def test_a_certificate_number_is_kept_as_typed_without_what_stands_around_it(
    typed: str, kept: str
) -> None:
    assert parse_certificate_number(typed) == kept
    assert parse_certificate_number(kept) == kept


def test_the_longest_serial_number_of_x509_is_accepted() -> None:
    longest = ":".join(["4A"] * 20)

    assert parse_certificate_number(longest) == longest


@pytest.mark.parametrize(
    "typed",
    [
        *("", "   ", "geen", "je ne sais pas", "?", "1" * 81, "deadbeef", "ik heb er twee"),
        *(
            "een",
            "24/10/2019",
            "NCTS 24/10/2019",
            "a two",
            "the second one",
            "un certificat",
            "nr " * 3000,
            "a" * 10_000,
        ),
        *("👍" * 10_000, "\u200b" * 10_000, "nul " * 2500),
    ],
)
def test_what_has_no_digit_or_a_strange_shape_is_no_certificate_number(typed: str) -> None:
    with pytest.raises(InvalidDetail, match="not_a_number"):
        parse_certificate_number(typed)
