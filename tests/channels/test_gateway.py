"""The HTTP contract around the webhook: limits, tracker, health, metrics, page, failures."""

import asyncio
import logging
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp.test_utils import TestClient
from prometheus_client.parser import text_string_to_metric_families
from yarl import URL

import bot
from bot.channels.problems import Problem
from bot.dialogue.history import Reply
from bot.language import LANGUAGES
from tests.channels.conftest import Serve
from tests.channels.fakes import FakeAssistant, FakeClock

WEBHOOK = "/webhooks/rest/webhook"
TOKEN = "s3cret-token-of-this-test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PAGES = ("/", "/demo.css", "/demo.js")
_WEB = Path(bot.__file__).parent / "web"


async def send(
    client: TestClient, sender: str = "an", **headers: str
) -> tuple[int, dict[str, str]]:
    body = {"sender": sender, "message": "grijs scherm", "metadata": {"language": "nl"}}
    response = await client.post(WEBHOOK, json=body, headers=headers)
    return response.status, dict(response.headers)


async def samples(client: TestClient) -> dict[tuple[str, tuple[str, ...]], float]:
    """Give every metric by its name and the values of its labels, in the labels' order."""
    text = await (await client.get("/metrics", headers=BEARER)).text()
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


# Rate limits


async def test_a_visitor_who_sends_too_much_is_told_how_long_to_wait(serve: Serve) -> None:
    client = await serve(messages_per_minute=1)
    await send(client)
    await send(client)

    response = await client.post(WEBHOOK, json={"sender": "an", "message": "nog iets"})

    body = await response.json()
    assert (response.status, response.headers["Retry-After"]) == (429, "60")
    assert body == Problem(429, "too_many_messages", {"seconds": 60}).as_json("en")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_wait_is_told_in_the_visitors_language(serve: Serve, language: str) -> None:
    client = await serve(messages_per_minute=1)
    body = {"sender": "an", "message": "hm", "metadata": {"language": language}}
    for _ in range(2):
        await client.post(WEBHOOK, json=body)

    response = await client.post(WEBHOOK, json=body)

    expected = Problem(429, "too_many_messages", {"seconds": 60}).as_json(language)
    assert await response.json() == expected


async def test_a_message_over_the_limit_does_not_reach_the_assistant(
    serve: Serve, assistant: FakeAssistant
) -> None:
    client = await serve(messages_per_minute=1)

    for _ in range(5):
        await send(client)

    assert len(assistant.received) == 2


async def test_who_waits_as_long_as_told_is_answered(serve: Serve, clock: FakeClock) -> None:
    client = await serve(messages_per_minute=7)
    status, headers = 200, {}
    while status == 200:
        status, headers = await send(client)

    clock.now_s += int(headers["Retry-After"])

    assert (await send(client))[0] == 200


async def test_another_visitor_is_answered_meanwhile(serve: Serve) -> None:
    client = await serve(messages_per_minute=1)
    for _ in range(3):
        await send(client, "an")

    status, _ = await send(client, "bart")

    assert status == 200


async def test_one_address_cannot_evade_the_limit_with_new_names(serve: Serve) -> None:
    client = await serve(messages_per_minute=1)

    statuses = [(await send(client, f"visitor {number}"))[0] for number in range(60)]

    assert statuses[:20] == [200] * 20
    assert statuses[-1] == 429


async def test_a_visitor_who_is_refused_does_not_use_up_his_colleagues_messages(
    serve: Serve,
) -> None:
    client = await serve(messages_per_minute=1)
    for _ in range(60):
        await send(client, "impatient")

    status, _ = await send(client, "colleague at the same address")

    assert status == 200


async def test_who_bears_the_token_is_not_limited(serve: Serve) -> None:
    client = await serve(messages_per_minute=1, api_token=TOKEN)

    statuses = {(await send(client, **BEARER))[0] for _ in range(60)}

    assert statuses == {200}


async def test_what_the_token_sends_is_not_counted_against_a_visitor(serve: Serve) -> None:
    client = await serve(messages_per_minute=1, api_token=TOKEN)
    for _ in range(60):
        await send(client, **BEARER)

    assert (await send(client))[0] == 200


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", TOKEN, f"Basic {TOKEN}", ""])
async def test_a_wrong_token_lifts_no_limit(serve: Serve, header: str) -> None:
    client = await serve(messages_per_minute=1, api_token=TOKEN)

    statuses = [(await send(client, Authorization=header))[0] for _ in range(3)]

    assert statuses == [200, 200, 429]


async def test_without_a_token_no_header_lifts_the_limit(serve: Serve) -> None:
    client = await serve(messages_per_minute=1)

    statuses = [(await send(client, Authorization="Bearer "))[0] for _ in range(3)]

    assert statuses == [200, 200, 429]


