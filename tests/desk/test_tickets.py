"""The desk's tickets: found, read, moved on, exported."""

import csv
import email
import email.policy
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.delivery.outbox import DOUBTFUL, PARKED
from bot.delivery.ticket import Line
from bot.language import LANGUAGES
from bot.storage import SqlTicketStore
from bot.storage.tables import AUDIT, OUTBOX, TICKETS
from bot.tickets.model import Ticket
from tests.desk.conftest import Browser, Clock, Visitors
from tests.desk.seed import FILING, NOW, fill, open_ticket, set_delivery, spoil

SMTP = {"smtp_host": "127.0.0.1", "smtp_security": "none"}
XSS = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def references(page: str) -> list[str]:
    return re.findall(r'<a href="/desk/tickets/(CYB-[\d-]+)">', page)


def audited(engine: Engine) -> list[tuple[str, str, str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(select(AUDIT).order_by(AUDIT.c.id)).all()
    return [(row.user, row.action, row.subject, row.detail) for row in rows]


def outgoing(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(OUTBOX).order_by(OUTBOX.c.id)))


@pytest.fixture
def tickets(engine: Engine) -> dict[str, Ticket]:
    """Three tickets that differ in everything one may look for."""
    plain = open_ticket(engine)
    french = open_ticket(
        engine,
        "desk_mail",
        "webhook",
        at=NOW + timedelta(days=1),
        conversation="mail:abc",
        channel="email",
        language="fr",
        certificate_owner="Élise Lambert",
        certificate_email="elise@example.fr",
    )
    english = open_ticket(
        engine,
        "desk_mail",
        at=NOW + timedelta(days=2),
        conversation="rest:x",
        channel="rest",
        language="en",
        filings=[{**FILING, "enterprise_number": "0206731645"}],
        certificate_owner="100% Smith_",
    )
    set_delivery(engine, "webhook", french, PARKED, "answered 410")
    set_delivery(engine, "desk_mail", english, "done")
    return {"plain": plain, "french": french, "english": english}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["english", "french", "plain"]),
        ("order=oldest", ["plain", "french", "english"]),
        ("status=new", ["english", "french", "plain"]),
        ("status=resolved", []),
        ("channel=email", ["french"]),
        ("language=en", ["english"]),
        ("delivery=parked", ["french"]),
        ("delivery=waiting", ["french"]),
        ("delivery=done", ["english"]),
        ("delivery=unsent", ["plain"]),
        ("from=2026-11-25", ["english", "french"]),
        ("to=2026-11-24", ["plain"]),
        ("from=2026-11-25&to=2026-11-25", ["french"]),
        ("q=élise", ["french"]),
        ("q=ÉLISE", ["french"]),
        ("q=ELISE%40example", ["french"]),
        ("q=0206.731.645", ["english"]),
        ("q=BE 0206 731 645", ["english"]),
        ("q=206731645", ["english"]),
        ("q=cyb 2026 000002", ["french"]),
        ("q=%25", ["english"]),
        ("q=_", ["english"]),
        ("q='; DROP TABLE tickets; --", []),
        ("status=nonsense&page=-3&from=yesterday&order=x", ["english", "french", "plain"]),
    ],
)
async def test_tickets_are_found_by_what_one_knows_of_them(
    visit: Visitors,
    accounts: Accounts,
    tickets: dict[str, Ticket],
    query: str,
    found: list[str],
) -> None:
    browser = await visit("an")

    page = await browser.open(f"/desk/tickets?{query}")

    assert references(page) == [tickets[name].reference for name in found]


