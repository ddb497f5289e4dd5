"""Nobody's journey holds up the others: the event loop of a server at work never stands still."""

import json
import re
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path

import aiohttp
import pytest

from bot.channels.sessions import Sessions, read_key
from tests.conversations.script import ANSWERS, START
from tests.forked import ROOT
from tests.pace import Pace
from tests.serving import BEARER, Site

pytestmark = [pytest.mark.trained, pytest.mark.alone]
PASSWORD = "vier paarden in een wei"
QUESTIONS = (
    "Ik zie een grijs scherm",
    "how do I log in with itsme",
    "mes formulaires ont disparu",
    "wat is IDAAS en wat kost een neerlegging",
    "status van CYB-2026-000001-8",
)
_STALL = re.compile(r"loop\.stalled loop=\w+ seconds=([\d.]+) worked=([\d.]+) where=(.*)")
_LIMIT_S = 0.1


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    running = Site(tmp_path_factory.mktemp("loop"))
    running.start()
    for question in QUESTIONS:
        running.say(question, "warm")
    yield running
    running.kill()


@pytest.fixture(scope="module")
def pace() -> Iterator[Pace]:
    running = Pace()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def never_stalled(site: Site, pace: Pace) -> Iterator[None]:
    """Fail a journey during which the event loop stood still, saying where.

    What an idle process was late by in the same time is taken off: the machine held up both.
    """
    before = len(site.log)
    pace.disturbed_s()
    yield
    # The monitor writes within a beat.
    time.sleep(0.2)
    stalls = [
        (float(seconds), float(worked), where)
        for seconds, worked, where in _STALL.findall(site.log[before:])
    ]
    disturbed_s = pace.disturbed_s()
    assert not [stall for stall in stalls if stall[0] - disturbed_s >= _LIMIT_S], disturbed_s


def in_the_database(site: Site, sender: str, turns: int) -> None:
    """Let somebody have a conversation of so many turns, all like one that was held."""
    site.say("grijs scherm", "one turn")
    with closing(sqlite3.connect(site.folder / "trackers.db", timeout=20)) as database:
        rows = database.execute(
            "select type_name, timestamp, intent_name, action_name, data from events "
            "where sender_id = 'one turn' order by id"
        ).fetchall()
        first = next(number for number, row in enumerate(rows) if row[0] == "user")
        insert = (
            "insert into events(sender_id, type_name, timestamp, intent_name, action_name, data) "
            f"values('{sender}', ?, ?, ?, ?, ?)"
        )
        database.executemany(insert, rows[:first])
        for _ in range(turns):
            database.executemany(insert, rows[first:])
        database.commit()


def test_questions_over_rest(site: Site) -> None:
    for number, question in enumerate(QUESTIONS * 4):
        assert site.say(question, f"visitor {number // 5}")


def test_a_request_from_its_first_question_to_the_ticket(site: Site) -> None:
    said = [site.say(START["nl"], "form")]
    said += [site.say(answers["nl"], "form") for answers in list(ANSWERS.values())[:-1]]

    assert "CYB-" in said[-1]


def test_a_conversation_of_two_thousand_turns(site: Site) -> None:
    in_the_database(site, "endless", 2000)

    assert "te lang geworden" in site.say("hallo", "endless")
    tracker = urllib.request.Request(f"{site.url}/conversations/endless/tracker", headers=BEARER)
    with urllib.request.urlopen(tracker, timeout=60) as response:
        assert response.status == 200


def test_a_conversation_that_may_just_go_on(site: Site) -> None:
    in_the_database(site, "long", 480)

    for question in QUESTIONS:
        assert site.say(question, "long")


async def test_a_chat_that_is_resumed_and_judged(site: Site) -> None:
    in_the_database(site, "widget:long", 2000)
    sessions = Sessions(read_key(site.folder / "session.key"), 3600, time.time)
    kinds: list[str] = []

    async with (
        aiohttp.ClientSession() as client,
        client.ws_connect(f"{site.url}/api/v1/chat", max_msg_size=0) as chat,
    ):
        session = sessions.issue("widget:long")
        await chat.send_json({"v": 1, "type": "hello", "language": "nl", "session": session})
        await chat.send_json({"v": 1, "type": "message", "id": "message-1", "text": "hallo"})
        thumb = {"v": 1, "type": "feedback", "reply": "message-1:0", "thumb": "up"}
        await chat.send_json(thumb)
        while "noted" not in kinds:
            kinds.append((await chat.receive_json(timeout=60))["type"])

    assert kinds[0] == "welcome"


def test_the_pages_of_the_desk(site: Site) -> None:
    subprocess.run(
        [str(Path(sys.executable).parent / "cybo"), "desk", "add-user", "ada", "--role", "admin"],
        cwd=ROOT,
        env=site.environment,
        input=f"{PASSWORD}\n".encode(),
        check=True,
    )
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def open_page(path: str, **form: str) -> str:
        sent = urllib.parse.urlencode(form).encode() if form else None
        asked = urllib.request.Request(f"{site.url}{path}", sent, {"Origin": site.url})
        with browser.open(asked, timeout=60) as response:
            return str(response.read().decode())

    page = open_page("/desk/sign-in")
    (csrf,) = set(re.findall(r'name="csrf" value="(\w+)"', page))
    open_page("/desk/sign-in", csrf=csrf, name="ada", password=PASSWORD)
    listed = open_page("/desk/conversations")
    turns = re.findall(r'href="(/desk/conversations/\d+)"', listed)
    for path in (
        *turns[:5],
        *(f"/desk/{name}" for name in ("tickets", "review", "figures", "users", "audit")),
        "/desk/tickets.json",
        "/desk/tickets.csv",
    ):
        assert open_page(path)
    assert turns


@pytest.mark.parametrize("database", ["trackers.db", "cybo.db"])
def test_while_another_process_holds_a_database(site: Site, database: str) -> None:
    answered: list[str] = []
    visitor = threading.Thread(target=lambda: answered.append(site.say("grijs scherm", "held")))
    with closing(sqlite3.connect(site.folder / database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        visitor.start()
        until, slowest_s = time.monotonic() + 3, 0.0
        while time.monotonic() < until:
            started = time.monotonic()
            with urllib.request.urlopen(f"{site.url}/livez", timeout=10) as response:
                assert json.load(response)
            slowest_s = max(slowest_s, time.monotonic() - started)
            time.sleep(0.02)
        other.rollback()
    visitor.join(timeout=30)

    assert slowest_s < 1
    assert answered