# The tracker


async def test_the_tracker_is_given_to_who_bears_the_token(
    serve: Serve, assistant: FakeAssistant
) -> None:
    client = await serve(api_token=TOKEN)

    response = await client.get("/conversations/an/tracker", headers=BEARER)

    assert response.status == 200
    assert await response.json() == await assistant.tracker_json("an")


@pytest.mark.parametrize("sender", ["an", "a b", "an@example.be", "a/b", "Élodie", "100%", "😀"])
async def test_the_tracker_is_found_by_any_senders_name(
    serve: Serve, assistant: FakeAssistant, sender: str
) -> None:
    client = await serve(api_token=TOKEN)
    address = client.make_url("/")
    path = f"/conversations/{quote(sender, safe='')}/tracker"

    async with client.session.get(
        address.join(URL(path, encoded=True)), headers=BEARER
    ) as response:
        status = response.status

    assert (status, assistant.looked_up) == (200, [sender])


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x"],
)
async def test_the_tracker_is_refused_without_the_right_token(
    serve: Serve, assistant: FakeAssistant, header: str | None
) -> None:
    client = await serve(api_token=TOKEN)
    headers = {} if header is None else {"Authorization": header}

    response = await client.get("/conversations/an/tracker", headers=headers)

    assert response.status == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert (await response.json())["error"]["code"] == "unauthorized"
    assert not assistant.looked_up


async def test_a_token_of_bytes_that_are_no_text_is_a_wrong_token(serve: Serve) -> None:
    client = await serve(api_token=TOKEN)
    reader, writer = await asyncio.open_connection(client.host, client.port)

    writer.write(
        b"GET /conversations/an/tracker HTTP/1.1\r\nHost: cybo\r\n"
        b"Authorization: Bearer \xff\xfe\r\nConnection: close\r\n\r\n"
    )
    status_line = await reader.readline()
    writer.close()

    assert status_line.split()[1] in {b"400", b"401"}


@pytest.mark.parametrize("headers", [{}, BEARER, {"Authorization": "Bearer "}])
async def test_there_is_no_tracker_when_no_token_is_set(
    serve: Serve, assistant: FakeAssistant, headers: dict[str, str]
) -> None:
    client = await serve()

    response = await client.get("/conversations/an/tracker", headers=headers)

    assert response.status == 404
    assert (await response.json())["error"]["code"] == "not_found"
    assert not assistant.looked_up


# Health


async def test_a_process_that_runs_is_alive_even_without_its_database(
    serve: Serve, assistant: FakeAssistant
) -> None:
    assistant.database_failure = OSError("disk I/O error")
    client = await serve()

    assert (await client.get("/livez")).status == 200


async def test_a_process_with_model_and_database_is_ready(serve: Serve) -> None:
    client = await serve()

    response = await client.get("/readyz")

    body = await response.json()
    assert (response.status, body["status"]) == (200, "ready")
    assert body["checks"] == {"model": True, "trackers": True}


@pytest.mark.parametrize("failure", [OSError("disk full"), RuntimeError("password=hunter2")])
async def test_a_process_whose_database_fails_is_not_ready(
    serve: Serve, assistant: FakeAssistant, failure: Exception
) -> None:
    client = await serve()
    assistant.database_failure = failure

    response = await client.get("/readyz")

    text = await response.text()
    assert response.status == 503
    assert (await response.json())["checks"] == {"model": True, "trackers": False}
    assert str(failure) not in text


async def test_a_process_is_ready_again_when_its_database_is_back(
    serve: Serve, assistant: FakeAssistant, clock: FakeClock
) -> None:
    client = await serve()
    assistant.database_failure = OSError("connection refused")
    await client.get("/readyz")

    assistant.database_failure = None
    clock.now_s += 3

    assert (await client.get("/readyz")).status == 200


async def test_a_model_that_fails_its_probe_does_not_start(
    serve: Serve, assistant: FakeAssistant
) -> None:
    assistant.probe_failure = RuntimeError("probe: 'grijs scherm' was taken for 'en'")

    with pytest.raises(RuntimeError, match="probe"):
        await serve()


# Metrics


async def test_replies_are_counted_by_channel_outcome_and_language(
    serve: Serve, assistant: FakeAssistant
) -> None:
    client = await serve(api_token=TOKEN)
    assistant.replies = [Reply("Eén.", "form", "nl"), Reply("Deux.", "answer", "fr")]

    await send(client)
    await send(client)

    counted = await samples(client)
    assert counted["cybo_replies_total", ("rest", "nl", "form")] == 2
    assert counted["cybo_replies_total", ("rest", "fr", "answer")] == 2


