"""Whether a mail holds nothing but a secret."""

import pytest

from bot.privacy import MASK
from bot.triage.html import html_to_text
from bot.triage.mail import Mail
from bot.triage.read import read_mail
from bot.triage.secret_only import holds_only_a_secret, without_announced_secret


def mail(body: str, subject: str) -> Mail:
    headers = ["From: An Peeters <an@x.be>", f"Subject: {subject}"]
    return read_mail("\n".join([*headers, "", body]).encode(), html_to_text)


@pytest.mark.parametrize(
    "text",
    [
        "Mijn wachtwoord is Zomer2026!",
        "Voici mon code PIN : 4821",
        "password: Harbour#77\n\nPaul Fraser",
        "As you asked, my national register number is 85.07.30-033.28.",
        f"wachtwoord {MASK}",
    ],
)
def test_a_secret_and_a_name_are_nothing_more(text: str) -> None:
    assert holds_only_a_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "grijs scherm",
        "Mijn wachtwoord is Zomer2026! Kan ik daarmee inloggen?",
        "mijn pincode is 4821 en toch zegt de kaartlezer dat hij fout is",
        "Mon code PIN 4821 ne marche plus depuis que ma carte est renouvelée",
    ],
)
def test_a_question_or_a_story_beside_it_is_more(text: str) -> None:
    assert not holds_only_a_secret(text)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Wachtwoord", "Zomer2026!"),
        ("RE: code PIN", "Bonjour,\n\n4821"),
        ("PIN", "Hello,\n\n4821\n\n-- \nAn Peeters"),
    ],
)
def test_a_value_that_the_subject_announces_is_masked(subject: str, body: str) -> None:
    masked = without_announced_secret(mail(body, subject))

    assert MASK in masked.text
    assert "4821" not in masked.text
    assert "Zomer" not in masked.text


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("wachtwoord vergeten", "Help mij aub"),
        ("wachtwoord vergeten", "Hulp!"),
        ("Filing", "4821"),
        ("pincode", "Mijn kaart heeft er 4"),
    ],
)
def test_nothing_else_is(subject: str, body: str) -> None:
    found = mail(body, subject)

    assert without_announced_secret(found) == found
