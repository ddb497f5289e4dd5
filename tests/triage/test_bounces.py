"""Delivery reports on our own answers."""

import pytest

from bot.triage.bounces import read_bounce

REPORT = (
    "From: MAILER-DAEMON@mx.example\nMessage-ID: <report@mx.example>\nSubject: Undelivered\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
    "--b\nContent-Type: text/plain\n\nSorry.\n"
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
    "Final-Recipient: rfc822; an@x.example\nAction: failed\nStatus: {status}\n"
    "--b\nContent-Type: {kind}\n\nMessage-ID: <ours@balans.example>\nSubject: x\n\n--b--\n"
)


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
@pytest.mark.parametrize(("status", "is_permanent"), [("5.1.1", True), ("4.4.7", False)])
def test_a_report_names_our_mail(kind: str, status: str, is_permanent: bool) -> None:
    bounce = read_bounce(REPORT.format(kind=kind, status=status).encode())

    assert bounce
    assert "<ours@balans.example>" in bounce.message_ids
    assert "<report@mx.example>" not in bounce.message_ids
    assert bounce.is_permanent is is_permanent


@pytest.mark.parametrize(
    "raw", [b"", b"Subject: x\n\nhallo", b"Content-Type: multipart/report\n\nx"]
)
def test_what_is_no_report_says_nothing(raw: bytes) -> None:
    assert read_bounce(raw) is None
