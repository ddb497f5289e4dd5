"""The gateway with a fake assistant behind it, on a port of the test's own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.connections import LimitedRunner, room_of
from bot.channels.gateway import Gateway
from bot.guidance.sources import Source
from bot.settings import Settings
from tests.channels.fakes import FakeAssistant, FakeClock, FakeFeedbackStore

TestClient.__test__ = False
TestServer.__test__ = False

SOURCES = {"S1": Source("Access procedure", "https://example.be/access", "en")}
Serve = Callable[..., Awaitable[TestClient]]


class LimitedServer(TestServer):
    """Lets no more connections in than `cybo serve` would."""

    def __init__(self, app: web.Application, settings: Settings) -> None:
        super().__init__(app)
        self._settings = settings

    async def _make_runner(self, **_: Any) -> web.AppRunner:
        return LimitedRunner(self.app, room_of(self._settings))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def feedback() -> FakeFeedbackStore:
    return FakeFeedbackStore()


@pytest.fixture
async def serve(
    assistant: FakeAssistant, clock: FakeClock, feedback: FakeFeedbackStore, tmp_path: Path
) -> AsyncIterator[Serve]:
    """Start a gateway with the given settings; gives a client of it."""
    clients: list[TestClient] = []

    async def start(**settings: Any) -> TestClient:
        settings.setdefault("data_dir", tmp_path)
        known = Settings(**settings)
        gateway = Gateway(assistant, known, feedback, SOURCES, clock)  # type: ignore[arg-type]
        client = TestClient(LimitedServer(gateway.application(), known))
        await client.start_server()
        clients.append(client)
        return client

    yield start
    for client in clients:
        await client.close()