async def test_refused_requests_are_counted_by_code(serve: Serve) -> None:
    client = await serve(messages_per_minute=1, api_token=TOKEN)
    for _ in range(3):
        await send(client)
    await client.post(WEBHOOK, json={"sender": "an", "message": ""})
    await client.get("/nowhere")

    counted = await samples(client)

    for code in ("too_many_messages", "empty_message", "not_found"):
        assert counted["cybo_problems_total", (code,)] == 1


async def test_the_time_of_a_turn_is_measured(
    serve: Serve, assistant: FakeAssistant, clock: FakeClock
) -> None:
    client = await serve(api_token=TOKEN)
    assistant.clock, assistant.turn_s = clock, 0.25

    await send(client)

    counted = await samples(client)
    assert counted["cybo_turn_seconds_count", ("rest",)] == 1
    assert counted["cybo_turn_seconds_sum", ("rest",)] == pytest.approx(0.25)


async def test_metrics_name_no_visitor_and_no_words(serve: Serve) -> None:
    client = await serve(api_token=TOKEN)
    await send(client, "an.peeters@example.be")

    text = await (await client.get("/metrics", headers=BEARER)).text()

    assert "peeters" not in text
    assert "grijs" not in text


async def test_two_gateways_in_one_process_count_for_themselves(serve: Serve) -> None:
    first, second = await serve(api_token=TOKEN), await serve(api_token=TOKEN)

    await send(first)

    assert ("cybo_replies_total", ("rest", "nl", "answer")) not in await samples(second)


# Failures


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_failure_inside_gives_a_reference_and_no_stack_trace(
    serve: Serve, assistant: FakeAssistant, language: str
) -> None:
    client = await serve()
    assistant.failure = ValueError("internal detail of /srv/cybo/bot/x.py")

    response = await client.post(
        WEBHOOK,
        json={"sender": "an", "message": "hallo", "metadata": {"language": language}},
    )

    error = (await response.json())["error"]
    reference = re.search(r"ERR-[0-9A-F]{8}", error["message"])
    assert (response.status, error["code"]) == (500, "internal")
    assert reference
    expected = Problem(500, "internal", {"reference": reference.group()}).message(language)
    assert error["message"] == expected
    text = await response.text()
    assert "Traceback" not in text
    assert "internal detail" not in text
    assert ".py" not in text


async def test_the_reference_of_a_failure_is_in_the_log_without_the_visitors_words(
    serve: Serve, assistant: FakeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    client = await serve()
    assistant.failure = ValueError("no such table")

    with caplog.at_level(logging.INFO):
        response = await client.post(WEBHOOK, json={"sender": "an", "message": "mijn vraag"})

    message = (await response.json())["error"]["message"]
    assert re.findall(r"ERR-\w+", message)[0] in caplog.text
    assert "no such table" in caplog.text
    assert "mijn vraag" not in caplog.text


async def test_each_failure_has_a_reference_of_its_own(
    serve: Serve, assistant: FakeAssistant
) -> None:
    client = await serve()
    assistant.failure = ValueError()

    messages = [
        (await (await client.post(WEBHOOK, json={"sender": "an", "message": "x"})).json())["error"][
            "message"
        ]
        for _ in range(2)
    ]

    assert messages[0] != messages[1]


async def test_a_tracker_that_cannot_be_read_gives_a_reference(
    serve: Serve, assistant: FakeAssistant
) -> None:
    client = await serve(api_token=TOKEN)
    assistant.failure = OSError("disk I/O error")

    response = await client.get("/conversations/an/tracker", headers=BEARER)

    assert response.status == 500
    assert "ERR-" in (await response.json())["error"]["message"]


async def test_after_a_failure_the_next_message_is_answered(
    serve: Serve, assistant: FakeAssistant
) -> None:
    client = await serve()
    assistant.failure = ValueError()
    await send(client)

    assistant.failure = None

    assert (await send(client))[0] == 200


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/nowhere", "/webhooks/rest", "/conversations/an", "/../etc"])
async def test_an_unknown_address_is_told_in_the_readers_language(
    serve: Serve, path: str, language: str
) -> None:
    client = await serve()

    response = await client.get(path, headers={"Accept-Language": language})

    assert response.status == 404
    assert await response.json() == Problem(404, "not_found").as_json(language)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", WEBHOOK, "POST"), ("PUT", WEBHOOK, "POST"), ("POST", "/livez", "GET")],
)
async def test_another_method_is_refused_with_those_that_work(
    serve: Serve, method: str, path: str, allowed: str
) -> None:
    client = await serve()

    response = await client.request(method, path)

    assert response.status == 405
    assert allowed in response.headers["Allow"]
    assert (await response.json())["error"]["code"] == "method_not_allowed"
