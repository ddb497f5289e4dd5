"""Whole journeys through the widget, in each language."""

import json
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.language import LANGUAGES
from tests.conversations.script import (
    A_PERSON,
    ANSWERS,
    GREY_SCREEN,
    NO_HELP,
    OTHER_LANGUAGE,
    QUESTION,
    START,
)
from tests.web.conftest import ROOT, STEPS, Site, Visit, Visitor

pytestmark = pytest.mark.trained
HOSTS = ["login.microsoftonline.com", "cbsostorageappp.blob.core.windows.net", "b2clogin.com"]
COPY = {"en": "Copy the addresses", "fr": "Copier les adresses", "nl": "De adressen kopiëren"}
COPIED = {"en": "Copied", "fr": "Copié", "nl": "Gekopieerd"}
every_language = pytest.mark.parametrize("language", LANGUAGES)

BLOCK_WEBSOCKETS = """
window.WebSocket = class extends EventTarget {
  constructor() {
    super();
    setTimeout(() => this.dispatchEvent(new Event('close')), 10);
  }
  close() {}
};
"""


def fill_in(visitor: Visitor, language: str, slots: tuple[str, ...] = STEPS) -> str:
    last = ""
    for slot in slots:
        last = visitor.say(visitor.answer_to(slot, language))
    return last


def stored_texts(folder: Path) -> list[str]:
    """Read every text of every database: numbers and moments hold any digits by chance."""
    texts: list[str] = []
    for path in folder.glob("*.db"):
        with closing(sqlite3.connect(path)) as connection:
            names = connection.execute("select name from sqlite_master where type = 'table'")
            for (name,) in names.fetchall():
                for row in connection.execute(f'select * from "{name}"'):
                    for value in row:
                        texts += words_of(value)
    return texts


def words_of(value: object) -> list[str]:
    """Give the texts in a value, those inside JSON too."""
    if isinstance(value, bytes):
        return [value.decode("latin-1")]
    if isinstance(value, dict):
        return [text for pair in value.items() for one in pair for text in words_of(one)]
    if isinstance(value, list):
        return [text for one in value for text in words_of(one)]
    if not isinstance(value, str):
        return []
    try:
        inner = json.loads(value)
    except ValueError:
        return [value]
    return words_of(inner) if isinstance(inner, (dict, list)) else [value]


