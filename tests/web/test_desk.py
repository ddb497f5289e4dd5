"""The desk's pages in a real browser: journeys, axe, small screens."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from bot.accounts import Accounts
from bot.delivery.ticket import Line
from bot.language import LANGUAGES
from bot.storage import SqlAccountStore
from bot.tickets.model import Ticket
from tests.conversations.script import QUESTION
from tests.desk.conftest import CHEAP, PASSWORD
from tests.desk.seed import fill
from tests.forked import ROOT
from tests.serving import Site
from tests.web.conftest import Visit, Visitor
from tests.web.desk_server import DeskServer
from tests.web.test_accessibility import PHONE, WCAG_2_2_AA, ZOOMED

TRANSCRIPT = [
    Line("user", "ik zie een grijs scherm na het aanmelden"),
    Line("cybo", "Een grijs scherm betekent dat uw firewall een adres tegenhoudt.\n\n- *.nbb.be"),
    Line("user", "bel me op 0475 12 34 56 of mail naar an.peeters@example.be"),
]
PAGES = (
    "/desk/",
    "/desk/tickets",
    "/desk/tickets?q=niets-van-dit-alles",
    "/desk/tickets/{reference}",
    "/desk/conversations",
    "/desk/conversations/13",
    "/desk/users",
    "/desk/users/an",
    "/desk/audit",
    "/desk/account",
    "/desk/nowhere",
)
NARROW = ("/desk/", "/desk/tickets", "/desk/tickets/{reference}", "/desk/users", "/desk/audit")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    """One desk for all tests here, with users, tickets and conversations."""
    folder = tmp_path_factory.mktemp("desk")
    running = DeskServer(folder, TRANSCRIPT)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def ticket(server: DeskServer) -> Ticket:
    accounts = Accounts(SqlAccountStore(server.engine), CHEAP, _now)
    for name, role in (("an", "agent"), ("ed", "editor"), ("ada", "admin")):
        accounts.add(name, role, PASSWORD, PASSWORD)
    return fill(server.engine)


def _now() -> datetime:
    return datetime.now(timezone.utc)


def sign_in(
    visitor: Visitor, server: DeskServer | Site, name: str = "ada", language: str = "nl"
) -> None:
    visitor.page.goto(f"{server.url}/desk/sign-in?lang={language}")
    visitor.page.fill("[name=name]", name)
    visitor.page.fill("[name=password]", PASSWORD)
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(f"{server.url}/desk/")


def name_of(path: str) -> str:
    return re.sub(r"\W+", "-", path.replace("{reference}", "one")).strip("-")


def violations(visitor: Visitor) -> dict[str, list[str]]:
    results = Axe().run(visitor.page, options={"runOnly": WCAG_2_2_AA})
    assert results.response["passes"]
    return {v["id"]: [n["html"] for n in v["nodes"]] for v in results.response["violations"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_page(
    server: DeskServer, ticket: Ticket, visit: Visit, language: str, scheme: str
) -> None:
    visitor = visit(color_scheme=scheme, locale=language)
    visitor.page.goto(f"{server.url}/desk/sign-in")
    visitor.page.fill("[name=name]", "ada")
    visitor.page.fill("[name=password]", "dat is het niet")
    visitor.page.keyboard.press("Enter")
    visitor.page.locator("[role=alert]").wait_for()
    visitor.picture(f"desk-sign-in-{language}-{scheme}")
    found = {"sign-in": violations(visitor)}

    sign_in(visitor, server, language=language)
    for path in PAGES:
        visitor.page.goto(server.url + path.format(reference=ticket.reference))
        assert visitor.page.locator("html").get_attribute("lang") == language
        if language == "nl" or path == "/desk/tickets/{reference}":
            visitor.full_picture(f"desk-{name_of(path)}-{language}-{scheme}")
        found[path] = violations(visitor)

    assert {path: broken for path, broken in found.items() if broken} == {}


@pytest.mark.parametrize("screen", [PHONE, ZOOMED], ids=["phone", "zoomed"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_but_tables_scrolls_sideways_and_targets_are_large(
    server: DeskServer, ticket: Ticket, visit: Visit, language: str, screen: dict[str, object]
) -> None:
    visitor = visit(**screen)
    sign_in(visitor, server, language=language)

    for path in NARROW:
        visitor.page.goto(server.url + path.format(reference=ticket.reference))
        if language == "fr" and screen is PHONE:
            visitor.full_picture(f"desk-phone-{name_of(path)}")
        width, room = visitor.page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        small = visitor.page.evaluate(
            """() => [...document.querySelectorAll('a, button, input, select, textarea')]
                .filter((e) => e.type !== 'hidden' && !e.matches('.skip'))
                .map((e) => [e.textContent || e.id, e.getBoundingClientRect()])
                .filter(([, box]) => box.width < 24 || box.height < 24)
                .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
        )
        assert width <= room, path
        assert small == [], path


