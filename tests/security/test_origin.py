"""The network of a visitor goes with the turn, as a pseudonym, whichever way it came."""

import pytest

from tests.channels.conftest import Serve, assistant, clock, feedback, serve
from tests.channels.fakes import FakeAssistant

__all__ = ["assistant", "clock", "feedback", "serve"]

PROXIED = {"trusted_proxies": ("127.0.0.1",), "session_key": "k" * 32}
FROM = {"X-Forwarded-For": "203.0.113.9"}
HELLO = {"v": 1, "type": "hello", "language": "nl"}
MESSAGE = {"v": 1, "type": "message", "id": "abcdefgh", "text": "hallo"}
REST = {"sender": "an", "message": "hallo"}


async def test_rest_and_the_widget_name_the_network_of_a_visitor(
    serve: Serve, assistant: FakeAssistant
) -> None:
    client = await serve(**PROXIED)

    await client.post("/webhooks/rest/webhook", json=REST, headers=FROM)
    welcome = await client.post("/api/v1/chat", json=HELLO, headers=FROM)
    session = (await welcome.json())["envelopes"][0]["session"]
    await client.post("/api/v1/chat", json={**MESSAGE, "session": session}, headers=FROM)

    rest, widget = (message.origin for message in assistant.received)
    assert rest == widget
    assert len(rest) == 32
    assert "203.0.113" not in rest


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer secret of the tests", **FROM}])
async def test_this_machine_and_who_bears_the_token_have_no_network(
    serve: Serve, assistant: FakeAssistant, headers: dict[str, str]
) -> None:
    client = await serve(**PROXIED, api_token="secret of the tests")

    await client.post("/webhooks/rest/webhook", json=REST, headers=headers)

    assert [message.origin for message in assistant.received] == [""]
