"""Review queue and figures in a real browser: axe, keyboard, small screens."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.desk.parts import Surroundings
from bot.desk.site import Desk
from bot.feedback import Feedback
from bot.figures import Count
from bot.settings import Settings
from bot.storage import SqlFeedbackStore, SqlReviews, SqlTurnStore
from bot.storage.counters import count
from bot.storage.engine import writing
from tests.desk.conftest import CHEAP, PASSWORD, Clock, accounts, clock, engine, titles
from tests.desk.test_review import TURN
from tests.serving import free_port
from tests.web.conftest import SCREENSHOTS

__all__ = ["accounts", "clock", "engine"]  # fixtures of the desk's tests

WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SAID = {
    "nl": ["mijn scherm is muisgrijs", "alles ziet muisgrijs", "muisgrijs scherm in filing"],
    "fr": ["mon écran est gris souris", "tout est gris souris"],
    "en": ["who wins the race on Sunday"],
}


@pytest.fixture
def desk(engine: Engine, accounts: Accounts, clock: Clock, tmp_path: Path) -> Iterator[str]:
    """Serve the desk from a thread of its own; gives its address."""

    async def transcripts(conversation: str) -> list[Any]:
        return []

    around = Surroundings(
        settings=Settings(data_dir=tmp_path),
        engine=engine,
        transcripts=transcripts,
        now=clock,
        wake=lambda: None,
        mailbox_age_s=lambda: None,
        passwords=CHEAP,
        titles=titles(),
    )
    application = web.Application()
    application.add_routes(Desk(around).routes())
    loop, port = asyncio.new_event_loop(), free_port()
    runner = web.AppRunner(application)

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(start(), loop).result(30)
    yield f"http://127.0.0.1:{port}"
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(30)


@pytest.fixture
def full(engine: Engine, clock: Clock) -> None:
    """Fill the queue and a month of counters."""
    turns = [
        replace(TURN, text=text, language=language, at=clock() - timedelta(days=1))
        for language, texts in SAID.items()
        for text in texts
    ]
    SqlTurnStore(engine).record([*turns, turns[0]])
    about = ("down", ("fees",), "nl", "Dat was mijn vraag niet", "muisgrijs, wat nu?")
    SqlFeedbackStore(engine, clock).record(Feedback("widget:b", "m:0", *about))
    SqlReviews(engine, clock).fill_vectors(
        lambda texts: np.array([[float("gri" in t), float("gri" not in t)] for t in texts])
    )
    with writing(engine) as connection:
        for number in range(30):
            day = clock().date() - timedelta(days=number)
            for language, share in (("nl", 3), ("fr", 2), ("en", 1)):
                size = share * (30 - number) // 3 + number % 7
                for name, key, many in (
                    ("conversation", "web", size),
                    ("conversation", "email", size // 3),
                    ("turn", "answer", size * 3),
                    ("turn", "clarify", size // 2),
                    ("turn", "out_of_scope", size // 3),
                    ("turn", "handoff", size // 4),
                    ("turn", "smalltalk", size),
                    ("ticket", "web", number % 3),
                    ("mail", "drafted", size // 2),
                    ("mail", "ignored", number % 4),
                    ("thumb", "up", size // 3),
                    ("thumb", "down", number % 2),
                    ("topic", "grey_screen", size),
                    ("topic", "missing_forms", size // 2),
                    ("open_topic", "fees", size // 4),
                    ("duration", "20", size * 3),
                    ("duration", "100", size),
                ):
                    count(connection, Count(day, language, name, key, many))


Open = Callable[..., Page]


@pytest.fixture
def enter(browser: Browser, desk: str) -> Iterator[Open]:
    """Sign an editor in; gives a page that fails the test when its console complains."""
    contexts, problems = [], []

    def sign_in(**options: Any) -> Page:
        context = browser.new_context(base_url=desk, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda m: (
                problems.append(f"{m.text} {m.location['url']}")
                if m.type in {"error", "warning"}
                else None
            ),
        )
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto("/desk/sign-in?lang=nl")
        page.locator("#f-name").fill("ed")
        page.locator("#f-password").fill(PASSWORD)
        page.locator("main button").click()
        page.wait_for_url("**/desk/")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    # A form that is refused is no fault of the page; no page of ours names an icon.
    assert [p for p in problems if "422" not in p and "favicon" not in p] == []


def picture(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"desk-{name}.png", full_page=True)


def violations(page: Page) -> dict[str, list[str]]:
    found = Axe().run(page, options={"runOnly": WCAG_2_2_AA})
    assert found.response["passes"]
    return {v["id"]: [n["html"] for n in v["nodes"]] for v in found.response["violations"]}


PAGES = {
    "review": "/desk/review",
    "review-message": "/desk/review/1",
    "review-nothing": "/desk/review?reason=draft_changed",
    "figures": "/desk/figures",
    "figures-nothing": "/desk/figures?from=2020-01-01&to=2020-01-31",
    "figures-wrong": "/desk/figures?from=x&to=y",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(full: None, enter: Open, name: str, scheme: str) -> None:
    page = enter(color_scheme=scheme)

    page.goto(PAGES[name])
    for summary in page.locator("summary").all():
        summary.click()
    picture(page, f"{name}-{scheme}")

    assert violations(page) == {}


@pytest.mark.parametrize("name", ["review", "review-message", "figures"])
def test_nothing_scrolls_sideways_on_a_small_screen(full: None, enter: Open, name: str) -> None:
    page = enter(viewport={"width": 320, "height": 568})

    page.goto(PAGES[name])
    picture(page, f"{name}-small")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page) == {}


def test_an_editor_decides_and_undoes_with_the_keyboard_alone(full: None, enter: Open) -> None:
    page = enter()
    page.goto("/desk/review")
    group = page.locator("section").first
    assert "muisgrijs" in group.inner_text()

    group.locator("input[name=meaning]").focus()
    page.keyboard.type("Ik zie een grijs scherm")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**notice=review.decided")
    focused = page.evaluate("document.activeElement.textContent")
    picture(page, "review-decided")

    assert focused.startswith("Uw beslissing is bewaard")
    assert page.locator("section").count() == 1
    assert violations(page) == {}
    page.locator("details button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**notice=review.undone")
    assert page.locator("section").count() == 2


def test_a_wrong_topic_is_told_and_keeps_what_was_typed(full: None, enter: Open) -> None:
    page = enter()
    page.goto("/desk/review")

    page.locator("input[name=meaning]").first.fill("grijs")
    page.locator("button[value=assign]").first.click()
    page.locator("[role=alert]").wait_for()
    picture(page, "review-wrong")

    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert page.locator("input[name=meaning]").first.input_value() == "grijs"
    assert violations(page) == {}
