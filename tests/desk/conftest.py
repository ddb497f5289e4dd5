"""The desk's pages on a real database, on a port of the test's own."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.accounts.passwords import Passwords
from bot.delivery.ticket import Line
from bot.desk.parts import Surroundings
from bot.desk.site import Desk
from bot.review.verdicts import Titles, topic_titles
from bot.settings import Settings
from bot.shell.project import read_responses
from bot.storage import SqlAccountStore, open_database

TestClient.__test__ = False
TestServer.__test__ = False

PASSWORD = "vier paarden in een wei"
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""Same algorithm, less work: a test signs in a hundred times."""


@dataclass
class Clock:
    """A clock that moves when a test says so."""

    at: datetime = datetime(2026, 11, 24, 10, 0, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **much: float) -> None:
        self.at += timedelta(**much)


@dataclass
class Browser:
    """Somebody at the desk: keeps cookies, and sends the forms of the page it is on."""

    client: TestClient
    page: str = ""
    status: int = 0
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return str(self.client.make_url("/")).rstrip("/")

    async def open(self, path: str, **headers: str) -> str:
        await self._take(await self.client.get(path, headers={**self.headers, **headers}))
        return self.page

    async def send(self, path: str, **fields: str) -> str:
        """Send a form of the page that is open, as a browser would."""
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.page)
        token = {"csrf": found[1]} if found else {}
        headers = {**self.headers, "Origin": self.origin}
        response = await self.client.post(path, data={**token, **fields}, headers=headers)
        await self._take(response)
        return self.page

    async def sign_in(self, name: str, password: str = PASSWORD) -> "Browser":
        await self.open("/desk/sign-in")
        await self.send("/desk/sign-in", name=name, password=password)
        return self

    async def _take(self, response: ClientResponse) -> None:
        self.page = await response.text(errors="replace")
        self.status, self.url = response.status, response.url.path_qs


@cache
def titles() -> Titles:
    """What the project's topics are called."""
    return topic_titles(read_responses())


Visitors = Callable[..., Awaitable[Browser]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path / 'cybo.db'}")


@pytest.fixture
def accounts(engine: Engine, clock: Clock) -> Accounts:
    """Three users, one of each role, who all have the same password."""
    made = Accounts(SqlAccountStore(engine), CHEAP, clock)
    for name, role in (("an", "agent"), ("ed", "editor"), ("ada", "admin")):
        made.add(name, role, PASSWORD, PASSWORD)
    return made


@pytest.fixture
def said() -> dict[str, list[Line]]:
    """What was said in which conversation."""
    return {}


@pytest.fixture
async def visit(
    engine: Engine, clock: Clock, said: dict[str, list[Line]], tmp_path: Path
) -> AsyncIterator[Visitors]:
    """Start the desk with the given settings; gives somebody in front of it."""
    clients: list[TestClient] = []

    async def transcripts(conversation: str) -> Sequence[Line]:
        return said.get(conversation, [])

    async def enter(name: str = "", **settings: Any) -> Browser:
        around = Surroundings(
            settings=Settings(data_dir=tmp_path, **settings),
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
        client = TestClient(TestServer(application))
        await client.start_server()
        clients.append(client)
        browser = Browser(client)
        return await browser.sign_in(name) if name else browser

    yield enter
    for client in clients:
        await client.close()
