"""The desk sees an unlisted brand, and what the requester could not give."""

import csv
import io

from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.storage import SqlTicketStore
from bot.tickets.model import Draft
from tests.desk.conftest import Visitors
from tests.desk.seed import DRAFT, FILING, NOW
from tests.desk.test_tickets import SMTP


async def test_a_ticket_shows_its_brand_and_what_it_lacks(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    lacking = {"enterprise_number": None}
    draft = Draft(
        **{
            **DRAFT,
            "filings": [FILING, {**FILING, **lacking}],
            "certificate_email": None,
            "certificate_type": "other",
            "certificate_brand": "LuxTrust",
        }
    )
    store = SqlTicketStore(engine, may_lack=["enterprise_number", "certificate_email"])
    ticket, _ = store.open(draft, now=NOW)
    browser = await visit("an", **SMTP)

    page = await browser.open(f"/desk/tickets/{ticket.reference}?lang=en")
    response = await browser.client.get("/desk/tickets.csv")
    text = (await response.read()).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    pages = page + await browser.open("/desk/tickets")

    assert "other certificate (LuxTrust)" in page
    assert page.count("missing (the Contact Center may ask for it)") == 2
    assert "contains no e-mail address" in page
    assert [row["missing"] for row in rows] == [
        "certificate_email",
        "enterprise_number certificate_email",
    ]
    assert {row["certificate_brand"] for row in rows} == {"LuxTrust"}
    assert "None" not in pages + text
