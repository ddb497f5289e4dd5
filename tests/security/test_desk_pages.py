"""No value in a table hides a page of the desk, or reaches a spreadsheet as a formula."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.language import LANGUAGES
from bot.storage.engine import to_column, writing
from bot.storage.tables import FILINGS, OUTBOX, TICKET_NOTES, TICKETS
from tests.desk.conftest import Visitors, accounts, clock, engine, said, visit
from tests.desk.seed import NOW, open_ticket, spoil

__all__ = ["accounts", "clock", "engine", "said", "visit"]


@pytest.mark.parametrize(
    "odd",
    [
        (TICKETS, "language", "xx"),
        (TICKETS, "status", "odd"),
        (TICKETS, "channel", "odd"),
        (TICKETS, "certificate_type", "odd"),
        (FILINGS, "filing_model", "odd"),
        (FILINGS, "deposit_type", "odd"),
        (FILINGS, "filing_language", "qq"),
        (FILINGS, "closing_date", "odd"),
        (FILINGS, "enterprise_number", "odd"),
        (OUTBOX, "status", "odd"),
    ],
    ids=str,
)
async def test_the_desks_pages_show_a_value_that_nobody_foresaw(
    visit: Visitors,
    accounts: Accounts,
    engine: Engine,
    odd: tuple[Any, str, str],
) -> None:
    table, column, value = odd
    ticket = open_ticket(engine, "desk_mail")
    with writing(engine) as connection:
        connection.execute(update(table).values({column: value}))
    browser = await visit("an")

    for language in LANGUAGES:
        for path in ("/desk/tickets", f"/desk/tickets/{ticket.reference}"):
            page = await browser.open(f"{path}?lang={language}")

            assert browser.status == 200
            assert ticket.reference in page
    for file in ("/desk/tickets.csv", "/desk/tickets.json"):
        await browser.open(file)
        assert browser.status == 200


async def test_a_note_that_tells_no_step_is_shown_as_it_is(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    ticket = open_ticket(engine)
    note = {"ticket_id": 1, "author": "an", "kind": "status", "text": "{half a step"}
    with writing(engine) as connection:
        connection.execute(insert(TICKET_NOTES).values(at=to_column(NOW), **note))
    browser = await visit("an")

    assert "{half a step" in await browser.open(f"/desk/tickets/{ticket.reference}")


@pytest.mark.parametrize("start", ["＝", "＋", "－", "＠", "\u00a0=", "\n=", "\u3000＝"])
async def test_a_spreadsheet_calculates_no_full_width_formula(
    visit: Visitors, accounts: Accounts, engine: Engine, start: str
) -> None:
    open_ticket(engine)
    spoil(engine, certificate_owner=f"{start}1+1")
    browser = await visit("an")

    response = await browser.client.get("/desk/tickets.csv")
    text = (await response.read()).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")

    assert row["certificate_owner"] == f"'{start}1+1"
