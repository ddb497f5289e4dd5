"""A ticket to deliver, and servers that take it, or do worse."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.delivery.outbox import Item
from bot.delivery.ticket import Line, item_for
from bot.tickets.model import Draft, Ticket

TestServer.__test__ = False

Serve = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[str]]


def make_ticket(reference: str = "CYB-2026-000123-8", **changes: Any) -> Ticket:
    known: dict[str, Any] = {
        "conversation": "widget:abc",
        "channel": "web",
        "language": "nl",
        "filings": [
            {
                "enterprise_number": "0403170701",
                "closing_date": "2022-12-31",
                "filing_model": "abbreviated",
                "filing_model_code": "m01-f",
                "deposit_type": "initial",
                "filing_language": "nl",
            },
            {
                "enterprise_number": "0203430576",
                "closing_date": "2021-12-31",
                "filing_model": "micro",
                "deposit_type": "correction",
                "filing_language": "fr",
            },
        ],
        "certificate_owner": "An Peeters",
        "certificate_email": "an@example.be",
        "certificate_number": "4A:7F:02",
        "certificate_type": "globalsign",
    }
    created_at = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)
    return Ticket(reference, "new", created_at, Draft(**{**known, **changes}))


def item(target: str, reference: str = "CYB-2026-000123-8") -> Item:
    return item_for(make_ticket(reference), target)


async def transcript(conversation: str) -> list[Line]:
    assert conversation == "widget:abc"
    return [Line("user", "mijn formulieren zijn weg, pin [***]"), Line("cybo", "Ik help u.")]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server with one handler for everything; gives its address."""
    servers: list[TestServer] = []

    async def start(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> str:
        application = web.Application(client_max_size=50_000_000)
        application.router.add_route("*", "/{path:.*}", handler)
        server = TestServer(application)
        await server.start_server()
        servers.append(server)
        return f"http://127.0.0.1:{server.port}"

    yield start
    for server in servers:
        await server.close()


def as_json(content: Any, status: int = 200) -> web.Response:
    return web.Response(text=json.dumps(content), status=status, content_type="application/json")