async def test_long_lists_come_in_pages(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    fill(engine)
    browser = await visit("an")

    first = references(await browser.open("/desk/tickets?language=nl&order=oldest"))
    all_pages = references(await browser.open("/desk/tickets"))
    second = references(await browser.open("/desk/tickets?page=2"))

    assert len(first) == 11
    assert len(all_pages) == 25
    assert len(second) == 6
    assert not set(all_pages) & set(second)


async def test_a_ticket_shows_everything_about_it(
    visit: Visitors, accounts: Accounts, engine: Engine, said: dict[str, list[Line]]
) -> None:
    ticket = open_ticket(engine, "desk_mail")
    set_delivery(engine, "desk_mail", ticket, PARKED, "mail.example.be: answered 550")
    said["widget:een"] = [
        Line("user", "grijs scherm"),
        Line("cybo", "Uw firewall houdt iets tegen."),
    ]
    browser = await visit("an")

    page = await browser.open(f"/desk/tickets/{ticket.reference}?lang=nl")

    for text in (
        "An Peeters", "an.peeters@example.be", "4A:7F:02", "GlobalSign", "0403.170.701",
        "31/12/2022", "verkort model", "m01-f", "initiële neerlegging", "24/11/2026 11:00",
        "vastgelopen", "mail.example.be: answered 550", "grijs scherm",
        "Uw firewall houdt iets tegen.",
    ):  # fmt: skip
        assert text in page, text
    assert audited(engine)[-1] == ("an", "ticket_viewed", ticket.reference, "")


async def test_an_unknown_reference_is_not_found(visit: Visitors, accounts: Accounts) -> None:
    browser = await visit("an")

    await browser.open("/desk/tickets/CYB-2026-999999-0")

    assert browser.status == 404


async def test_a_ticket_goes_from_new_to_closed_and_back(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    ticket = open_ticket(engine)
    browser, path = await visit("an"), f"/desk/tickets/{ticket.reference}"

    def stands() -> tuple[str, bool]:
        with engine.connect() as connection:
            row = connection.execute(select(TICKETS)).one()
        return row.status, row.closed_at is not None

    stood = []
    await browser.open(path)
    for before, after in [
        ("new", "in_progress"), ("in_progress", "resolved"),
        ("resolved", "in_progress"), ("in_progress", "rejected"),
    ]:  # fmt: skip
        await browser.send(f"{path}/status", before=before, after=after)
        stood.append(stands())

    assert stood == [
        ("in_progress", False), ("resolved", True), ("in_progress", False), ("rejected", True),
    ]  # fmt: skip
    changes = [row for row in audited(engine) if row[1] == "ticket_status_changed"]
    assert changes[1] == ("an", "ticket_status_changed", ticket.reference, "in_progress > resolved")


@pytest.mark.parametrize(
    ("before", "after"),
    [("new", "resolved"), ("in_progress", "resolved"), ("new", "gone"), ("", ""), ("new", "new")],
)
async def test_a_step_that_cannot_be_taken_changes_nothing(
    visit: Visitors, accounts: Accounts, engine: Engine, before: str, after: str
) -> None:
    ticket = open_ticket(engine)
    browser, path = await visit("an"), f"/desk/tickets/{ticket.reference}"
    await browser.open(path)

    await browser.send(f"{path}/status", before=before, after=after)

    assert browser.status == 409
    found = SqlTicketStore(engine).find(ticket.reference)
    assert found
    assert found.status == "new"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_requester_is_told_in_their_language(
    visit: Visitors, accounts: Accounts, engine: Engine, language: str
) -> None:
    ticket = open_ticket(engine, language=language)
    browser = await visit("an", **SMTP)
    path = f"/desk/tickets/{ticket.reference}"
    await browser.open(path)

    await browser.send(
        f"{path}/status", before="new", after="in_progress", inform="yes", words="Tot <morgen>"
    )

    (item,) = outgoing(engine)
    message = email.message_from_bytes(item.payload, policy=email.policy.default)
    text = message.get_body(("plain",)).get_content()
    assert (item.target, item.recipient) == ("smtp", "an.peeters@example.be")
    assert item.key == f"letter:1:{ticket.reference}"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == language
    assert ticket.reference in message["Subject"]
    assert "Tot <morgen>" in text
    assert {"en": "We are working", "fr": "Nous traitons", "nl": "We behandelen"}[language] in text
    assert "Tot &lt;morgen&gt;" in browser.page
    assert ticket.reference in references(await browser.open("/desk/tickets?delivery=waiting"))


async def test_without_a_mail_server_nobody_is_told(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    ticket = open_ticket(engine)
    browser, path = await visit("an"), f"/desk/tickets/{ticket.reference}"

    page = await browser.open(f"{path}?lang=nl")
    await browser.send(f"{path}/status", before="new", after="in_progress", inform="yes")

    assert re.search(r'name="inform" value="yes"\s+disabled', page)
    assert "CYBO_SMTP_HOST" in page
    assert browser.status == 400
    assert outgoing(engine) == []


async def test_words_do_not_become_headers_of_a_letter(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    ticket = open_ticket(engine)
    browser, path = await visit("an", **SMTP), f"/desk/tickets/{ticket.reference}"
    await browser.open(path)

    await browser.send(
        f"{path}/status",
        before="new",
        after="in_progress",
        inform="yes",
        words="Beste\r\nSubject: gewonnen\r\n\r\n.\r\nRCPT TO:<x@example.be>",
    )

    (item,) = outgoing(engine)
    message = email.message_from_bytes(item.payload)
    assert message.get_all("Subject") == [f"Uw migratieaanvraag {ticket.reference}"]
    assert message.get_all("To") == ["an.peeters@example.be"]


async def test_a_note_is_kept_without_its_secrets(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    ticket = open_ticket(engine)
    browser, path = await visit("an"), f"/desk/tickets/{ticket.reference}"
    await browser.open(path)

    page = await browser.send(f"{path}/notes", text="Gebeld. Rijksregister 85.07.30-033.28")

    assert "Gebeld." in page
    assert "033.28" not in page
    assert audited(engine)[-2] == ("an", "ticket_noted", ticket.reference, "")


@pytest.mark.parametrize(("text", "status"), [("", 400), ("   ", 400), ("x" * 10_001, 413)])
async def test_a_note_that_is_empty_or_endless_is_refused(
    visit: Visitors, accounts: Accounts, engine: Engine, text: str, status: int
) -> None:
    ticket = open_ticket(engine)
    browser, path = await visit("an"), f"/desk/tickets/{ticket.reference}"
    await browser.open(path)

    await browser.send(f"{path}/notes", text=text)

    assert browser.status == status


async def test_only_admins_try_a_parked_delivery_again(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    ticket, other = open_ticket(engine, "desk_mail"), open_ticket(engine, conversation="b")
    set_delivery(engine, "desk_mail", ticket, PARKED)
    agent, admin = await visit("an"), await visit("ada")
    path, item = f"/desk/tickets/{ticket.reference}", str(outgoing(engine)[0].id)

    assert "/retry" not in await agent.open(path)
    await agent.send(f"{path}/retry", item=item)
    refused = (agent.status, outgoing(engine)[0].status)
    await admin.open(path)
    await admin.send(f"/desk/tickets/{other.reference}/retry", item=item)
    of_another = admin.status
    await admin.open(path)
    await admin.send(f"{path}/retry", item=item)
    tried = (admin.status, outgoing(engine)[0].status)
    await admin.send(f"{path}/retry", item=item)

    assert refused == (403, PARKED)
    assert of_another == 404
    assert tried == (200, "pending")
    assert admin.status == 409


async def test_what_people_wrote_is_shown_as_text_never_as_markup(
    visit: Visitors, accounts: Accounts, engine: Engine, said: dict[str, list[Line]]
) -> None:
    ticket = open_ticket(engine, "desk_mail")
    spoil(
        engine,
        certificate_owner=XSS,
        certificate_email=XSS,
        certificate_number=XSS,
        filing_model_code="<b>x</b>",
    )
    set_delivery(engine, "desk_mail", ticket, PARKED, XSS)
    said["widget:een"] = [Line("user", XSS), Line("cybo", XSS)]
    browser, path = await visit("ada", **SMTP), f"/desk/tickets/{ticket.reference}"
    await browser.open(path)
    await browser.send(f"{path}/notes", text=XSS)
    await browser.send(f"{path}/status", before="new", after="in_progress", inform="yes", words=XSS)

    pages = [await browser.open(path), await browser.open(f"/desk/tickets?q={XSS}")]

    for page in pages:
        assert "&lt;script&gt;alert" in page
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<b>x" not in page


async def test_a_file_holds_the_tickets_of_the_filter(
    visit: Visitors, accounts: Accounts, engine: Engine, tickets: dict[str, Ticket]
) -> None:
    browser = await visit("an")

    response = await browser.client.get("/desk/tickets.csv?language=fr")
    table = list(
        csv.DictReader(io.StringIO((await response.read()).decode("utf-8-sig")), delimiter=";")
    )
    listed = json.loads(await browser.open("/desk/tickets.json?language=fr"))

    assert (await response.read()).startswith(b"\xef\xbb\xbf")
    assert response.headers["Content-Disposition"] == 'attachment; filename="tickets.csv"'
    assert [row["certificate_owner"] for row in table] == ["Élise Lambert"]
    assert table[0]["enterprise_number"] == "0403170701"
    assert listed == [tickets["french"].as_dict()]
    assert audited(engine)[-1] == ("an", "tickets_exported", "json", "1")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " ="])
async def test_a_spreadsheet_calculates_nothing_of_what_people_wrote(
    visit: Visitors, accounts: Accounts, engine: Engine, start: str
) -> None:
    open_ticket(engine)
    spoil(engine, certificate_owner=f'{start}HYPERLINK("http://evil")')
    browser = await visit("an")

    response = await browser.client.get("/desk/tickets.csv")
    text = (await response.read()).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")

    assert row["certificate_owner"] == f'\'{start}HYPERLINK("http://evil")'


async def test_the_dashboard_counts_what_waits(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    ticket = open_ticket(engine, "desk_mail", "webhook")
    set_delivery(engine, "desk_mail", ticket, PARKED)
    set_delivery(engine, "webhook", ticket, DOUBTFUL)
    browser = await visit("an")

    page = await browser.open("/desk/?lang=en")

    numbers = re.findall(r'class="number">([^<]*)<', page)
    assert numbers == ["1", "0", "1", "1", "0", "–"]
    assert page.count("Look into this") == 2


async def test_the_time_of_a_list_is_that_of_belgium(
    visit: Visitors, accounts: Accounts, engine: Engine, clock: Clock
) -> None:
    late = open_ticket(engine, at=NOW.replace(hour=23, minute=30))
    browser: Browser = await visit("an")

    page = await browser.open("/desk/tickets?from=2026-11-25&to=2026-11-25")

    assert references(page) == [late.reference]
    assert "25/11/2026 00:30" in page
