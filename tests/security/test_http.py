"""What somebody on the network can do before anybody knows who it is."""

import asyncio
import json
import logging
import resource
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import ClientResponse, WSMsgType, WSServerHandshakeError
from aiohttp.test_utils import TestClient
from multidict import CIMultiDict, CIMultiDictProxy

from bot.channels import bodies
from bot.channels.addresses import Proxies
from bot.channels.problems import Problem
from bot.channels.readiness import Readiness
from bot.language import LANGUAGES
from bot.settings import SettingsError, read_settings
from tests.channels.conftest import Serve, assistant, clock, feedback, serve
from tests.channels.fakes import FakeAssistant, FakeClock

__all__ = ["assistant", "clock", "feedback", "serve"]
WEBHOOK, CHAT = "/webhooks/rest/webhook", "/api/v1/chat"
SAID = {"sender": "an", "message": "grijs scherm", "metadata": {"language": "nl"}}
HELLO = {"v": 1, "type": "hello", "language": "nl"}
TOKEN = "token of this test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}

# Compressed bodies


def bomb(megabytes: int) -> bytes:
    pack = zlib.compressobj(9)
    return b"".join(pack.compress(b"a" * 1_000_000) for _ in range(megabytes)) + pack.flush()


@pytest.mark.parametrize("path", [WEBHOOK, CHAT, "/livez"])
@pytest.mark.parametrize("coding", ["deflate", "gzip", "br", "gzip, identity"])
async def test_a_compressed_body_is_refused_without_being_inflated(
    serve: Serve, path: str, coding: str
) -> None:
    client = await serve()
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    response = await client.post(
        path,
        data=bomb(200),
        headers={"Content-Encoding": coding, "Content-Type": "application/json"},
    )

    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024
    assert response.status == 415
    assert (await response.json())["error"]["code"] == "content_encoding"
    assert response.headers["Accept-Encoding"] == "identity"
    assert grown_mb < 50


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_compresses_is_told_so_in_the_readers_language(
    serve: Serve, language: str
) -> None:
    client = await serve()

    response = await client.post(
        WEBHOOK,
        data=zlib.compress(b"{}"),
        headers={"Content-Encoding": "deflate", "Accept-Language": language},
    )

    assert await response.json() == Problem(415, "content_encoding").as_json(language)


async def test_a_body_that_says_it_is_not_compressed_is_read(serve: Serve) -> None:
    client = await serve()

    response = await client.post(WEBHOOK, json=SAID, headers={"Content-Encoding": "identity"})

    assert response.status == 200


async def test_no_chat_agrees_to_compressed_messages(serve: Serve) -> None:
    client = await serve()

    socket = await client.ws_connect(CHAT, compress=15)

    assert not socket.compress
    await socket.close()


# Slow and many


async def connect(client: TestClient) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    assert client.port
    return await asyncio.open_connection(client.host, client.port)