def tickets(site: Site) -> list[dict[str, object]]:
    listed = subprocess.run(
        [str(Path(sys.executable).parent / "cybo"), "tickets", "list", "--json"],
        cwd=ROOT,
        env={"CYBO_DATA_DIR": str(site.folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
    )
    return list(json.loads(listed.stdout))


@every_language
def test_from_the_first_word_to_the_reference(site: Site, visit: Visit, language: str) -> None:
    visitor = visit()
    visitor.open(site.url, language)
    visitor.picture(f"1-closed-{language}")
    visitor.open_chat()
    visitor.picture(f"2-open-{language}")

    answer = visitor.say(QUESTION[language])
    visitor.picture(f"3-answer-{language}")
    visitor.say(START[language])
    fill_in(visitor, language, STEPS[:-1])
    visitor.picture(f"4-summary-{language}")
    last = visitor.say(ANSWERS["confirm_ticket"][language])
    visitor.picture(f"5-ticket-{language}")

    newest = tickets(site)[0]
    assert "IDAAS" in answer
    assert str(newest["reference"]) in last
    assert (newest["channel"], newest["language"]) == ("web", language)
    assert visitor.problems == []


@every_language
def test_hosts_are_copied_and_telephone_numbers_called(
    site: Site, visit: Visit, language: str
) -> None:
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    visitor.open(site.url, language)
    visitor.open_chat()
    chat = visitor.page.locator("cybo-chat")

    visitor.say(GREY_SCREEN[language])
    chat.get_by_role("button", name=COPY[language]).click()
    chat.get_by_text(COPIED[language], exact=True).wait_for()
    visitor.picture(f"6-hosts-{language}")
    visitor.say(NO_HELP[language])
    visitor.picture(f"7-next-{language}")
    visitor.say(A_PERSON[language])
    visitor.picture(f"8-person-{language}")

    assert visitor.page.evaluate("navigator.clipboard.readText()").split("\n") == HOSTS
    assert chat.locator(".bubble a[href='tel:025793333']").count() == 1
    assert visitor.problems == []


@every_language
def test_the_language_button_switches_the_conversation(
    site: Site, visit: Visit, language: str
) -> None:
    other = OTHER_LANGUAGE[language]
    visitor = visit()
    visitor.open(site.url, language)
    visitor.open_chat()
    visitor.say(QUESTION[language])

    visitor.page.locator(f"cybo-chat button[data-code={other}]").click()
    visitor.wait_for_answer(2)
    visitor.say(QUESTION[other])

    bubbles = visitor.page.locator("cybo-chat .bubble[lang]:not(.dots)")
    assert bubbles.last.get_attribute("lang") == other
    assert visitor.page.locator("cybo-chat .panel").get_attribute("lang") == other


def test_a_reload_in_the_middle_keeps_everything(site: Site, visit: Visit) -> None:
    visitor = visit()
    visitor.open(site.url, "fr")
    visitor.open_chat()
    visitor.say(START["fr"])
    fill_in(visitor, "fr", STEPS[:3])
    before = visitor.messages, visitor.replies

    visitor.page.reload()
    visitor.wait_for_answer(4)

    assert (visitor.messages, visitor.replies) == before
    assert "4" in visitor.page.locator("cybo-chat #step").inner_text()
    reference = fill_in(visitor, "fr", STEPS[3:])
    assert str(tickets(site)[0]["reference"]) in reference


def test_a_server_that_dies_in_the_middle_loses_nothing_and_repeats_nothing(
    own_site: Site, visit: Visit
) -> None:
    own_site.start()
    visitor = visit()
    visitor.open(own_site.url, "en")
    visitor.open_chat()
    visitor.say(START["en"])
    fill_in(visitor, "en", STEPS[:5])

    own_site.kill()
    visitor.page.locator("cybo-chat [role=status].notice").wait_for()
    visitor.page.locator("cybo-chat #input").fill(ANSWERS["certificate_owner"]["en"])
    visitor.page.keyboard.press("Enter")
    visitor.picture("6-connection-lost")
    own_site.start()
    visitor.page.locator("cybo-chat [role=status].notice").wait_for(state="hidden", timeout=40_000)
    visitor.wait_for_answer(7)
    last = fill_in(visitor, "en", STEPS[6:])

    (ticket,) = tickets(own_site)
    assert str(ticket["reference"]) in last
    assert ticket["certificate_owner"] == "An Peeters"
    assert len(visitor.messages) == 1 + len(STEPS)
    assert len(set(visitor.replies)) == len(visitor.replies)


def test_offline_and_back(site: Site, visit: Visit) -> None:
    visitor = visit()
    visitor.open(site.url, "nl")
    visitor.open_chat()
    visitor.say(QUESTION["nl"])

    visitor.page.context.set_offline(True)
    visitor.page.locator("cybo-chat .notice.alarm").wait_for()
    visitor.page.locator("cybo-chat #input").fill("grijs scherm")
    visitor.page.keyboard.press("Enter")
    visitor.page.context.set_offline(False)
    visitor.wait_for_answer(2)

    first, second = visitor.messages
    assert QUESTION["nl"] in first
    assert "grijs scherm" in second
    assert visitor.page.locator("cybo-chat .notice.alarm").count() == 0


def test_where_websockets_are_blocked_plain_requests_do_it(site: Site, visit: Visit) -> None:
    visitor = visit()
    visitor.page.context.add_init_script(BLOCK_WEBSOCKETS)
    visitor.open(site.url, "fr")
    visitor.open_chat()

    answer = visitor.say(QUESTION["fr"])
    visitor.say(START["fr"])
    last = fill_in(visitor, "fr")

    assert "IDAAS" in answer
    assert str(tickets(site)[0]["reference"]) in last


def test_a_server_that_is_down_is_said_to_be_with_another_way_out(
    own_site: Site, visit: Visit
) -> None:
    own_site.settings["CYBO_CONTACT_EMAIL"] = "desk@example.be"
    own_site.start()
    visitor = visit()
    visitor.open(own_site.url, "nl")
    own_site.kill()

    visitor.open_chat()

    visitor.page.locator("cybo-chat .notice a[href='mailto:desk@example.be']").wait_for(
        timeout=30_000
    )
    visitor.picture("7-unavailable")


def test_a_thumb_and_its_reason_reach_the_database(site: Site, visit: Visit) -> None:
    visitor = visit()
    visitor.open(site.url, "en")
    visitor.open_chat()
    visitor.say(QUESTION["en"])

    visitor.page.get_by_role("button", name="Not helpful").click()
    visitor.page.get_by_label("What was missing?").fill("a picture would help")
    visitor.picture("8-remark")
    visitor.page.get_by_role("button", name="Send comment").click()
    visitor.page.get_by_text("Thank you for your feedback.").wait_for()
    time.sleep(0.2)

    with sqlite3.connect(site.folder / "cybo.db") as database:
        rows = database.execute("select thumb, topics, reason from feedback").fetchall()
    assert rows == [("down", "what_is_idaas", "a picture would help")]


def test_start_again_asks_first_and_then_forgets(site: Site, visit: Visit) -> None:
    visitor = visit()
    visitor.open(site.url, "en")
    visitor.open_chat()
    visitor.say(START["en"])

    visitor.page.get_by_role("button", name="Start again").click()
    visitor.page.get_by_role("button", name="No", exact=True).click()
    kept = len(visitor.messages)
    visitor.page.get_by_role("button", name="Start again").click()
    visitor.page.get_by_role("button", name="Yes, start again").click()

    assert (kept, visitor.messages) == (1, [])
    assert "IDAAS" in visitor.say(QUESTION["en"])
    assert visitor.page.locator("cybo-chat .progress").is_hidden()


def test_the_transcript_can_be_downloaded(site: Site, visit: Visit) -> None:
    visitor = visit()
    visitor.open(site.url, "fr")
    visitor.open_chat()
    visitor.say(QUESTION["fr"])

    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Télécharger").click()

    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert QUESTION["fr"] in text
    assert "Cybo:" in text


def test_a_secret_disappears_from_the_screen(site: Site, visit: Visit) -> None:
    visitor = visit()
    visitor.open(site.url, "en")
    visitor.open_chat()

    visitor.say("my PIN code is 48213")

    assert "48213" not in visitor.page.locator("cybo-chat").inner_text()
    # Standing by itself: random names of messages hold any five digits now and then.
    assert not [
        text for text in stored_texts(site.folder) if re.search(r"(?<!\w)48213(?!\w)", text)
    ]
