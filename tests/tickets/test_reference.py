"""Ticket references and the check digit that catches typing errors."""

import pytest

from bot.tickets.reference import (
    find_reference,
    find_references,
    is_valid_reference,
    make_reference,
    without_reference,
)

VALID = "CYB-2026-000123-8"


def test_a_reference_shows_its_year_its_number_and_a_check_digit() -> None:
    assert make_reference(2026, 123) == VALID


def test_every_reference_that_is_made_is_valid_and_found_in_a_text() -> None:
    for number in range(1, 200):
        reference = make_reference(2026, number)

        assert is_valid_reference(reference)
        assert find_reference(f"stand van {reference}?") == reference


def test_one_mistyped_digit_never_gives_another_valid_reference() -> None:
    for place, digit in enumerate(VALID):
        if digit.isdigit():
            for other in set("0123456789") - {digit}:
                assert not is_valid_reference(VALID[:place] + other + VALID[place + 1 :])


def test_two_neighbouring_digits_swapped_never_give_another_valid_reference() -> None:
    assert not is_valid_reference("CYB-2026-000132-8")
    assert not is_valid_reference("CYB-2062-000123-8")


@pytest.mark.parametrize(
    "text",
    [
        "CYB-2026-000123-8",
        "where is cyb-2026-000123-8?",
        "CYB 2026 000123 8",
        "CYB20260001238",
        "ticket CYB–2026–000123–8.",
    ],
)
def test_a_reference_is_found_however_it_is_typed(text: str) -> None:
    assert find_reference(text) == VALID


@pytest.mark.parametrize("text", ["CYB-2026-000123", "CYB-2026-123", "cyb 2026"])
def test_an_incomplete_reference_is_found_but_not_valid(text: str) -> None:
    found = find_reference(text)

    assert found is not None
    assert not is_valid_reference(found)


@pytest.mark.parametrize("text", ["", "Cybo", "hallo Cybo, 2 vragen", "0403.170.701", "CYB"])
def test_other_texts_hold_no_reference(text: str) -> None:
    assert find_reference(text) is None


def test_every_reference_is_found_once() -> None:
    text = "CYB-2026-000187-7, cyb 2026 000341 2 en nog eens CYB-2026-000187-7"

    assert find_references(text) == ["CYB-2026-000187-7", "CYB-2026-000341-2"]
    assert find_references("CYB-2026-18") == ["CYB-2026-18"]
    assert find_references("mijn aanvraag") == []


def test_something_may_be_written_in_the_place_of_a_reference() -> None:
    assert without_reference("En CYB-2026-000187-7?", "ticket") == "En ticket?"
