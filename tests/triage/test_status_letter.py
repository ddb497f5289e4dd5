"""The letter that tells a requester how a ticket stands."""

from datetime import datetime, timezone

import pytest

from bot.language import LANGUAGES
from bot.tickets.model import Draft, Ticket
from bot.tickets.status import NEW, STATUSES
from bot.triage.letter import Office
from bot.triage.status_letter import write_status_letter

OFFICE = Office("desk@example.be", "02 123 45 67")
REFERENCE = "CYB-2026-000123-7"


def ticket(language: str) -> Ticket:
    draft = Draft("widget:a", "web", language, [], "An Peeters", "an@example.be", "1", "other")
    return Ticket(REFERENCE, NEW, datetime(2026, 11, 24, tzinfo=timezone.utc), draft)


@pytest.mark.parametrize("status", STATUSES[1:])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_is_told_in_every_language(language: str, status: str) -> None:
    letter = write_status_letter(ticket(language), status, "", OFFICE)

    assert letter.language == language
    assert REFERENCE in letter.subject
    assert letter.text.count(REFERENCE) == 1
    assert OFFICE.email in letter.text
    assert OFFICE.phone in letter.text
    assert "{" not in letter.text
    assert "\n\n\n" not in letter.text


def test_a_colleagues_words_stand_in_it_as_they_were_written() -> None:
    letter = write_status_letter(ticket("nl"), "resolved", "Alles staat {klaar}.", OFFICE)

    assert "voegt hieraan toe:\n\nAlles staat {klaar}.\n\n" in letter.text


def test_no_machine_answers_it() -> None:
    headers = write_status_letter(ticket("fr"), "rejected", "", OFFICE).headers

    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert headers["X-Cybo-Loop"] == "1"
