"""Webhook and Request Tracker against servers that misbehave; the same rules for both."""

import json
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from bot.delivery.outbox import InDoubt, Refused, Target, TryLater
from bot.delivery.request_tracker import (
    RequestTracker,
    RequestTrackerAccount,
    RequestTrackerTarget,
)
from bot.delivery.ticket import Transcripts
from bot.delivery.webhook import WebhookAccount, WebhookTarget, sign
from tests.delivery.conftest import FakeTracker, Serve, as_json, item, transcript
from tests.serving import free_port

SECRET = b"s" * 32
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def webhook(url: str, said: Transcripts = transcript) -> Target:
    return WebhookTarget(WebhookAccount(url, SECRET), said, lambda: 1_795_500_000.0)


def request_tracker(url: str) -> Target:
    account = RequestTrackerAccount(url, "root", "password", "General")
    return RequestTrackerTarget(RequestTracker(account), transcript)


every_target = pytest.mark.parametrize("make", [webhook, request_tracker])


def answering(status: int, content: str = "{}") -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(text=content, status=status)

    return handler


@every_target
@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (answering(500), InDoubt),
        (answering(503), InDoubt),
        (answering(429), TryLater),
        (answering(401), Refused),
        (answering(404), Refused),
        (answering(302), Refused),
        (answering(200, "<html>Please log in</html>"), InDoubt),
        (answering(200, "[]"), InDoubt),
        (answering(200, "{}"), InDoubt),
    ],
)
async def test_what_an_answer_means(
    serve: Serve, make: Callable[[str], Target], handler: Handler, error: type[Exception]
) -> None:
    target = make(await serve(handler))

    with pytest.raises(error):
        await target.deliver(item(target.name))


@every_target
async def test_a_server_that_hangs_up(serve: Serve, make: Callable[[str], Target]) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.transport
        request.transport.abort()
        return web.Response()

    target = make(await serve(handler))

    with pytest.raises(InDoubt):
        await target.deliver(item(target.name))


@every_target
async def test_a_server_that_is_away(make: Callable[[str], Target]) -> None:
    target = make(f"http://127.0.0.1:{free_port()}")

    with pytest.raises(TryLater):
        await target.deliver(item(target.name))


async def test_a_post_is_signed_and_named(serve: Serve) -> None:
    posts: list[tuple[dict[str, str], bytes]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        posts.append((dict(request.headers), await request.read()))
        return as_json({"received": "CYB-2026-000123-8"})

    await webhook(await serve(handler)).deliver(item("webhook"))

    [(headers, body)] = posts
    assert headers["Idempotency-Key"] == "CYB-2026-000123-8"
    expected = sign(SECRET, headers["X-Cybo-Timestamp"], body)
    assert headers["X-Cybo-Signature"] == f"sha256={expected}"
    assert sign(b"another" * 5, headers["X-Cybo-Timestamp"], body) != expected
    content = json.loads(body)
    assert content["ticket"]["filings"][1]["enterprise_number"] == "0203430576"
    assert content["transcript"][0] == {
        "who": "user",
        "text": "mijn formulieren zijn weg, pin [***]",
    }


async def test_a_ticket_that_rt_has_is_not_created_again(serve: Serve) -> None:
    """RT took it, and died before it could say so."""
    tracker = FakeTracker("Enterprise number", "Cybo reference")
    tracker.dies_after_creating = True

    target = request_tracker(await serve(tracker))
    with pytest.raises(InDoubt):
        await target.deliver(item(target.name))
    await target.deliver(item(target.name))

    [ticket] = tracker.tickets
    assert ticket["CustomFields"][0]["values"] == ["0403170701", "0203430576"]
