"""Looking for conversations at the desk and reading one."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.delivery.ticket import Line
from bot.language import LANGUAGES
from bot.storage import SqlTurnStore
from bot.storage.tables import AUDIT
from tests.desk.conftest import Visitors
from tests.desk.seed import NOW, TURN, open_ticket

XSS = "<script>alert(1)</script>"
NOT_HERE = {"en": "not take them over", "fr": "pas y intervenir", "nl": "niet overnemen"}


@pytest.fixture
def turns(engine: Engine) -> None:
    """Two conversations, the first of two turns."""
    french = replace(
        TURN,
        conversation="rest/marie@example.be",
        channel="rest",
        at=NOW + timedelta(days=1),
        language="fr",
        text="rappelez-moi au 0475 12 34 56",
        outcome="handoff",
    )
    SqlTurnStore(engine).record([TURN, replace(TURN, text="en de Firewall?"), french])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 2),
        ("language=fr", 1),
        ("outcome=answer", 1),
        ("outcome=clarify", 0),
        ("channel=rest", 1),
        ("from=2026-11-25", 1),
        ("to=2026-11-24", 1),
        ("q=firewall", 1),
        ("q=grijs", 1),
        ("q=%25", 0),
        ("q=' OR 1=1", 0),
    ],
)
async def test_conversations_are_found_by_their_turns(
    visit: Visitors, accounts: Accounts, turns: None, query: str, found: int
) -> None:
    browser = await visit("an")

    page = await browser.open(f"/desk/conversations?{query}")

    assert page.count('<th scope="row">') == found


def exported(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


async def test_an_export_says_when_each_visitor_was_told_who_answers(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    told = replace(TURN, at=NOW + timedelta(minutes=2), introduces=True)
    later = replace(told, at=NOW + timedelta(minutes=9), outcome="form")
    untold = replace(TURN, conversation="rest/b", channel="rest")
    SqlTurnStore(engine).record([TURN, told, later, untold])
    browser = await visit("an")

    text = await browser.open("/desk/conversations.csv")

    assert exported(text) == [
        {"conversation": "4", "first": "2026-11-24T11:00:00+01:00",
         "last": "2026-11-24T11:00:00+01:00", "channel": "rest", "language": "nl", "turns": "1",
         "outcome": "answer", "told_at": ""},
        {"conversation": "3", "first": "2026-11-24T11:00:00+01:00",
         "last": "2026-11-24T11:09:00+01:00", "channel": "web", "language": "nl", "turns": "3",
         "outcome": "form", "told_at": "2026-11-24T11:02:00+01:00"},
    ]  # fmt: skip
    assert "grijs scherm" not in text
    with engine.connect() as connection:
        noted = connection.execute(select(AUDIT).order_by(AUDIT.c.id.desc())).first()
    assert (noted.user, noted.action, noted.detail) == ("an", "conversations_exported", "2")


async def test_an_export_holds_what_the_filters_find(
    visit: Visitors, accounts: Accounts, turns: None
) -> None:
    browser = await visit("an")

    page = await browser.open("/desk/conversations?language=fr")
    (link,) = re.findall(r'href="(/desk/conversations\.csv[^"]*)"', page)
    text = await browser.open(link)

    assert [row["language"] for row in exported(text)] == ["fr"]


async def test_a_long_export_misses_nothing_and_repeats_nothing(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    many = [replace(TURN, conversation=f"widget:{n}") for n in range(430)]
    SqlTurnStore(engine).record([*many, *many])
    browser = await visit("an")

    rows = exported(await browser.open("/desk/conversations.csv"))

    assert [row["conversation"] for row in rows] == [str(860 - n) for n in range(430)]
    assert {row["turns"] for row in rows} == {"2"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_says_that_taking_over_is_not_possible_here(
    visit: Visitors, accounts: Accounts, turns: None, language: str
) -> None:
    browser = await visit("an")

    pages = [
        await browser.open(f"/desk/conversations?lang={language}"),
        await browser.open(f"/desk/conversations/1?lang={language}"),
    ]

    assert all(NOT_HERE[language] in page for page in pages)


@pytest.mark.usefixtures("accounts", "turns")
@pytest.mark.parametrize(("name", "is_masked"), [("an", True), ("ed", True), ("ada", False)])
async def test_personal_data_is_hidden_from_all_but_admins(
    visit: Visitors,
    engine: Engine,
    said: dict[str, list[Line]],
    name: str,
    is_masked: bool,
) -> None:
    open_ticket(engine, conversation="rest/marie@example.be", certificate_owner="Marie Dupont")
    said["rest/marie@example.be"] = [
        Line("user", "rappelez-moi au 0475 12 34 56"),
        Line("cybo", "Marie Dupont, marie@example.be"),
    ]
    browser = await visit(name)

    listed, read = (
        await browser.open("/desk/conversations"),
        await browser.open("/desk/conversations/3"),
    )

    assert ("0475 12 34 56" not in listed) == is_masked
    for personal in ("0475 12 34 56", "Marie Dupont", "marie@example.be"):
        assert (personal not in read) == is_masked
    with engine.connect() as connection:
        entry = connection.execute(select(AUDIT).order_by(AUDIT.c.id.desc())).first()
    assert (entry.user, entry.action, entry.subject) == (name, "conversation_viewed", "turn 3")


async def test_what_visitors_wrote_stays_when_the_conversation_is_gone(
    visit: Visitors, accounts: Accounts, turns: None
) -> None:
    browser = await visit("an")

    page = await browser.open("/desk/conversations/2")

    assert "ik zie een grijs scherm" in page
    assert "en de Firewall?" in page


async def test_what_visitors_wrote_is_shown_as_text(
    visit: Visitors, accounts: Accounts, engine: Engine, said: dict[str, list[Line]]
) -> None:
    SqlTurnStore(engine).record([replace(TURN, text=XSS, conversation=XSS, topics=("<b>",))])
    said[XSS] = [Line("user", XSS), Line("cybo", XSS)]
    browser = await visit("ada")

    pages = [
        await browser.open("/desk/conversations"),
        await browser.open("/desk/conversations/1"),
        await browser.open(f"/desk/conversations?q={XSS}"),
    ]

    assert all(XSS not in page and "&lt;script&gt;" in page for page in pages)


@pytest.mark.parametrize("number", ["99", "0", "x", "99999999999999999999"])
async def test_a_conversation_that_is_not_there_is_not_found(
    visit: Visitors, accounts: Accounts, turns: None, number: str
) -> None:
    browser = await visit("an")

    await browser.open(f"/desk/conversations/{number}")

    assert browser.status == 404
