"""The code beside a reference: found anywhere in a message, never guessed."""

import pytest

from bot.privacy import mask_secrets
from bot.tickets.code import TicketCodes, find_codes
from bot.tickets.reference import find_reference, make_reference

REFERENCE = make_reference(2026, 123)
CODES = TicketCodes(b"k" * 32)


def test_a_code_is_the_same_for_the_same_reference_and_key() -> None:
    code = CODES.code(REFERENCE)

    assert code == TicketCodes(b"k" * 32).code(REFERENCE)
    assert code != CODES.code(make_reference(2026, 124))
    assert code != TicketCodes(b"x" * 32).code(REFERENCE)
    assert find_codes(code) == (code,)


@pytest.mark.parametrize(
    "text",
    [
        "status {reference} {code}",
        "{code} {reference}",
        "mijn code is {code}, referentie {reference}.",
        "où en est {reference} (code: {code}) ?",
        "status of {reference}-{code}",
        "{reference} {half} {rest}",
        "{reference}, {half}-{rest}!",
    ],
)
@pytest.mark.parametrize("is_lower", [False, True])
def test_a_code_is_found_anywhere_beside_its_reference(text: str, is_lower: bool) -> None:
    code = CODES.code(REFERENCE)
    written = text.format(reference=REFERENCE, code=code, half=code[:4], rest=code[5:])
    written = written.lower() if is_lower else written

    assert CODES.is_among(find_codes(written), REFERENCE)
    assert find_reference(written) == REFERENCE
    assert mask_secrets(written).text == written, "no secret: it opens one answer"


@pytest.mark.parametrize(
    "text",
    [
        f"status {REFERENCE}",
        "hoe staat het met mijn aanvraag?",
        f"{REFERENCE} an@example.be",
        "le statut de ma demande",
        f"{REFERENCE} k7p2qxrt@example.be",
        f"{REFERENCE} k7p2qx",
    ],
)
def test_other_messages_hold_no_code(text: str) -> None:
    assert find_codes(text) == ()


def test_a_code_that_begins_with_a_digit_is_no_check_digit() -> None:
    assert find_reference("CYB-2026-000123 7P2Q-XKRT") == "CYB-2026-000123"
