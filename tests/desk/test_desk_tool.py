"""A ticket's page when the desk has a tool of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from tests.desk.conftest import Visitors
from tests.desk.seed import open_ticket

Tool = Callable[[str | None], Awaitable[dict[str, str]]]


@pytest.fixture
async def tool() -> AsyncIterator[Tool]:
    """Start what answers like Request Tracker: with a status, or with an error."""
    servers: list[TestServer] = []

    async def start(status: str | None) -> dict[str, str]:
        asked: list[str] = []

        async def search(request: web.Request) -> web.Response:
            asked.append(request.query["query"].split("'")[3])
            return web.json_response({"items": [{"id": "7"}]}, status=200 if status else 500)

        async def show(_: web.Request) -> web.Response:
            field = {"name": "Cybo reference", "values": asked[-1:]}
            return web.json_response({"Status": status, "CustomFields": [field]})

        application = web.Application()
        application.add_routes(
            [web.get("/REST/2.0/tickets", search), web.get("/REST/2.0/ticket/7", show)]
        )
        server = TestServer(application)
        await server.start_server()
        servers.append(server)
        return {"rt_url": str(server.make_url("")).rstrip("/"), "rt_password": "token"}

    yield start
    for server in servers:
        await server.close()


async def test_the_tools_status_stands_beside_ours_and_wins(
    visit: Visitors, accounts: Accounts, engine: Engine, tool: Tool
) -> None:
    ticket = open_ticket(engine)
    browser = await visit("an", **await tool("resolved"))

    page = await browser.open(f"/desk/tickets/{ticket.reference}?lang=en")

    assert '<span class="badge new">new</span>' in page
    assert "In Request Tracker this request is: resolved. That is the status that counts" in page


async def test_a_tool_that_fails_is_said_to_be_silent(
    visit: Visitors, accounts: Accounts, engine: Engine, tool: Tool
) -> None:
    ticket = open_ticket(engine)
    browser = await visit("an", **await tool(None))

    page = await browser.open(f"/desk/tickets/{ticket.reference}?lang=en")

    assert browser.status == 200
    assert "Request Tracker is not giving a status" in page
