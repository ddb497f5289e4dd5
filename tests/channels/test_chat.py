"""The chat's envelopes, over WebSocket and over plain requests."""

import asyncio
from typing import Any

import pytest
from aiohttp import WSMsgType
from aiohttp.test_utils import TestClient

from bot.dialogue.assistant import Incoming
from bot.dialogue.history import Progress, Reply
from bot.language import LANGUAGES
from tests.channels.conftest import Serve
from tests.channels.fakes import FakeAssistant, FakeFeedbackStore

PATH = "/api/v1/chat"
HELLO = {"v": 1, "type": "hello", "language": "nl"}
ID = "0123456789abcdef"
MESSAGE = {"v": 1, "type": "message", "id": ID, "text": "grijs scherm", "language": "nl"}
ANSWER = ["received", "typing", "reply", "done"]


class Socket:
    """A browser on the WebSocket."""

    def __init__(self, client: TestClient, **headers: str) -> None:
        self._client = client
        self._headers = headers

    async def __aenter__(self) -> "Socket":
        self.raw = await self._client.ws_connect(PATH, headers=self._headers)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.raw.close()

    async def ask(self, envelope: Any, *, until: str) -> list[dict[str, Any]]:
        await self.raw.send_json(envelope)
        received = []
        while not received or received[-1]["type"] not in {until, "error"}:
            received.append(await self.raw.receive_json(timeout=5))
        return received


