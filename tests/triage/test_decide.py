"""What becomes of a mail."""

from datetime import date

import pytest

from bot.triage.automatic import Helpdesk
from bot.triage.decide import (
    Decision,
    Understanding,
    decide,
    reply_address,
    stated_request,
    text_to_understand,
)
from bot.triage.html import html_to_text
from bot.triage.mail import Mail
from bot.triage.read import read_mail
from bot.triage.request import Request
from tests.triage.reading import read_passage

TODAY = date(2026, 11, 24)
DESK = Helpdesk(frozenset({"desk@nbb.be"}), "mx.nbb.be")
QUESTION = Understanding("nl", "faq", ("grey_screen",))
SECRET = Understanding("nl", "share_secret")
STATUS = Understanding("nl", "ask_ticket_status")
UNCLEAR = Understanding("nl", "nlu_fallback")


def mail(body: str = "grijs scherm", *lines: str, subject: str = "hulp") -> Mail:
    headers = ["From: an@x.be", "To: desk@nbb.be", f"Subject: {subject}", *lines]
    return read_mail("\n".join([*headers, "", body]).encode(), html_to_text)


def judged(found: Mail, understood: Understanding, earlier: Request | None = None) -> Decision:
    newest = stated_request(found, DESK, read=read_passage, today=TODAY)
    return decide(found, understood, DESK, newest=newest, earlier=earlier)


@pytest.mark.parametrize(
    ("found", "understood", "category", "should_reply", "reason"),
    [
        (mail(), QUESTION, "question", True, "question"),
        (mail(), UNCLEAR, "other", False, "nlu_fallback"),
        (mail(), Understanding("nl", "out_of_scope"), "other", False, "out_of_scope"),
        (mail(), Understanding("de", "speak_german"), "other", True, "other"),
        (mail("pincode: 4821"), SECRET, "other", True, "secret"),
        (mail("pin 4821 en toch fout zegt de lezer"), SECRET, "other", False, "share_secret"),
        (mail("pin 4821", "Auto-Submitted: x"), SECRET, "automatic", False, "auto_submitted"),
        (mail(), STATUS, "question", True, "status"),
        (mail(), Understanding("nl", "names_ticket"), "other", False, "names_ticket"),
        (mail("Model: micro"), STATUS, "other", False, "names_ticket"),
        (mail(), Understanding("nl", "open_migration_request"), "migration_request", True, None),
        (mail("x", "Auto-Submitted: auto-replied"), QUESTION, "automatic", False, "auto_submitted"),
        (mail("x", "X-Spam-Flag: YES"), QUESTION, "spam", False, "spam_flag"),
        (mail("x", "X-Auto-Response-Suppress: All"), QUESTION, "question", False, "suppressed"),
        (mail("x", "Content-Type: application/ms-tnef"), QUESTION, "other", False, "winmail"),
    ],
)
def test_a_mail_is_sorted(
    found: Mail, understood: Understanding, category: str, should_reply: bool, reason: str | None
) -> None:
    decision = judged(found, understood)

    assert (decision.category, decision.should_reply) == (category, should_reply)
    assert reason in {None, decision.reason} or decision.reason == "speak_german"


def test_three_details_are_a_request_whatever_the_model_thinks() -> None:
    body = "Ondernemingsnummer: 0403.170.701\nAfsluitingsdatum: 31/12/2022\nModel: micro"

    decision = judged(mail(body), UNCLEAR)

    assert decision.category == "migration_request"
    assert decision.request.missing[0] == "deposit_type"


def test_a_reply_to_a_request_is_about_that_request() -> None:
    earlier = Request(({"enterprise_number": "0403170701"},), {})

    decision = judged(mail("Model: micro"), UNCLEAR, earlier)

    assert decision.category == "migration_request"
    assert decision.request.filings == (
        {"enterprise_number": "0403170701", "filing_model": "micro"},
    )


def test_the_subject_counts_for_details_and_speaks_for_an_empty_mail() -> None:
    found = mail("", subject="formulieren weg 0403.170.701")

    assert text_to_understand(found) == "formulieren weg 0403.170.701"
    decision = judged(found, Understanding("nl", "open_migration_request"))
    assert decision.request.filings[0]["enterprise_number"] == "0403170701"


