"""Which filing of a request a value is said of."""

import pytest

from bot.details import Mention
from bot.reading.filings import Filings, in_sequence, placed

ONE, TWO = Filings(), Filings(count=2, in_turn=2)


def said(*values: tuple[str, str, int]) -> list[Mention]:
    return [Mention(detail, value, 0, 1, filing) for detail, value, filing in values]


def places(found: list[Mention]) -> list[tuple[str, str, int]]:
    return [(mention.detail, mention.value, mention.filing) for mention in found]


def test_one_filing_needs_no_number() -> None:
    found = said(("enterprise_number", "0403170701", 1), ("closing_date", "2022-12-31", 0))

    assert [m.filing for m in placed(found, ONE, is_adding=False)] == [0, 0]


def test_two_years_are_two_filings() -> None:
    found = said(("closing_date", "2022-12-31", 1), ("closing_date", "2023-12-31", 2))

    assert [m.filing for m in placed(found, ONE, is_adding=False)] == [0, 2]


def test_what_is_said_once_beside_two_filings_is_said_of_both() -> None:
    found = said(
        ("closing_date", "2022-12-31", 1),
        ("closing_date", "2023-12-31", 2),
        ("filing_model", "micro", 0),
        ("certificate_owner", "An Peeters", 0),
    )

    assert places(placed(found, ONE, is_adding=False))[2:] == [
        ("filing_model", "micro", 0),
        ("filing_model", "micro", 2),
        ("certificate_owner", "An Peeters", 0),
    ]


def test_a_number_that_one_word_alone_was_given_makes_no_filing() -> None:
    found = said(("enterprise_number", "0403170701", 1), ("filing_model", "micro", 2))

    assert [m.filing for m in placed(found, ONE, is_adding=False)] == [0, 0]


@pytest.mark.parametrize("number", [1, 2])
def test_an_existing_filing_is_named_by_its_number(number: int) -> None:
    found = said(("filing_model", "micro", number))

    (mention,) = placed(found, TWO, is_adding=False)

    assert mention.filing == (0 if number == TWO.in_turn else number)


def test_a_filing_that_is_added_is_the_next_one() -> None:
    found = said(("filing_model", "micro", 2))

    assert [m.filing for m in placed(found, TWO, is_adding=True)] == [3]
    assert [m.filing for m in placed(found, TWO, is_adding=True, begins=True)] == [0]


def in_order(*values: tuple[str, str]) -> list[Mention]:
    return [Mention(detail, value, n, n + 1) for n, (detail, value) in enumerate(values)]


def test_each_number_in_a_row_begins_a_filing() -> None:
    found = in_order(
        ("enterprise_number", "0403170701"),
        ("filing_model", "micro"),
        ("enterprise_number", "0203201340"),
        ("filing_model", "full"),
    )

    assert places(in_sequence(found)) == [
        ("enterprise_number", "0403170701", 1),
        ("filing_model", "micro", 1),
        ("enterprise_number", "0203201340", 2),
        ("filing_model", "full", 2),
    ]


def test_two_years_keep_their_firm() -> None:
    found = in_order(
        ("enterprise_number", "0403170701"),
        ("closing_date", "2022-12-31"),
        ("closing_date", "2023-12-31"),
        ("enterprise_number", "0203201340"),
        ("closing_date", "2023-06-30"),
    )

    assert sorted((m.filing, m.value) for m in in_sequence(found)) == [
        (1, "0403170701"),
        (1, "2022-12-31"),
        (2, "0403170701"),
        (2, "2023-12-31"),
        (3, "0203201340"),
        (3, "2023-06-30"),
    ]


def numbers_of(*values: tuple[str, str]) -> set[tuple[str, int]]:
    return {(m.value, m.filing) for m in in_sequence(in_order(*values))}


A, B = ("enterprise_number", "A"), ("enterprise_number", "B")
ONE_YEAR, NEXT_YEAR = ("closing_date", "2022-12-31"), ("closing_date", "2023-12-31")
APART = {("A", 1), ("2022-12-31", 1), ("B", 2), ("2023-12-31", 2)}


@pytest.mark.parametrize(
    "keys",
    [
        (A, ONE_YEAR, B, NEXT_YEAR),
        (ONE_YEAR, A, NEXT_YEAR, B),
        (A, B, ONE_YEAR, NEXT_YEAR),
        (A, B, A, ONE_YEAR, B, NEXT_YEAR),
    ],
)
def test_numbers_and_dates_meet_in_whatever_order(keys: tuple[tuple[str, str], ...]) -> None:
    assert numbers_of(*keys) == APART


def test_what_stands_between_two_years_is_said_of_the_first() -> None:
    found = numbers_of(A, ONE_YEAR, ("filing_model", "micro"), NEXT_YEAR, B)

    assert ("micro", 1) in found


def test_as_many_values_as_filings_are_of_each_in_turn() -> None:
    found = numbers_of(("filing_model", "micro"), A, ("filing_model", "full"), B)

    assert {("micro", 1), ("full", 2)} < found


def test_what_stands_once_before_or_behind_a_row_is_said_of_none_of_it() -> None:
    found = numbers_of(
        ("filing_language", "nl"), A, B, ("filing_model", "micro"), ("certificate_owner", "An")
    )

    assert {("nl", 0), ("micro", 0), ("An", 0)} < found


def test_numbers_go_on_after_the_filings_there_are() -> None:
    assert {m.filing for m in in_sequence(in_order(A, B), after=2)} == {3, 4}


def test_what_is_said_once_does_not_replace_what_a_filing_has() -> None:
    found = said(
        ("closing_date", "2022-12-31", 1),
        ("filing_model", "micro", 1),
        ("closing_date", "2023-12-31", 2),
        ("filing_model", "full", 0),
    )

    models = [m for m in placed(found, ONE, is_adding=False) if m.detail == "filing_model"]

    assert [(m.value, m.filing) for m in models] == [("micro", 0), ("full", 2)]


def test_two_dates_tell_nothing_where_numbers_must() -> None:
    found = in_order(("closing_date", "2022-12-31"), ("closing_date", "2023-12-31"))

    assert in_sequence(found, {"enterprise_number"}) == found
