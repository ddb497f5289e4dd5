"""Who is a machine, and whom a machine leaves in peace."""

import pytest

from bot.triage.automatic import Helpdesk, automatic_reason, no_answer_reason, spam_reason
from bot.triage.html import html_to_text
from bot.triage.mail import Mail
from bot.triage.read import read_mail

OWN = Helpdesk(frozenset({"desk@nbb.be"}))


def mail(*lines: str, sender: str = "an@x.be", to: str = "desk@nbb.be") -> Mail:
    headers = [f"From: {sender}", f"To: {to}", *lines]
    return read_mail("\n".join([*headers, "", "hallo"]).encode(), html_to_text)


def test_a_person_is_no_machine_and_gets_an_answer() -> None:
    assert automatic_reason(mail()) == ""
    assert no_answer_reason(mail(), OWN) == ""


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Auto-Submitted: auto-replied", "auto_submitted"),
        ("Auto-Submitted: AUTO-GENERATED; x=y", "auto_submitted"),
        ("Auto-Submitted: (comment) auto-notified", "auto_submitted"),
        ("Return-Path: <>", "empty_return_path"),
        ("Precedence: Bulk", "precedence"),
        ("Precedence: list", "precedence"),
        ("List-Id: <nieuws.example>", "list_id"),
        ("List-Unsubscribe: <mailto:x@y.be>", "list_unsubscribe"),
        ("X-Autoreply: yes", "x_autoreply"),
        ("Feedback-ID: 1:2:3", "feedback_id"),
        ("X-Cybo-Loop: 1", "own_mail"),
        (
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
            "report",
        ),
        (
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
            "report",
        ),
    ],
)
def test_the_headers_of_a_machine_are_recognised(line: str, reason: str) -> None:
    assert automatic_reason(mail(line)) == reason


@pytest.mark.parametrize(
    "line",
    ["Auto-Submitted: no", "Auto-Submitted: NO (really)", "Precedence: normal", "X-Loop: them"],
)
def test_harmless_headers_make_no_machine(line: str) -> None:
    assert automatic_reason(mail(line)) == ""


@pytest.mark.parametrize(
    "name",
    [
        "MAILER-DAEMON",
        "postmaster",
        "noreply",
        "no-reply",
        "no-reply+abc",
        "donotreply",
        "ne-pas-repondre",
        "niet-beantwoorden",
        "bounce",
        "bounces+an=x.be",
        "owner-list",
        "list-request",
        "news-noreply",
    ],
)
def test_addresses_of_machines_are_recognised(name: str) -> None:
    assert automatic_reason(mail(sender=f"{name}@x.be")) == "machine_address"


@pytest.mark.parametrize("name", ["an", "norbert.reply", "bouncer", "rootsaert", "an.request.x"])
def test_people_with_such_names_are_people(name: str) -> None:
    assert automatic_reason(mail(sender=f"{name}@x.be")) == ""


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (mail(sender=""), "no_sender"),
        (mail(sender="Desk@NBB.be"), "own_address"),
        (mail("X-Auto-Response-Suppress: All"), "suppressed"),
        (mail("X-Auto-Response-Suppress: DR, AutoReply"), "suppressed"),
        (mail("X-Auto-Response-Suppress: None"), ""),
        (mail("X-Auto-Response-Suppress: OOF"), ""),
        (mail(to="somebody@else.be"), "not_addressed"),
        (mail("From: other@x.be"), "several_senders"),
        (mail(*["Received: by x"] * 31), "many_hops"),
    ],
)
def test_who_must_not_be_answered_is_not(found: Mail, reason: str) -> None:
    assert no_answer_reason(found, OWN) == reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Authentication-Results: mx.nbb.be; dmarc=fail header.from=x.be", "dmarc_fail"),
        ("Authentication-Results: mx.evil.example; dmarc=fail", ""),
        ("Authentication-Results: mx.nbb.be; dmarc=pass", ""),
        ("X-Spam-Flag: YES", "spam_flag"),
        ("X-Spam-Flag: NO", ""),
    ],
)
def test_only_our_own_servers_verdict_counts(line: str, reason: str) -> None:
    assert spam_reason(mail(line), trusted_host="mx.nbb.be") == reason