@pytest.mark.parametrize("topic", ["missing_forms", "required_details"])
def test_a_firm_named_with_a_question_about_migration_is_a_request(topic: str) -> None:
    asked = Understanding("nl", "faq", (topic,))

    decision = judged(mail("Wat hebt u nodig voor 0403.170.701?"), asked)

    assert (decision.category, decision.topics) == ("migration_request", (topic,))
    assert judged(mail("Wat hebt u nodig?"), asked).category == "question"
    assert judged(mail("Grijs scherm bij 0403.170.701"), QUESTION).category == "question"


def test_a_secret_does_not_hide_the_question_beside_it() -> None:
    found = mail("Beste,\n\nIk kan niet inloggen. Mijn wachtwoord is Zon#1958. Wat nu?")
    only = mail("Mijn wachtwoord is Zon#1958.\nAn")

    assert text_to_understand(found) == "Ik kan niet inloggen. Wat nu?"
    assert text_to_understand(only) == "Mijn wachtwoord is Zon#1958.\nAn"


def test_capitals_are_lowered() -> None:
    assert text_to_understand(mail("IK KRIJG EEN GRIJS SCHERM")) == "ik krijg een grijs scherm"
    assert text_to_understand(mail("Wat is IDAAS?")) == "Wat is IDAAS?"


@pytest.mark.parametrize("tag", ["qoreg3h7-ma52szhz", "bab7t5nu-6l2cn57l", "lchwb5g5-w4y3hfmh"])
def test_a_threads_tag_is_neither_a_detail_nor_a_text(tag: str) -> None:
    found = mail("Hoe ver staat het?", subject=f"RE: Vraag [cybo-{tag}]")
    bare = mail("", subject=f"RE: grijs scherm [cybo-{tag}]")

    assert judged(found, STATUS).request == Request()
    assert text_to_understand(bare) == "RE: grijs scherm"


def test_a_forwarded_message_is_read_for_details_when_the_subject_says_so() -> None:
    body = (
        "Zie hieronder.\n\nVan: Lut <l@x.be>\nVerzonden: maandag\nAan: An\nOnderwerp: x\n\n"
        "Ondernemingsnummer: 0403.170.701"
    )
    asked = Understanding("nl", "open_migration_request")

    forwarded = judged(mail(body, subject="FW: gegevens"), asked)

    assert forwarded.request.filings == ({"enterprise_number": "0403170701"},)
    assert judged(mail(body, subject="RE: gegevens"), asked).request.filings == ()


def test_what_was_quoted_is_no_statement() -> None:
    body = "Dat klopt.\n\nOp 3/11/2026 om 10:12 schreef Desk <d@x.be>:\n> Model: micro"

    decision = judged(mail(body), Understanding("nl", "open_migration_request"))

    assert decision.request.filings == ()


def test_a_question_beside_the_status_keeps_its_topics() -> None:
    decision = judged(mail(), Understanding("nl", "faq", ("fees",), asks_status=True))

    assert (decision.category, decision.reason) == ("question", "status")
    assert (decision.topics, decision.asks_status) == (("fees",), True)


def test_how_an_unfinished_request_stands_is_what_it_lacks() -> None:
    earlier = Request(({"enterprise_number": "0403170701"},), {})

    decision = judged(mail("Hoe ver staat het?"), STATUS, earlier)

    assert decision.category == "migration_request"
    assert decision.request.filings == earlier.filings
    assert not decision.asks_status


def test_a_new_request_that_asks_after_another_gets_both() -> None:
    body = "Ondernemingsnummer: 0403.170.701\nAfsluitingsdatum: 31/12/2022\nModel: micro\n"

    with_reference = judged(mail(f"{body}En CYB-2026-000187-7?"), STATUS)

    assert (with_reference.category, with_reference.asks_status) == ("migration_request", True)
    assert not judged(mail(body), STATUS).asks_status


def test_the_digits_of_a_reference_are_no_enterprise_number() -> None:
    decision = judged(mail("CYB-2026-000187"), Understanding("nl", "open_migration_request"))

    assert (decision.request.filings, decision.request.invalid) == ((), {})


def test_the_status_goes_to_the_address_that_asks_and_to_no_other() -> None:
    found = mail("x", "Reply-To: eve@y.be")

    assert reply_address(found, judged(found, STATUS)) == "an@x.be"
    assert reply_address(found, judged(found, QUESTION)) == "eve@y.be"