def test_a_keyboard_alone_moves_a_ticket_on(
    server: DeskServer, ticket: Ticket, visit: Visit
) -> None:
    visitor = visit()
    sign_in(visitor, server, "an")
    page, keyboard = visitor.page, visitor.page.keyboard
    page.goto(f"{server.url}/desk/tickets/{ticket.reference}")

    keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("class") == "skip"
    keyboard.press("Enter")
    widths = []
    for _ in range(40):
        keyboard.press("Tab")
        widths.append(
            page.evaluate("() => parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        )
        if page.locator(":focus").get_attribute("id") == "words":
            break
    keyboard.type("We bekijken het.")
    keyboard.press("Tab")
    keyboard.press("Enter")
    page.locator("[role=status].done").wait_for()

    assert min(widths) >= 2
    assert page.locator("h1 .badge").inner_text() == "in behandeling"
    assert page.locator("[data-focus]:focus").count() == 1
    assert visitor.problems == []


def test_everything_works_without_javascript(
    server: DeskServer, ticket: Ticket, visit: Visit
) -> None:
    visitor = visit(java_script_enabled=False)
    sign_in(visitor, server, "an")
    page = visitor.page

    page.goto(f"{server.url}/desk/tickets")
    page.select_option("[name=delivery]", "parked")
    page.get_by_role("button", name="Zoeken").click()
    page.get_by_role("link", name=ticket.reference).click()
    page.fill("[name=text]", "Gebeld, belt terug.")
    page.get_by_role("button", name="Notitie toevoegen").click()

    assert page.locator(".notes .said").last.inner_text() == "Gebeld, belt terug."


def test_a_page_of_another_site_cannot_send_our_forms(
    server: DeskServer, ticket: Ticket, visit: Visit, tmp_path: Path
) -> None:
    visitor = visit()
    sign_in(visitor, server, "ada")
    evil = tmp_path / "evil.html"
    evil.write_text(
        f'<form method="post" action="{server.url}/desk/users/an">'
        '<input name="do" value="role"><input name="role" value="admin"></form>'
        "<script>document.forms[0].submit()</script>",
        encoding="utf-8",
    )

    visitor.page.goto(evil.as_uri())
    visitor.page.wait_for_url(f"{server.url}/**")

    accounts = Accounts(SqlAccountStore(server.engine), CHEAP, _now)
    roles = {account.name: account.role.word for account in accounts.accounts()}
    assert roles["an"] == "agent"


@pytest.mark.trained
def test_a_chat_is_read_at_the_desk_of_the_same_server(site: Site, visit: Visit) -> None:
    subprocess.run(
        [str(Path(sys.executable).parent / "cybo"), "desk", "add-user", "ada", "--role", "admin"],
        cwd=ROOT,
        env={**os.environ, "CYBO_DATA_DIR": str(site.folder)},
        input=PASSWORD,
        text=True,
        check=True,
    )
    talking, reading = visit(), visit()
    talking.open(site.url)
    talking.open_chat()
    talking.say(QUESTION["nl"])

    sign_in(reading, site)
    row = reading.page.locator("tbody tr", has_text=QUESTION["nl"])
    for _ in range(20):
        reading.page.goto(f"{site.url}/desk/conversations")
        if row.count():
            break
    row.first.get_by_role("link").click()

    assert reading.page.locator(".lines .user .said").all_inner_texts() == [QUESTION["nl"]]
    assert "IDAAS" in reading.page.locator(".lines .cybo .said").last.inner_text()
    assert reading.problems == []
