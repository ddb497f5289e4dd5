"""The widget in a real browser, on a server of the test's own."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
_START_TIMEOUT_S = 90
_ANSWER_TIMEOUT_MS = 15_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """`cybo serve` as a visitor meets it; it can be killed and started again."""

    folder: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(encoding="utf-8")

    def start(self) -> None:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CYBO_")},
            "CYBO_DATA_DIR": str(self.folder),
            "CYBO_PORT": str(self.port),
            "CYBO_MESSAGES_PER_MINUTE": "10000",
            **self.settings,
        }
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(Path(sys.executable).parent / "cybo"), "serve"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                pytest.fail(f"the server stopped: {self.log[-2000:]}")
            try:
                urllib.request.urlopen(f"{self.url}/readyz", timeout=5)
            except OSError:
                time.sleep(0.2)
            else:
                return
        pytest.fail("the server was not ready in time")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(timeout=30)


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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without it these tests are skipped, on the build server they fail."""
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