class Requests:
    """The same browser behind a firewall that blocks WebSockets."""

    def __init__(self, client: TestClient, **headers: str) -> None:
        self._client = client
        self._headers = headers
        self._session: str | None = None

    async def __aenter__(self) -> "Requests":
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is open."""

    async def ask(self, envelope: Any, *, until: str) -> list[dict[str, Any]]:
        sent = {**envelope, "session": envelope.get("session", self._session)}
        response = await self._client.post(PATH, json=sent, headers=self._headers)
        received: list[dict[str, Any]] = (await response.json())["envelopes"]
        self._session = received[0].get("session", self._session)
        return received


both_ways = pytest.mark.parametrize("browser", [Socket, Requests])


def kinds(envelopes: list[dict[str, Any]]) -> list[str]:
    return [envelope["type"] for envelope in envelopes]


@both_ways
async def test_a_message_is_acknowledged_answered_and_ended(serve: Serve, browser: Any) -> None:
    async with browser(await serve()) as chat:
        (welcome,) = await chat.ask(HELLO, until="welcome")
        envelopes = await chat.ask(MESSAGE, until="done")

    assert (welcome["resumed"], welcome["history"], welcome["language"]) == (False, [], "nl")
    assert kinds(envelopes) == ANSWER
    reply = envelopes[2]
    assert (reply["text"], reply["to"], reply["id"]) == ("Een antwoord.", ID, f"{ID}:0")
    assert (reply["outcome"], reply["topics"], reply["language"]) == (
        "answer",
        ["grey_screen"],
        "nl",
    )


@both_ways
async def test_the_same_message_twice_is_handled_once(
    serve: Serve, assistant: FakeAssistant, browser: Any
) -> None:
    async with browser(await serve()) as chat:
        await chat.ask(HELLO, until="welcome")
        first = await chat.ask(MESSAGE, until="done")
        second = await chat.ask(MESSAGE, until="done")

    assert len(assistant.received) == 1
    assert [e["text"] for e in first if e["type"] == "reply"] == [
        e["text"] for e in second if e["type"] == "reply"
    ]


async def test_the_same_message_on_two_lines_at_once_is_handled_once(
    serve: Serve, assistant: FakeAssistant
) -> None:
    client = await serve()
    async with Socket(client) as one, Socket(client) as two:
        (welcome,) = await one.ask(HELLO, until="welcome")
        await two.ask({**HELLO, "session": welcome["session"]}, until="welcome")
        await asyncio.gather(one.ask(MESSAGE, until="done"), two.ask(MESSAGE, until="done"))

    assert len(assistant.received) == 1


@both_ways
async def test_a_chat_resumes_with_its_history(serve: Serve, browser: Any) -> None:
    client = await serve()
    async with browser(client) as chat:
        (welcome,) = await chat.ask(HELLO, until="welcome")
        await chat.ask(MESSAGE, until="done")

    async with browser(client) as chat:
        (again,) = await chat.ask({**HELLO, "session": welcome["session"]}, until="welcome")

    assert again["resumed"] is True
    assert [(e["type"], e["id"]) for e in again["history"]] == [
        ("message", ID),
        ("reply", f"{ID}:0"),
    ]


@pytest.mark.parametrize(
    "spoil", [lambda t: t + "x", lambda t: t.replace(".", ".9", 1), lambda t: ""]
)
async def test_a_forged_session_opens_a_new_chat(serve: Serve, spoil: Any) -> None:
    client = await serve()
    async with Socket(client) as chat:
        (welcome,) = await chat.ask(HELLO, until="welcome")
        await chat.ask(MESSAGE, until="done")

    async with Socket(client) as chat:
        forged = {**HELLO, "session": spoil(welcome["session"])}
        (again,) = await chat.ask(forged, until="welcome")

    assert (again["resumed"], again["history"]) == (False, [])


async def test_a_request_without_a_session_is_refused(
    serve: Serve, assistant: FakeAssistant
) -> None:
    async with Requests(await serve()) as chat:
        (error,) = await chat.ask(MESSAGE, until="error")

    assert (error["type"], error["code"], error["to"]) == ("error", "session_expired", ID)
    assert assistant.received == []


async def test_a_message_before_the_hello_is_refused(serve: Serve) -> None:
    async with Socket(await serve()) as chat:
        (error,) = await chat.ask(MESSAGE, until="error")

    assert error["code"] == "hello_first"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "shout"}, "unknown_type"),
        ({"id": "x"}, "invalid_id"),
        ({"id": "../../etc/passwd"}, "invalid_id"),
        ({"id": 7}, "invalid_id"),
        ({"text": None}, "invalid_message"),
        ({"text": " \u200b "}, "empty_message"),
        ({"text": "a" * 4001}, "message_too_long"),
        ({"type": "feedback", "reply": f"{ID}:0", "thumb": "sideways"}, "invalid_thumb"),
        ({"type": "feedback", "reply": ID, "thumb": "up"}, "invalid_id"),
    ],
)
@both_ways
async def test_a_wrong_envelope_is_explained_and_the_chat_goes_on(
    serve: Serve, browser: Any, change: dict[str, Any], code: str
) -> None:
    client = await serve()
    async with browser(client) as chat:
        await chat.ask(HELLO, until="welcome")
        (error,) = await chat.ask({**MESSAGE, **change}, until="error")
        envelopes = await chat.ask(MESSAGE, until="done")

    assert error["code"] == code
    assert kinds(envelopes) == ANSWER


async def test_a_page_of_another_version_is_told_to_reload(serve: Serve) -> None:
    client = await serve()
    async with Socket(client) as chat:
        (error,) = await chat.ask({**HELLO, "v": 2}, until="error")
    response = await client.post(PATH, json={**HELLO, "v": 2})

    assert error["code"] == "unknown_version"
    assert (await response.json())["error"]["code"] == "unknown_version"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_error_speaks_the_visitors_language(serve: Serve, language: str) -> None:
    async with Requests(await serve()) as chat:
        (error,) = await chat.ask({**MESSAGE, "language": language}, until="error")

    assert any(
        word in error["message"]
        for word in {"en": ["expired"], "fr": ["expiré"], "nl": ["verlopen"]}[language]
    )


async def test_who_talks_nonsense_is_cut_off(serve: Serve) -> None:
    async with Socket(await serve()) as chat:
        for _ in range(10):
            await chat.raw.send_str("{")
        messages = [await chat.raw.receive(timeout=5) for _ in range(11)]

    assert messages[-1].type is WSMsgType.CLOSE
    assert chat.raw.close_code == 4400


async def test_an_envelope_too_large_is_cut_off(serve: Serve) -> None:
    async with Socket(await serve()) as chat:
        await chat.raw.send_str("x" * 100_000)
        message = await chat.raw.receive(timeout=5)

    assert message.type is WSMsgType.CLOSE
    assert chat.raw.close_code == 1009


@both_ways
async def test_too_many_messages_are_refused_with_the_time_to_wait(
    serve: Serve, browser: Any
) -> None:
    async with browser(await serve(messages_per_minute=1)) as chat:
        await chat.ask(HELLO, until="welcome")
        for number in range(2):
            await chat.ask({**MESSAGE, "id": f"{ID}{number}"}, until="done")
        (error,) = await chat.ask({**MESSAGE, "id": f"{ID}9"}, until="error")

    assert (error["code"], error["to"]) == ("too_many_messages", f"{ID}9")
    assert 0 < error["retry_after_s"] <= 60


async def test_pages_of_unknown_sites_get_in_neither_way(serve: Serve) -> None:
    client = await serve(allowed_origins=("https://good.example",))
    foreign = {"Origin": "https://evil.example"}

    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    by_socket = await client.get(PATH, headers={**foreign, **upgrade})
    by_request = await client.post(PATH, json=HELLO, headers=foreign)
    preflight = await client.options(PATH, headers=foreign)

    assert [r.status for r in (by_socket, by_request, preflight)] == [403, 403, 403]
    assert (await by_request.json())["error"]["code"] == "origin_not_allowed"


async def test_pages_on_the_list_get_in(serve: Serve) -> None:
    client = await serve(allowed_origins=("https://good.example",))
    good = {"Origin": "https://good.example"}

    async with Socket(client, **good) as chat:
        (welcome,) = await chat.ask(HELLO, until="welcome")
    preflight = await client.options(PATH, headers=good)
    request = await client.post(PATH, json=HELLO, headers=good)

    assert welcome["type"] == "welcome"
    assert preflight.headers["Access-Control-Allow-Methods"] == "POST"
    assert request.headers["Access-Control-Allow-Origin"] == "https://good.example"
    assert request.headers["Vary"] == "Origin"


async def test_one_address_has_a_bounded_number_of_chats(serve: Serve) -> None:
    client = await serve(connections_per_address=1)
    async with Socket(client):
        response = await client.get(PATH, headers={"Connection": "Upgrade", "Upgrade": "websocket"})
        assert response.status == 429
    await asyncio.sleep(0.05)
    async with Socket(client) as chat:
        assert kinds(await chat.ask(HELLO, until="welcome")) == ["welcome"]


async def test_behind_a_load_balancer_the_visitors_own_address_counts(serve: Serve) -> None:
    client = await serve(connections_per_address=1, trusted_proxies="127.0.0.1")
    async with Socket(client, **{"X-Forwarded-For": "6.6.6.6, 192.0.2.1"}):
        async with Socket(client, **{"X-Forwarded-For": "192.0.2.2"}) as chat:
            assert kinds(await chat.ask(HELLO, until="welcome")) == ["welcome"]
        forged = {"X-Forwarded-For": "6.6.6.7, 192.0.2.1"}
        assert (await client.get(PATH, headers=forged)).status == 429


@both_ways
async def test_a_thumb_is_stored_with_what_it_is_about(
    serve: Serve, feedback: FakeFeedbackStore, browser: Any
) -> None:
    async with browser(await serve()) as chat:
        await chat.ask(HELLO, until="welcome")
        await chat.ask(MESSAGE, until="done")
        thumb = {"v": 1, "type": "feedback", "reply": f"{ID}:0", "thumb": "down"}
        (noted,) = await chat.ask({**thumb, "reason": "my PIN code is 48213"}, until="noted")

    assert (noted["reply"], noted["stored"]) == (f"{ID}:0", True)
    (stored,) = feedback.recorded
    assert (stored.thumb, stored.topics, stored.language) == ("down", ("grey_screen",), "nl")
    assert stored.message == MESSAGE["text"]
    assert "48213" not in stored.reason


async def test_a_thumb_for_a_reply_of_somebody_else_is_not_stored(
    serve: Serve, feedback: FakeFeedbackStore
) -> None:
    async with Socket(await serve()) as chat:
        await chat.ask(HELLO, until="welcome")
        thumb = {"v": 1, "type": "feedback", "reply": f"{ID}:0", "thumb": "up"}
        (noted,) = await chat.ask(thumb, until="noted")

    assert (noted["stored"], feedback.recorded) == (False, [])


async def test_a_secret_comes_back_masked(serve: Serve) -> None:
    async with Socket(await serve()) as chat:
        await chat.ask(HELLO, until="welcome")
        secret = {**MESSAGE, "text": "my PIN code is 48213"}
        received = (await chat.ask(secret, until="done"))[0]

    assert received["type"] == "received"
    assert "48213" not in received["text"]


async def test_the_echo_is_what_is_kept_of_a_message(
    serve: Serve, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def masked(message: Incoming) -> str:
        return f"kept of {message.sender[:6]}: {len(message.text)} letters"

    monkeypatch.setattr(assistant, "masked", masked)

    async with Socket(await serve()) as chat:
        await chat.ask(HELLO, until="welcome")
        received = (await chat.ask({**MESSAGE, "text": "soleil"}, until="done"))[0]

    assert received["text"].startswith("kept of widget")
    assert received["text"].endswith("6 letters")


async def test_progress_and_sources_go_along(serve: Serve, assistant: FakeAssistant) -> None:
    assistant.replies = [Reply("Yes.", "answer", "en", sources=["S1", "S9"], checked="2026-11-22")]
    assistant.open_question = Progress("closing_date", 2, 11)
    async with Socket(await serve()) as chat:
        (welcome,) = await chat.ask(HELLO, until="welcome")
        *_, reply, done = await chat.ask(MESSAGE, until="done")

    form = {"slot": "closing_date", "step": 2, "of": 11}
    assert welcome["form"] == done["form"] == form
    assert reply["sources"] == [
        {"title": "Access procedure", "url": "https://example.be/access", "language": "en"}
    ]


async def test_the_rest_webhook_cannot_join_a_chat_of_the_widget(serve: Serve) -> None:
    client = await serve()

    response = await client.post(
        "/webhooks/rest/webhook", json={"sender": "widget:abc", "message": "hallo"}
    )

    assert (await response.json())["error"]["code"] == "reserved_sender"


async def test_a_failure_inside_closes_the_line_with_a_reference(
    serve: Serve, assistant: FakeAssistant
) -> None:
    async with Socket(await serve()) as chat:
        await chat.ask(HELLO, until="welcome")
        assistant.failure = OSError("disk")
        await chat.raw.send_json(MESSAGE)
        while (await chat.raw.receive(timeout=5)).type is WSMsgType.TEXT:
            pass

    assert chat.raw.close_code == 1011
