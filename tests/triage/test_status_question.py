"""Whether a mail asks how a ticket stands, or only names one."""

import pytest

from bot.triage.html import html_to_text
from bot.triage.mail import Mail
from bot.triage.read import read_mail
from bot.triage.status_question import (
    as_of_a_ticket,
    asks_status,
    changes_request,
    references_in,
    wordings,
)

ONE, OTHER = "CYB-2026-000187-7", "CYB-2026-000341-2"


def mail(body: str, subject: str = "vraag", *lines: str) -> Mail:
    headers = ["From: An Peeters <an@x.be>", f"Subject: {subject}", *lines]
    return read_mail("\n".join([*headers, "", body]).encode(), html_to_text)


def test_references_are_found_in_the_subject_and_the_newest_text_only() -> None:
    body = f"En {ONE}?\n\nOp 3/11/2026 om 10:12 schreef Desk <d@x.be>:\n> CYB-2026-000078-5"

    assert references_in(mail(body, f"RE: {OTHER}")) == [OTHER, ONE]
    assert references_in(mail("En mijn aanvraag?")) == []


def test_nobody_is_told_of_more_than_five_at_once() -> None:
    body = " ".join(f"CYB-2026-00010{number}-1" for number in range(9))

    assert len(references_in(mail(body))) == 5


def test_the_model_reads_what_stands_around_a_reference() -> None:
    text = f"Hoe ver staat {ONE}?"

    words = wordings(mail(text), text)

    assert words is not None
    assert words.named == "Hoe ver staat ticket?"
    assert ONE not in words.bare


def test_a_subject_with_a_reference_makes_the_text_speak_of_it() -> None:
    text = "Is er al nieuws?"

    words = wordings(mail(text, ONE), text)

    assert words is not None
    assert (words.named, words.bare) == (as_of_a_ticket(text), text)
    assert wordings(mail(text), text) is None


@pytest.mark.parametrize(
    ("text", "named", "bare", "asks"),
    [
        (f"Hoe ver staat {ONE} intussen?", "ask_ticket_status", "chitchat", True),
        (f"Gelieve {ONE} te annuleren vandaag", "cancel", "cancel", False),
        (f"Kunt u mij bellen over {ONE}?", "ask_ticket_status", "request_human", False),
        (f"status {ONE}", "ask_ticket_status", "faq", True),
        (f"{ONE} code 4XQ7-7BDK", "nlu_fallback", "out_of_scope", True),
        (f"{ONE} intrekken aub", "open_migration_request", "cancel", False),
        (ONE, "open_migration_request", "", True),
        ("Is er al nieuws?", "ask_ticket_status", "nlu_fallback", True),
        ("Ik vind nog steeds niets.", "ask_ticket_status", "report_no_solution", False),
    ],
)
def test_what_stands_around_it_decides(text: str, named: str, bare: str, asks: bool) -> None:
    assert asks_status(text, named=named, bare=bare) is asks


@pytest.mark.parametrize(
    ("stated", "changes"),
    [
        (set(), False),
        ({"enterprise_number", "closing_date"}, False),
        ({"enterprise_number", "certificate_number"}, True),
        ({"filing_model"}, True),
    ],
)
def test_naming_a_firm_changes_no_request(stated: set[str], changes: bool) -> None:
    assert changes_request(frozenset(stated)) is changes
