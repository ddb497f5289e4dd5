"""The widget in a real browser, on a server of the test's own."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.conversations.script import ANSWERS
from tests.forked import ROOT
from tests.serving import Site

SCREENSHOTS = ROOT / "build" / "screenshots"
_ANSWER_TIMEOUT_MS = 15_000
STEPS = tuple(slot for slot in ANSWERS if slot != "add_to_ticket")
"""What the form asks of somebody who has no earlier request."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for all tests that leave it standing."""
    running = Site(tmp_path_factory.mktemp("site"))
    running.start()
    yield running
    running.kill()


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    """A server that the test may kill; not started yet."""
    site = Site(tmp_path)
    yield site
    site.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without it these tests are skipped, on the build server they fail.

    Closed after each file: Playwright keeps an event loop running in its thread, and the worker's
    next file may start one of its own.
    """
    executable = shutil.which("chromium")
    if executable is None:
        message = "no Chromium here: install it with `apt-get install chromium`"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield launched
        launched.close()


@dataclass
class Visitor:
    """Somebody with a browser, and everything that went wrong in it."""

    page: Page
    problems: list[str]
    number: int = field(default_factory=count().__next__)

    def open(self, url: str, language: str = "nl") -> None:
        self.page.goto(f"{url}/?lang={language}")

    def open_chat(self) -> None:
        self.page.locator("cybo-chat .launcher").click()
        self.page.locator("cybo-chat #input").wait_for()

    @property
    def replies(self) -> list[str]:
        return self.page.locator("cybo-chat .bubble[lang]:not(.dots)").all_inner_texts()

    @property
    def messages(self) -> list[str]:
        return self.page.locator("cybo-chat .bubble.user").all_inner_texts()

    def say(self, text: str) -> str:
        """Type a message and wait for the whole answer; gives its last bubble."""
        self.page.locator("cybo-chat #input").fill(text)
        self.page.keyboard.press("Enter")
        return self.wait_for_answer(len(self.messages))

    def answer_to(self, slot: str, language: str) -> str:
        """Say what to answer; the address is the visitor's own, as no two requests are alike."""
        own = f"an.{self.number}@example.be"
        return own if slot == "certificate_email" else ANSWERS[slot][language]

    def wait_for_answer(self, messages: int) -> str:
        """Wait until message number ``messages`` has its answer."""
        self.page.wait_for_function(
            """(count) => {
                const log = document.querySelector('cybo-chat').shadowRoot.querySelector('.log');
                const bubbles = [...log.querySelectorAll('.bubble:not(.dots)')];
                return log.querySelectorAll('.bubble.user').length === count
                    && log.getAttribute('aria-busy') === 'false'
                    && !bubbles.at(-1).classList.contains('user');
            }""",
            arg=messages,
            timeout=_ANSWER_TIMEOUT_MS,
        )
        return self.replies[-1]

    def picture(self, name: str) -> None:
        """Keep a screenshot for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def full_picture(self, name: str) -> None:
        """Keep a picture of the whole page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Send in a visitor; keyword arguments as for Playwright's contexts."""
    contexts: list[BrowserContext] = []

    def enter(**options: object) -> Visitor:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(_ANSWER_TIMEOUT_MS)
        contexts.append(context)
        problems: list[str] = []
        context.add_init_script(
            "addEventListener('securitypolicyviolation', (event) => "
            "console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"
        )
        page = context.new_page()

        def note(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                problems.append(message.text)

        page.on("console", note)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return Visitor(page, problems)

    yield enter
    for context in contexts:
        context.close()