async def test_a_body_that_trickles_in_is_not_waited_for(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "BODY_WITHIN_S", 0.1)
    client = await serve()
    reader, writer = await connect(client)

    writer.write(
        b"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: cybo\r\n"
        b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"too_slow" in answer


async def test_a_connection_that_never_ends_its_first_line_is_closed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.gateway._SILENT_S", 0.3)
    client = await serve()
    reader, writer = await connect(client)
    writer.write(b"GET /livez HT")

    rest = await asyncio.wait_for(reader.read(), 5)

    assert rest == b""
    writer.close()


async def test_beyond_so_many_connections_nobody_gets_in_until_one_leaves(serve: Serve) -> None:
    client = await serve(connections=8)
    held = [await connect(client) for _ in range(8)]
    await asyncio.sleep(0.1)

    reader, writer = await connect(client)
    refused = await asyncio.wait_for(reader.read(), 5)
    for _, other in held[:2]:
        other.close()
    await asyncio.sleep(0.1)
    status = (await client.get("/livez")).status

    assert refused.startswith(b"HTTP/1.1 503")
    assert status == 200
    for _, other in held:
        other.close()
    writer.close()


async def test_one_address_cannot_take_every_connection(serve: Serve) -> None:
    client = await serve(connections_per_address=2)

    held = [await connect(client) for _ in range(4)]
    await asyncio.sleep(0.1)
    reader, writer = await connect(client)

    assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 503")
    for _, other in [*held, (reader, writer)]:
        other.close()


async def test_a_trusted_proxy_may_hold_as_many_as_there_are(serve: Serve) -> None:
    client = await serve(connections_per_address=2, trusted_proxies="127.0.0.1")
    held = [await connect(client) for _ in range(10)]

    assert (await client.get("/livez")).status == 200
    for _, writer in held:
        writer.close()


async def test_chats_leave_room_for_everything_else(serve: Serve) -> None:
    client = await serve(connections=8)
    chats = [await client.ws_connect(CHAT) for _ in range(6)]

    with pytest.raises(WSServerHandshakeError) as refused:
        await client.ws_connect(CHAT)

    assert refused.value.status == 503
    assert (await client.get("/livez")).status == 200
    for chat in chats:
        await chat.close()


async def test_who_is_refused_for_sending_too_much_has_to_connect_again(serve: Serve) -> None:
    client = await serve(messages_per_minute=1)
    responses: list[ClientResponse] = [await client.post(WEBHOOK, json=SAID) for _ in range(3)]

    connections = [response.headers.get("Connection") for response in responses]

    assert [response.status for response in responses] == [200, 200, 429]
    assert connections == [None, None, "close"]


async def test_a_chat_that_goes_on_flooding_is_closed(serve: Serve) -> None:
    client = await serve(messages_per_minute=1)
    socket = await client.ws_connect(CHAT)
    await socket.send_json(HELLO)
    await socket.receive_json(timeout=5)

    for number in range(60):
        if socket.closed:
            break
        await socket.send_json({"v": 1, "type": "message", "id": f"message-{number}", "text": "hm"})
    while (received := await socket.receive(timeout=5)).type is WSMsgType.TEXT:
        pass

    assert received.type in {WSMsgType.CLOSE, WSMsgType.CLOSED}
    assert socket.close_code == 4429


# Who it is


def request(remote: str, *forwarded: str) -> Any:
    class Request:
        headers = CIMultiDictProxy(CIMultiDict([("X-Forwarded-For", one) for one in forwarded]))

    Request.remote = remote  # type: ignore[attr-defined]
    return Request()


@pytest.mark.parametrize(
    ("remote", "forwarded", "place"),
    [
        # HAProxy adds a header of its own below the visitor's.
        ("10.0.0.1", ["6.6.6.6", "203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["6.6.6.6, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
        ("10.0.0.1", ['"[2001:db8:1:2::7]:4711"'], "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        # Nobody vouches for what a visitor says of himself.
        ("198.51.100.1", ["203.0.113.9"], "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", [], "2001:db8:1:2::/64"),
        ("fe80::1%eth0", [], "fe80::/64"),
        ("::ffff:203.0.113.9", [], "203.0.113.9"),
        ("", ["203.0.113.9"], ""),
    ],
)
def test_a_visitor_is_who_the_nearest_trusted_proxy_says(
    remote: str, forwarded: list[str], place: str
) -> None:
    proxies = Proxies(["10.0.0.0/24"])

    assert proxies.visitor(request(remote, *forwarded)) == place


def test_a_chain_of_a_thousand_addresses_is_not_followed() -> None:
    proxies = Proxies(["10.0.0.0/8"])
    chain = ["203.0.113.9", *["10.0.0.2"] * 1000]

    assert proxies.visitor(request("10.0.0.1", ",".join(chain))) == "10.0.0.2"


async def test_a_visitor_cannot_choose_his_address_with_a_second_header(serve: Serve) -> None:
    client = await serve(messages_per_minute=1, trusted_proxies="127.0.0.1")
    statuses = []
    for number in range(50):
        headers = [
            ("X-Forwarded-For", f"6.6.6.{number}"),
            ("X-Forwarded-For", "203.0.113.9"),
        ]
        body = {**SAID, "sender": f"visitor {number}"}
        statuses.append((await client.post(WEBHOOK, json=body, headers=headers)).status)

    assert statuses[-1] == 429


@pytest.mark.parametrize("proxy", ["10.0.0.1/8", "proxy.example.be", "10.0.0"])
def test_a_proxy_that_is_no_address_is_named_at_start(proxy: str) -> None:
    with pytest.raises(SettingsError, match=r"CYBO_TRUSTED_PROXIES.*10\.1\.2\.0/24"):
        read_settings({"CYBO_TRUSTED_PROXIES": proxy})


def test_a_short_token_is_refused_at_start() -> None:
    with pytest.raises(SettingsError, match=r"CYBO_API_TOKEN.*16"):
        read_settings({"CYBO_API_TOKEN": "kort"})


# Names and alphabets


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sender", ["readyz", "mail:abc", "widget:x", "Mail:abc", " readyz "])
async def test_nobody_takes_a_name_that_is_ours(
    serve: Serve, assistant: FakeAssistant, sender: str, language: str
) -> None:
    client = await serve()
    body = {"sender": sender, "message": "hallo", "metadata": {"language": language}}

    response = await client.post(WEBHOOK, json=body)

    error = (await response.json())["error"]
    assert (response.status, error["code"]) == (400, "reserved_sender")
    assert "mail:" in error["message"]
    assert not assistant.received


@pytest.mark.parametrize("sender", ["an\nERROR forged", "an\x1b[2J", "\x00an", "an\x85b"])
async def test_a_name_with_control_characters_is_refused(
    serve: Serve, assistant: FakeAssistant, sender: str
) -> None:
    client = await serve()

    response = await client.post(WEBHOOK, json={"sender": sender, "message": "hallo"})

    assert response.status == 400
    assert (await response.json())["error"]["code"] == "sender_characters"
    assert not assistant.received


@pytest.mark.parametrize("path", [WEBHOOK, CHAT])
@pytest.mark.parametrize(
    ("charset", "body"), [("foo", b"{}"), ("utf-8", b'{"a": "\xff"}'), ("idna", b"{}")]
)
async def test_an_unknown_alphabet_is_the_callers_mistake(
    serve: Serve, path: str, charset: str, body: bytes
) -> None:
    client = await serve()

    response = await client.post(
        path, data=body, headers={"Content-Type": f"application/json; charset={charset}"}
    )

    assert response.status == 400


async def test_a_path_is_logged_on_one_line(
    serve: Serve, assistant: FakeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    client = await serve(api_token=TOKEN)
    assistant.failure = ValueError()

    with caplog.at_level(logging.INFO):
        await client.get("/conversations/a%0AERROR%20forged/tracker", headers=BEARER)

    (line,) = [r.getMessage() for r in caplog.records if "request.failed" in r.getMessage()]
    assert "\n" not in line
    assert r"a\nERROR forged" in line


# Health and metrics


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        ({}, {}, 404),
        ({"api_token": TOKEN}, {}, 401),
        ({"api_token": TOKEN}, {"Authorization": "Bearer wrong"}, 401),
        ({"api_token": TOKEN}, BEARER, 200),
    ],
)
async def test_metrics_are_for_who_bears_the_token(
    serve: Serve, settings: dict[str, str], headers: dict[str, str], status: int
) -> None:
    client = await serve(**settings)

    assert (await client.get("/metrics", headers=headers)).status == status


async def test_metrics_have_a_port_of_their_own_if_wanted(
    serve: Serve, unused_tcp_port_factory: Callable[[], int]
) -> None:
    port = unused_tcp_port_factory()
    client = await serve(metrics_port=port)

    async with client.session.get(f"http://127.0.0.1:{port}/metrics") as response:
        text = await response.text()
    async with client.session.get(f"http://127.0.0.1:{port}/readyz") as response:
        status = response.status

    assert "cybo_event_loop_stall_seconds_bucket" in text
    assert "cybo_event_loop_longest_stall_seconds" in text
    assert status == 404


async def test_however_often_readiness_is_asked_the_database_is_asked_once() -> None:
    asked, clock = [], FakeClock()

    async def check() -> None:
        asked.append(clock.now_s)
        await asyncio.sleep(0)

    readiness = Readiness(clock)
    readiness.add("trackers", check)
    await asyncio.gather(*(readiness.look() for _ in range(100)))
    clock.now_s += 2.9
    await readiness.look()
    clock.now_s += 0.1

    assert await readiness.look() == {"trackers": True}
    assert len(asked) == 2


async def test_a_database_that_does_not_answer_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.channels.readiness._WITHIN_S", 0.05)
    readiness = Readiness(FakeClock())
    readiness.add("tickets", asyncio.Event().wait)  # type: ignore[arg-type]

    assert await asyncio.wait_for(readiness.look(), 5) == {"tickets": False}


# Long conversations


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_conversation_without_end_is_told_how_to_go_on(
    serve: Serve, assistant: FakeAssistant, language: str
) -> None:
    client = await serve(turns_per_session=2, contact_email="desk@example.be")
    body = {**SAID, "metadata": {"language": language}}
    assistant.replies = [assistant.replies[0].__class__("Een antwoord.", "answer", language)]

    answers = [await (await client.post(WEBHOOK, json=body)).json() for _ in range(3)]

    (last,) = answers[-1]
    assert len(assistant.received) == 2
    assert last["custom"] == {"outcome": "handoff", "topics": [], "language": language}
    assert "desk@example.be" in last["text"]


async def test_a_chat_without_end_is_told_how_to_go_on(
    serve: Serve, assistant: FakeAssistant
) -> None:
    client = await serve(turns_per_session=1)
    socket = await client.ws_connect(CHAT)
    await socket.send_json(HELLO)
    await socket.receive_json(timeout=5)

    outcomes = []
    for number in range(2):
        await socket.send_json({"v": 1, "type": "message", "id": f"message-{number}", "text": "?"})
        while (envelope := json.loads((await socket.receive(timeout=5)).data))["type"] != "done":
            outcomes += [envelope["outcome"]] if envelope["type"] == "reply" else []

    assert outcomes == ["answer", "handoff"]
    assert len(assistant.received) == 1
    await socket.close()


async def test_a_welcome_shows_the_latest_messages_only(
    serve: Serve, assistant: FakeAssistant
) -> None:
    client = await serve(messages_per_minute=1000)
    socket = await client.ws_connect(CHAT)
    await socket.send_json(HELLO)
    session = (await socket.receive_json(timeout=5))["session"]
    for number in range(120):
        await socket.send_json({"v": 1, "type": "message", "id": f"message-{number}", "text": "?"})
        while (await socket.receive_json(timeout=5))["type"] != "done":
            pass

    await socket.send_json({**HELLO, "session": session})
    history = (await socket.receive_json(timeout=5))["history"]

    said = [entry["id"] for entry in history if entry["type"] == "message"]
    assert said == [f"message-{number}" for number in range(20, 120)]
    await socket.close()
