"""The answer to a mail, read as its receiver would."""

from datetime import date

import pytest

from bot.language import LANGUAGES
from bot.triage.details import read_request
from bot.triage.html import html_to_text
from bot.triage.letter import Content, Letter, Office, write_letter
from bot.triage.mail import Mail
from bot.triage.read import read_mail
from bot.triage.request import Request
from tests.triage.reading import read_passage

OFFICE = Office("desk@nbb.be", "02 221 30 01")
HALF = Request(
    ({"enterprise_number": "0403170701", "filing_model": "micro", "filing_model_code": "m02-f"},),
    {"certificate_type": "globalsign"},
)
AUTOMATIC = {"en": "automatic reply", "fr": "réponse automatique", "nl": "automatisch antwoord"}
LABEL = {"en": "Closing date: ", "fr": "Date de clôture\u00a0: ", "nl": "Afsluitingsdatum: "}


def mail(sender: str = "An Peeters <an@x.be>", subject: str = "hulp", *lines: str) -> Mail:
    headers = [f"From: {sender}", "Message-ID: <2@x.be>", f"Subject: {subject}", *lines]
    return read_mail("\n".join([*headers, "", "x"]).encode(), html_to_text)


def letter(found: Mail, language: str = "nl", content: Content | None = None) -> Letter:
    return write_letter(found, language, OFFICE, content or Content(["Een antwoord."]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_who_writes_and_how_to_reach_a_person(language: str) -> None:
    text = letter(mail(), language).text

    assert AUTOMATIC[language] in text
    assert "Een antwoord." in text
    assert OFFICE.email in text
    assert OFFICE.phone in text
    assert "None" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_customs_helpdesk_comes_first_where_it_answers(language: str) -> None:
    text = letter(mail(), language, Content(["Een antwoord."], is_customs=True)).text

    assert 0 < text.index("02 579 33 33") < text.index(OFFICE.email)
    assert OFFICE.phone in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_tells_what_is_known_and_asks_for_the_rest_only(language: str) -> None:
    text = letter(mail(), language, Content(request=HALF)).text

    known, _, form = text.partition(LABEL[language].strip())
    assert "0403.170.701" in known
    assert "m02-f" in known
    assert "GlobalSign" in known
    assert "0403.170.701" not in form
    assert "GlobalSign" not in form


def test_the_form_can_be_filled_in_by_replying() -> None:
    text = letter(mail(), "fr", Content(request=HALF)).text
    filled = text.replace(LABEL["fr"].strip(), LABEL["fr"] + "31/12/2022")

    request = read_request(
        filled,
        read=read_passage,
        today=date(2026, 11, 24),
        own_addresses=frozenset({OFFICE.email}),
    )

    assert request.filings[0]["closing_date"] == "2022-12-31"


def test_refusals_and_the_reference_are_told() -> None:
    text = letter(
        mail(), "nl", Content(request=HALF, refusals=["Dat is geen datum."], reference="CYB-1")
    ).text

    assert "- Dat is geen datum." in text
    assert "CYB-1" in text


@pytest.mark.parametrize(
    ("language", "ways"),
    [
        ("en", "in the chat or by e-mail"),
        ("fr", "dans le chat ou par e-mail"),
        ("nl", "in de chat of per mail"),
    ],
)
def test_the_code_is_told_with_what_it_is_for(language: str, ways: str) -> None:
    text = letter(mail(), language, Content(reference="CYB-1", code="4XQ7BD")).text

    assert "4XQ7BD" in text
    assert ways in text


@pytest.mark.parametrize(
    ("sender", "greeting"),
    [
        ("An Peeters <an@x.be>", "Geachte An Peeters,"),
        ("an@x.be", "Geachte mevrouw, geachte heer,"),
        ("info2024 <an@x.be>", "Geachte mevrouw, geachte heer,"),
        ("Kantoor <an@x.be>", "Geachte mevrouw, geachte heer,"),
    ],
)
def test_a_person_is_greeted_by_name(sender: str, greeting: str) -> None:
    assert letter(mail(sender)).text.startswith(greeting)


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("hulp", "Re: hulp"),
        ("RE: Antw: TR: hulp", "Re: hulp"),
        ("Re[2]: hulp", "Re: hulp"),
        ("", "Re:"),
        ("mijn pincode is 48213", "Re: mijn pincode is [***]"),
        ("x" * 500, "Re: " + "x" * 150),
    ],
)
def test_the_subject_is_the_senders_without_a_row_of_prefixes(subject: str, answer: str) -> None:
    assert letter(mail(subject=subject)).subject == answer


def test_the_headers_keep_the_thread_and_stop_other_machines() -> None:
    headers = letter(mail("an@x.be", "hulp", "References: <0@x.be> <1@x.be>")).headers

    assert headers["Auto-Submitted"] == "auto-replied"
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert headers["In-Reply-To"] == "<2@x.be>"
    assert headers["References"] == "<0@x.be> <1@x.be> <2@x.be>"


@pytest.mark.parametrize(
    ("language", "stays"),
    [
        ("nl", "blijft in onze mailbox staan"),
        ("fr", "reste dans notre boîte de réception"),
        ("en", "stays in our mailbox"),
    ],
)
def test_a_warning_of_secrets_says_where_the_mail_stays(language: str, stays: str) -> None:
    text = letter(mail(), language, Content(["Een antwoord."], held_secret=True)).text

    assert stays in text
    assert text.index(stays) < text.index("Een antwoord.")
    assert stays not in letter(mail(), language).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_names_a_brand_that_is_not_listed(language: str) -> None:
    request = Request((), {"certificate_type": "other", "certificate_brand": "LuxTrust"})

    assert "(LuxTrust)" in letter(mail(), language, Content(request=request)).text
