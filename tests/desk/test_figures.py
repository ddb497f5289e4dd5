"""The figures as somebody at the desk sees them."""

import csv
import io
import re
from datetime import date

import pytest
from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.figures import Count
from bot.storage.counters import count
from bot.storage.engine import writing
from tests.desk.conftest import Visitors

TODAY = date(2026, 11, 24)


@pytest.fixture
def counters(engine: Engine, accounts: Accounts) -> None:
    counts = [
        Count(TODAY, "nl", "conversation", "web", 5),
        Count(TODAY, "nl", "turn", "answer", 12),
        Count(TODAY, "nl", "turn", "clarify", 3),
        Count(TODAY, "nl", "turn", "smalltalk", 4),
        Count(TODAY, "nl", "topic", "grey_screen", 7),
        Count(TODAY, "nl", "open_topic", "out_of_scope", 2),
        Count(TODAY, "nl", "duration", "20", 15),
        Count(TODAY, "nl", "duration", "250", 4),
        Count(TODAY, "nl", "thumb", "up", 2),
        Count(TODAY, "fr", "ticket", "email", 1),
        Count(TODAY, "", "mail", "ignored", 6),
        Count(date(2026, 11, 1), "fr", "turn", "out_of_scope", 8),
        Count(date(2026, 1, 1), "en", "conversation", "rest", 77),
    ]
    with writing(engine) as connection:
        for counted in counts:
            count(connection, counted)


def table(page: str, title: str) -> dict[str, list[str]]:
    """Read the table under a title: the rows by their first cell."""
    part = page.split(f"<caption>{title}</caption>")[1].partition("</table>")[0]
    rows = re.findall(r'<tr><th scope="row">([^<]*)</th>(.*?)</tr>', part)
    return {name: re.findall(r"<td[^>]*>([^<]*)</td>", cells) for name, cells in rows}


async def test_charts_have_their_numbers_in_a_table_as_well(
    visit: Visitors, counters: None
) -> None:
    browser = await visit("an")

    page = await browser.open("/desk/figures?lang=en&days=7")

    messages = table(page, "What became of the messages")
    assert len(messages) == 8
    assert messages["24/11/2026"] == ["12", "3", "0", "0", "4"]
    assert messages["23/11/2026"] == ["0"] * 5
    assert table(page, "Topics answered most") == {"I see a grey screen": ["7"]}
    assert table(page, "Questions left without an answer") == {"not for us": ["2"]}
    assert table(page, "Response time")["up to 250 ms"] == ["4"]
    assert "took up to 20 ms, 95% of them up to 250 ms." in page
    assert table(page, "E-mails")["Total"] == ["6"]
    assert "80 %" in page
    assert page.count('role="img"') == page.count("<caption>") == 8


@pytest.mark.parametrize(
    ("query", "conversations", "away"),
    [
        ("", "5", True),
        ("days=7", "5", False),
        ("days=90", "5", True),
        ("days=7&language=nl", "5", False),
        ("language=fr", "0", True),
        ("from=2026-01-01&to=2026-01-31", "77", False),
        ("from=2026-01-01&to=2026-11-24&days=7", "82", True),
        ("days=nonsense&language=de", "5", True),
    ],
)
async def test_period_and_language_are_chosen(
    visit: Visitors, counters: None, query: str, conversations: str, away: bool
) -> None:
    browser = await visit("an")

    page = await browser.open(f"/desk/figures?lang=en&{query}")

    assert re.findall(r'class="number">([^<]*)<', page)[0] == conversations
    shown = table(page, "What became of the messages") if "What became" in page else {}
    assert (shown.get("Total", ["0"] * 5)[2] == "8") == away
    assert 'role="alert"' not in page


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-11-24",
        "to=2026-11-24",
        "from=2026-11-24&to=2026-11-01",
        "from=31/12/2025&to=01/01/2026",
        "from=2020-01-01&to=2026-01-01",
        "from=0001-01-01&to=9999-12-31",
    ],
)
async def test_a_period_that_is_none_is_explained(
    visit: Visitors, counters: None, query: str
) -> None:
    browser = await visit("an")

    page = await browser.open(f"/desk/figures?lang=en&{query}")

    assert browser.status == 200
    assert "This period is not right" in page


async def test_the_counters_are_downloaded_as_csv(visit: Visitors, counters: None) -> None:
    browser = await visit("an")
    page = await browser.open("/desk/figures?days=7")
    assert 'formaction="/desk/figures.csv"' in page

    text = await browser.open("/desk/figures.csv?days=7&language=fr")

    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows == [
        {"day": "2026-11-24", "language": "fr", "name": "ticket", "key": "email", "number": "1"}
    ]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "no figures for this"), ("fr", "pas encore de chiffres"), ("nl", "nog geen cijfers")],
)
async def test_without_figures_the_page_says_so(
    visit: Visitors, accounts: Accounts, language: str, words: str
) -> None:
    browser = await visit("an")

    page = await browser.open(f"/desk/figures?lang={language}")

    assert words in page
    assert "<svg" not in page


@pytest.mark.parametrize("path", ["/desk/figures", "/desk/figures.csv"])
async def test_figures_are_for_members_only(visit: Visitors, accounts: Accounts, path: str) -> None:
    browser = await visit()

    await browser.open(path)

    assert browser.url.startswith("/desk/sign-in")
