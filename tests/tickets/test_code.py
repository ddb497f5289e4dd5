"""The code beside a reference: found anywhere in a message, never guessed."""

import pytest

from bot.privacy import mask_secrets
from bot.tickets.code import TicketCodes, WrongTries, find_codes
from bot.tickets.reference import find_reference, make_reference

REFERENCE = make_reference(2026, 123)
CODES = TicketCodes(b"k" * 32)


def test_a_code_is_the_same_for_the_same_reference_and_key() -> None:
    code = CODES.code(REFERENCE)

    assert code == TicketCodes(b"k" * 32).code(REFERENCE)
    assert code != CODES.code(make_reference(2026, 124))
    assert code != TicketCodes(b"x" * 32).code(REFERENCE)
    assert find_codes(code) == [code]


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
    written = text.format(reference=REFERENCE, code=code, half=code[:3], rest=code[3:])
    written = written.lower() if is_lower else written

    assert CODES.is_in(written, REFERENCE)
    assert find_reference(written) == REFERENCE
    assert mask_secrets(written).text == written, "no secret: it opens one answer"


@pytest.mark.parametrize(
    "text",
    [
        f"status {REFERENCE}",
        "hoe staat het met mijn aanvraag?",
        f"{REFERENCE} an@example.be",
        "le statut de ma demande",
        f"{REFERENCE} k7p2qx@example.be",
    ],
)
def test_other_messages_hold_no_code(text: str) -> None:
    assert find_codes(text) == []


def test_a_code_that_begins_with_a_digit_is_no_check_digit() -> None:
    assert find_reference("CYB-2026-000123 7P2QXK") == "CYB-2026-000123"


def test_a_conversation_has_five_tries() -> None:
    tries = WrongTries(lambda: 0.0)
    for _ in range(5):
        assert not tries.is_too_many("an", REFERENCE)
        tries.note("an", REFERENCE)

    assert tries.is_too_many("an", REFERENCE)
    assert tries.is_too_many("an", make_reference(2026, 124))
    assert not tries.is_too_many("bart", REFERENCE)


def test_a_reference_has_twenty_tries_an_hour_whoever_asks() -> None:
    moment = 0.0
    tries = WrongTries(lambda: moment)
    for visitor in range(20):
        assert not tries.is_too_many(f"visitor-{visitor}", REFERENCE)
        tries.note(f"visitor-{visitor}", REFERENCE)

    assert tries.is_too_many("bart", REFERENCE)
    assert not tries.is_too_many("bart", make_reference(2026, 124))
    moment = 3601.0
    assert not tries.is_too_many("bart", REFERENCE)
