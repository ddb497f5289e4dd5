"""The widget by keyboard, by screen reader, on a small screen, in every state."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from bot.language import LANGUAGES
from tests.conversations.script import ANSWERS, QUESTION, START
from tests.serving import Site
from tests.web.conftest import STEPS, Visit, Visitor
from tests.web.test_journeys import tickets

pytestmark = pytest.mark.trained
WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True}
ZOOMED = {"viewport": {"width": 320, "height": 256}}
"""A window of 1280 x 1024 at 400 % (WCAG 1.4.10)."""


def closed(visitor: Visitor) -> None:
    """Leave the chat as the page shows it."""


def opened(visitor: Visitor) -> None:
    visitor.open_chat()


def answered(visitor: Visitor) -> None:
    visitor.open_chat()
    visitor.say(QUESTION["nl"])
    visitor.say("ik wil een medewerker spreken")


def halfway(visitor: Visitor) -> None:
    visitor.open_chat()
    visitor.say(START["nl"])
    visitor.say(ANSWERS["enterprise_number"]["nl"])
    visitor.say("31/02/2022")


def in_error(visitor: Visitor) -> None:
    visitor.page.route("**/api/v1/chat", lambda route: route.abort())
    visitor.page.evaluate(
        "() => { window.WebSocket = class extends EventTarget {"
        " constructor() { super(); setTimeout(() => this.dispatchEvent(new Event('close'))); }"
        " close() {} } }"
    )
    visitor.open_chat()
    visitor.page.locator("cybo-chat .notice address").wait_for(timeout=20_000)


def asking_to_start_again(visitor: Visitor) -> None:
    answered(visitor)
    visitor.page.get_by_role("button", name="Opnieuw", exact=True).click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "state", [closed, opened, answered, halfway, in_error, asking_to_start_again]
)
def test_axe_finds_nothing(site: Site, visit: Visit, state: Any, scheme: str) -> None:
    visitor = visit(color_scheme=scheme)
    visitor.open(site.url, "nl")

    state(visitor)
    visitor.picture(f"axe-{state.__name__}-{scheme}")
    results = Axe().run(visitor.page, options={"runOnly": WCAG_2_2_AA})

    found = {v["id"]: [n["html"] for n in v["nodes"]] for v in results.response["violations"]}
    assert found == {}
    assert results.response["passes"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_keyboard_alone_gets_from_question_to_ticket(
    site: Site, visit: Visit, language: str
) -> None:
    visitor = visit()
    visitor.open(site.url, language)
    keyboard = visitor.page.keyboard

    def focused() -> str:
        return str(
            visitor.page.evaluate(
                "() => { const e = document.activeElement;"
                " return (e.shadowRoot?.activeElement ?? e).className"
                " || (e.shadowRoot?.activeElement ?? e).id; }"
            )
        )

    def say(text: str) -> str:
        keyboard.type(text)
        keyboard.press("Enter")
        return visitor.wait_for_answer(len(visitor.messages))

    for _ in range(30):
        keyboard.press("Tab")
        if "launcher" in focused():
            break
    keyboard.press("Enter")
    visitor.page.locator("cybo-chat #input").wait_for()
    assert focused() == "input"
    say(QUESTION[language])
    say(START[language])
    for slot in STEPS[:-1]:
        last = say(visitor.answer_to(slot, language))
    # The last answer by its button: back from the field to the buttons of the last bubble.
    yes = visitor.page.locator("cybo-chat .choices button:not(:disabled)").first
    for _ in range(20):
        keyboard.press("Shift+Tab")
        if yes.evaluate("(e) => e.getRootNode().activeElement === e"):
            break
    count = len(visitor.messages)
    keyboard.press("Enter")
    last = visitor.wait_for_answer(count + 1)

    assert str(tickets(site)[0]["reference"]) in last
    assert focused() == "input"
    keyboard.press("Escape")
    assert "launcher" in focused()


def test_focus_is_always_visible(site: Site, visit: Visit) -> None:
    visitor = visit()
    visitor.open(site.url, "nl")
    visitor.page.keyboard.press("Tab")
    visitor.open_chat()
    visitor.say(QUESTION["nl"])

    widths = []
    for _ in range(25):
        visitor.page.keyboard.press("Tab")
        widths.append(
            visitor.page.evaluate(
                "() => { const e = document.activeElement;"
                " const inner = e.shadowRoot?.activeElement ?? e;"
                " return inner === document.body ? 3"
                " : parseFloat(getComputedStyle(inner).outlineWidth); }"
            )
        )

    assert min(widths) >= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_of_320_pixels_gets_from_question_to_ticket(
    site: Site, visit: Visit, language: str
) -> None:
    visitor = visit(**PHONE)
    visitor.open(site.url, language)
    visitor.page.locator("cybo-chat .launcher").tap()
    visitor.say(QUESTION[language])
    visitor.picture(f"phone-answer-{language}")
    visitor.say(START[language])
    for slot in STEPS:
        last = visitor.say(visitor.answer_to(slot, language))
    visitor.picture(f"phone-ticket-{language}")

    assert str(tickets(site)[0]["reference"]) in last
    assert sideways(visitor) == []


@pytest.mark.parametrize("state", [closed, opened, answered, halfway])
@pytest.mark.parametrize("screen", [PHONE, ZOOMED], ids=["phone", "zoomed"])
def test_nothing_scrolls_sideways(site: Site, visit: Visit, state: Any, screen: Any) -> None:
    visitor = visit(**screen)
    visitor.open(site.url, "nl")

    state(visitor)
    visitor.picture(f"small-{state.__name__}-{screen['viewport']['height']}")

    assert sideways(visitor) == []


def sideways(visitor: Visitor) -> list[str]:
    """Name what is wider than its place."""
    return list(
        visitor.page.evaluate(
            """() => {
                const root = document.querySelector('cybo-chat').shadowRoot;
                const boxes = [document.documentElement, ...root.querySelectorAll('.panel, .log')];
                return boxes.filter((box) => box.scrollWidth > box.clientWidth + 1)
                    .map((box) => `${box.className} ${box.scrollWidth} > ${box.clientWidth}`);
            }"""
        )
    )


@pytest.mark.parametrize("state", [opened, answered, asking_to_start_again])
def test_targets_measure_at_least_24_pixels(site: Site, visit: Visit, state: Any) -> None:
    visitor = visit(**PHONE)
    visitor.open(site.url, "nl")

    state(visitor)

    small = visitor.page.evaluate(
        """() => [...document.querySelector('cybo-chat').shadowRoot
            .querySelectorAll('button, textarea')]
            .map((e) => [e.textContent || e.id, e.getBoundingClientRect()])
            .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24))
            .map(([name]) => name)"""
    )
    assert small == []


def test_a_message_is_announced_once_and_a_resumed_chat_not_at_all(
    site: Site, visit: Visit
) -> None:
    visitor = visit()
    visitor.open(site.url, "nl")
    visitor.open_chat()
    listen = """() => {
        const log = document.querySelector('cybo-chat').shadowRoot.querySelector('.log');
        window.announced = [];
        new MutationObserver((changes) => {
            if (log.getAttribute('aria-live') === 'off') return;
            for (const change of changes)
                for (const node of change.addedNodes)
                    if (node.parentNode === log) window.announced.push(node.textContent);
        }).observe(log, { childList: true });
    }"""
    visitor.page.evaluate(listen)
    answer = visitor.say(QUESTION["nl"])

    announced = visitor.page.evaluate("window.announced")
    visitor.page.context.set_offline(True)
    visitor.page.context.set_offline(False)  # The line comes back and brings the history again.
    visitor.page.locator("cybo-chat .notice[role=status]").wait_for(state="hidden")

    assert len(announced) == 2
    assert answer.split("\n")[-1] in announced[1]
    assert visitor.page.evaluate("window.announced") == announced
    role, live = visitor.page.locator("cybo-chat .log").evaluate(
        "(log) => [log.getAttribute('role'), log.getAttribute('aria-live')]"
    )
    assert (role, live) == ("log", None)


def test_each_bubble_says_its_language_when_languages_mix(site: Site, visit: Visit) -> None:
    visitor = visit()
    visitor.open(site.url, "nl")
    visitor.open_chat()
    visitor.say(QUESTION["nl"])
    visitor.say("In English please")

    bubbles = visitor.page.locator("cybo-chat .bubble[lang]:not(.dots)")
    languages = [bubble.get_attribute("lang") for bubble in bubbles.all()]
    assert languages[-2:] == ["nl", "en"]
