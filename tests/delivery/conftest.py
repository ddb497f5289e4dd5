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


class FakeTracker:
    """Answers like Request Tracker, as far as its adapter asks.

    ``tickets``: as they were posted, each with its id and creator. ``fields``: of the queue.
    """

    def __init__(self, *fields: str) -> None:
        self.fields = fields or ("Cybo reference",)
        self.tickets: list[dict[str, Any]] = []
        self.comments: list[dict[str, Any]] = []
        self.has_rights = True
        self.dies_after_creating = False

    def receive(self, creator: str = "us", **content: Any) -> str:
        """Take a ticket in; gives its number."""
        number = str(len(self.tickets) + 1)
        named = content.pop("CustomFields", {}) if self.has_rights else {}
        values = {name: value for name, value in named.items() if name in self.fields}
        custom = [
            {"name": name, "values": value if isinstance(value, list) else [value]}
            for name, value in values.items()
        ]
        self.tickets.append(
            {"id": number, "Creator": {"id": creator}, "CustomFields": custom, **content}
        )
        return number

    async def __call__(self, request: web.Request) -> web.StreamResponse:  # noqa: PLR0911
        path = request.path.removeprefix("/REST/2.0/")
        if path.startswith("queue/"):
            fields = [{"name": name} for name in self.fields]
            return as_json({"Name": "General", "TicketCustomFields": fields})
        if path == "tickets":
            query = request.query["query"]
            reference = query.split("'")[3] if "CF." in query else query.split("'")[1]
            mine = [t for t in self.tickets if "Creator" not in query or _is_ours(t)]
            return as_json({"items": [{"id": t["id"]} for t in mine if reference in str(t)]})
        if path == "ticket":
            number = self.receive(**await request.json())
            if self.dies_after_creating:
                return web.Response(status=504)
            return as_json({"id": number})
        if path.endswith("/attachments"):
            return as_json({"items": self.comments, "total": len(self.comments)})
        if path.endswith("/comment"):
            self.comments.append({**await request.json(), "Creator": {"id": "us"}})
            return as_json(["Comments added"])
        return as_json(self.tickets[int(path.rpartition("/")[2]) - 1])


def _is_ours(ticket: dict[str, Any]) -> bool:
    return bool(ticket["Creator"]["id"] == "us")


def as_json(content: Any, status: int = 200) -> web.Response:
    return web.Response(text=json.dumps(content), status=status, content_type="application/json")
