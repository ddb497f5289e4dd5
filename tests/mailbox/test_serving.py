"""The whole journey: `cybo serve` between Postfix and Dovecot, with the trained model."""

import json
import os
import re
import smtplib
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

import pytest

from tests.mailbox import postfix
from tests.mailbox.dovecot import PASSWORD, Dovecot, binary
from tests.mailbox.fakes import plain, read_message, write_mail
from tests.mailbox.postfix import SENDER, USER, Postfix
from tests.serving import BEARER, Site

pytestmark = pytest.mark.trained
T = TypeVar("T")
_PATIENCE_S = 30
# The process that reads loads its model after the chat is ready.
_LOAD_S = 180

HALF = (
    "Geachte,\n\nSinds de overstap vind ik mijn neerleggingen niet meer terug. Kunt u ze "
    "verplaatsen?\n\nOndernemingsnummer: 0403.170.701\nAfsluitingsdatum: 31/12/2022\n"
    "Model: verkort\nEigenaar van het certificaat: An Peeters\n\nMet vriendelijke groeten\nAn\n"
)
REST = {
    "Type van neerlegging": "eerste neerlegging",
    "Taal van de jaarrekening": "Nederlands",
    "E-mailadres van het certificaat": "an@firma.example",
    "Nummer van het certificaat": "4A:7F:02",
    "Type van certificaat": "GlobalSign",
}


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Dovecot, Postfix]]:
    if binary() is None or postfix.binary() is None:
        if os.environ.get("CI"):
            pytest.fail("dovecot-imapd and postfix are not installed; .ci/run installs them")
        pytest.skip("needs dovecot-imapd and postfix, and root to start them")
    with tempfile.TemporaryDirectory(prefix="mail-") as folder:
        Path(folder).chmod(0o755)
        dovecot = Dovecot.start(Path(folder) / "dovecot")
        mx = Postfix.start(Path(folder) / "postfix", Path(folder) / "dovecot" / "mail")
        yield dovecot, mx
        mx.stop()
        dovecot.stop()


@pytest.fixture
def site(servers: tuple[Dovecot, Postfix], tmp_path: Path) -> Iterator[Site]:
    dovecot, mx = servers
    settings = {
        "CYBO_MAIL_ADDRESS": "desk@balans.example",
        "CYBO_CONTACT_EMAIL": "desk@balans.example",
        "CYBO_MAIL_MODES": "send",
        "CYBO_IMAP_HOST": "127.0.0.1",
        "CYBO_IMAP_PORT": str(dovecot.port),
        "CYBO_IMAP_SECURITY": "none",
        "CYBO_IMAP_USER": USER,
        "CYBO_IMAP_PASSWORD": PASSWORD,
        "CYBO_SMTP_HOST": "127.0.0.1",
        "CYBO_SMTP_PORT": str(mx.port),
        "CYBO_SMTP_SECURITY": "none",
    }
    running = Site(tmp_path, settings=settings)
    running.start()
    yield running
    running.kill()


def until(found: Callable[[], T], what: str, patience_s: float = _PATIENCE_S) -> T:
    """Wait for something to be there."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if result := found():
            return result
        time.sleep(0.1)
    pytest.fail(f"{what} did not come in {patience_s} s")


def fetch(site: Site, path: str) -> str:
    asked = urllib.request.Request(f"{site.url}{path}", headers=BEARER)
    with urllib.request.urlopen(asked, timeout=5) as response:
        return str(response.read().decode())


def test_a_request_over_two_mails(servers: tuple[Dovecot, Postfix], site: Site) -> None:
    dovecot, mx = servers

    def send(raw: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", mx.port) as client:
            client.sendmail("an@firma.example", ["desk@balans.example"], raw)

    def answers() -> list[EmailMessage]:
        return [read_message(raw) for raw in dovecot.read(SENDER)]

    assert {(row["check"], row["result"]) for row in site.cybo("mail", "check")} >= {
        ("mailbox", "ok"),
        ("submission", "ok"),
    }
    until(lambda: "reader.ready" in site.log, "the reader", _LOAD_S)
    started = time.monotonic()
    send(write_mail(HALF, to="desk@balans.example", subject="Neerleggingen verdwenen"))
    [first] = until(answers, "the answer")
    assert time.monotonic() - started < 10, "IDLE announces it at once"
    form = plain(first).partition("hebben we nog nodig")[2]
    asked = re.findall(r"(?m)^([A-Z][^:\n]*):$", form)
    assert asked == list(REST), "exactly the rest"
    assert "0403.170.701" in plain(first)

    filled = "\n".join(f"{name}: {value}" for name, value in REST.items())
    send(write_mail(filled, to="desk@balans.example", reply_to=first))
    second = until(lambda: answers()[1:], "the confirmation")[0]
    [ticket] = site.cybo("tickets", "list")

    assert ticket["reference"] in plain(second)
    assert {**ticket, "reference": "", "created_at": ""} == {
        "reference": "",
        "status": "new",
        "created_at": "",
        "channel": "email",
        "language": "nl",
        "filings": [
            {
                "enterprise_number": "0403170701",
                "closing_date": "2022-12-31",
                "filing_model": "abbreviated",
                "deposit_type": "initial",
                "filing_language": "nl",
            }
        ],
        "certificate_owner": "An Peeters",
        "certificate_email": "an@firma.example",
        "certificate_number": "4A:7F:02",
        "certificate_type": "globalsign",
    }
    _assert_told_without_personal_data(site)
    status = site.cybo("mail", "status")
    assert (status["received"], status["outbox"]) == (2, {"done": 2})


def _assert_told_without_personal_data(site: Site) -> None:
    log = until(lambda: site.log if site.log.count("outbox.delivered") == 2 else "", "the log")
    for step in ("mail.settled", "mail.queued", "ticket.opened", "outbox.delivered"):
        assert step in log
    for personal in ("an@firma", "Peeters", "0403", "4A:7F", "verdwenen", PASSWORD):
        assert personal not in log
    metrics = fetch(site, "/metrics")
    assert "cybo_mails_received_total 2.0" in metrics
    assert 'cybo_mails_total{outcome="ticketed",reason="migration_request"} 1.0' in metrics
    assert json.loads(fetch(site, "/readyz"))["mailbox_age_s"] < _PATIENCE_S
