"""The REST webhook, asked over HTTP."""

import json
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.channels.problems import Problem
from bot.channels.rest import as_json
from bot.dialogue.history import Reply
from bot.language import LANGUAGES
from tests.channels.conftest import Serve
from tests.channels.fakes import FakeAssistant

WEBHOOK = "/webhooks/rest/webhook"
QUESTION = {"sender": "an", "message": "Ik zie een grijs scherm"}


async def post(client: TestClient, body: Any) -> tuple[int, Any]:
    response = await client.post(WEBHOOK, json=body)
    return response.status, await response.json()


async def test_an_answer_has_the_shape_of_rasas_rest_channel(
    serve: Serve, assistant: FakeAssistant
) -> None:
    client = await serve()

    status, body = await post(client, QUESTION)

    assert status == 200
    assert body == [
        {
            "recipient_id": "an",
            "text": "Een antwoord.",
            "custom": {"outcome": "answer", "topics": ["grey_screen"], "language": "nl"},
        }
    ]


async def test_the_answer_is_json(serve: Serve) -> None:
    client = await serve()

    response = await client.post(WEBHOOK, json=QUESTION)

    assert response.content_type == "application/json"


async def test_every_bubble_is_sent_in_order(serve: Serve, assistant: FakeAssistant) -> None:
    client = await serve()
    assistant.replies = [Reply("Eerst.", "form", "nl"), Reply("Dan.", "form", "nl")]

    _, body = await post(client, QUESTION)

    assert [message["text"] for message in body] == ["Eerst.", "Dan."]


async def test_buttons_are_sent_with_title_and_payload(
    serve: Serve, assistant: FakeAssistant
) -> None:
    client = await serve()
    buttons = [{"title": "Ja", "payload": "Ja"}, {"title": "Nee", "payload": "Nee"}]
    assistant.replies = [Reply("Klopt dit?", "form", "nl", buttons=buttons)]

    _, body = await post(client, QUESTION)

    assert body[0]["buttons"] == buttons


def test_a_reply_without_buttons_or_sources_names_neither() -> None:
    message = as_json("an", [Reply("Hallo.", "smalltalk", "nl")])[0]

    assert set(message) == {"recipient_id", "text", "custom"}
    assert set(message["custom"]) == {"outcome", "topics", "language"}


def test_sources_are_told_with_the_day_they_were_checked() -> None:
    reply = Reply("Zo.", "answer", "nl", ["idaas"], sources=["S1"], checked="2026-11-20")

    custom = as_json("an", [reply])[0]["custom"]

    assert (custom["sources"], custom["checked"]) == (["S1"], "2026-11-20")


async def test_the_assistant_is_told_sender_text_channel_and_language(
    serve: Serve, assistant: FakeAssistant
) -> None:
    client = await serve()

    await post(client, {**QUESTION, "metadata": {"language": "fr"}})

    (message,) = assistant.received
    assert (message.sender, message.text) == ("an", QUESTION["message"])
    assert (message.channel, message.language) == ("rest", "fr")


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        *((language, language) for language in LANGUAGES),
        ("nl-BE", "nl"),
        ("fr-be", "fr"),
        ("EN", "en"),
        (None, None),
    ],
)
async def test_the_language_of_the_page_may_name_a_region(
    serve: Serve, assistant: FakeAssistant, given: str | None, understood: str | None
) -> None:
    client = await serve()

    status, _ = await post(client, {**QUESTION, "metadata": {"language": given}})

    assert status == 200
    assert assistant.received[0].language == understood


@pytest.mark.parametrize("metadata", [None, {}, {"page": "/login", "language": None}])
async def test_a_page_need_not_tell_its_language(
    serve: Serve, assistant: FakeAssistant, metadata: Any
) -> None:
    client = await serve()

    status, _ = await post(client, {**QUESTION, "metadata": metadata})

    assert status == 200
    assert assistant.received[0].language is None


@pytest.mark.parametrize(
    "text",
    [
        "😀",
        "👍🏽 merci",
        "👨‍👩‍👧‍👦",
        "<script>alert('x')</script>",
        "<b>help</b> &amp; &lt;i&gt;",
        "'; DROP TABLE tickets; --",
        "{contact_email} 0[ %s ${jndi:ldap://x}",
        "1",
        "?",
        "/restart",
        "bonjour\nje ne vois plus rien\r\n\tmerci",
        "שלום",
        "نص",
        "你好",
    ],
)
async def test_whatever_a_visitor_types_reaches_the_assistant(
    serve: Serve, assistant: FakeAssistant, text: str
) -> None:
    client = await serve()

    status, _ = await post(client, {"sender": "an", "message": text})

    assert status == 200
    assert assistant.received[0].text.strip() == text.strip()


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\t  ", "\u200b", "\u200b\u200d\ufeff \u00ad", "\u202e\u2066", "\x00", "/", " // "],
)
async def test_a_message_without_a_visible_word_is_refused(
    serve: Serve, assistant: FakeAssistant, text: str
) -> None:
    client = await serve()

    status, body = await post(client, {"sender": "an", "message": text})

    assert (status, body["error"]["code"]) == (400, "empty_message")
    assert not assistant.received


@pytest.mark.parametrize("text", [None, 1, 1.5, True, ["hallo"], {"text": "hallo"}])
async def test_a_message_that_is_no_text_is_refused(serve: Serve, text: Any) -> None:
    client = await serve()

    status, body = await post(client, {"sender": "an", "message": text})

    assert (status, body["error"]["code"]) == (400, "invalid_message")


async def test_a_message_must_be_there(serve: Serve) -> None:
    client = await serve()

    status, body = await post(client, {"sender": "an", "text": "hallo"})

    assert (status, body["error"]["code"]) == (400, "invalid_message")


@pytest.mark.parametrize(
    "sender",
    [None, 7, 0, True, "", "  ", "\u200b", ["an"], {"id": "an"}, "a" * 256, 1.5],
)
async def test_a_sender_that_names_no_conversation_is_refused(
    serve: Serve, assistant: FakeAssistant, sender: Any
) -> None:
    client = await serve()

    status, body = await post(client, {"sender": sender, "message": "hallo"})

    assert (status, body["error"]["code"]) == (400, "invalid_sender")
    assert not assistant.received


@pytest.mark.parametrize("sender", ["a", "a" * 255, "an@example.be", "a/b c", "Élodie", "😀"])
async def test_a_sender_of_1_to_255_characters_is_taken(
    serve: Serve, assistant: FakeAssistant, sender: str
) -> None:
    client = await serve()

    status, body = await post(client, {"sender": sender, "message": "hallo"})

    assert status == 200
    assert body[0]["recipient_id"] == assistant.received[0].sender == sender


@pytest.mark.parametrize("metadata", ["nl", 1, True, [], ["nl"], "", 0, False])
async def test_metadata_that_is_no_object_is_refused(serve: Serve, metadata: Any) -> None:
    client = await serve()

    status, body = await post(client, {**QUESTION, "metadata": metadata})

    assert (status, body["error"]["code"]) == (400, "invalid_metadata")


@pytest.mark.parametrize("language", ["de", "", "xx", "nederlands", 1, True, ["nl"], {}, "-"])
async def test_a_page_in_a_language_we_do_not_speak_is_refused(serve: Serve, language: Any) -> None:
    client = await serve()

    status, body = await post(client, {**QUESTION, "metadata": {"language": language}})

    assert (status, body["error"]["code"]) == (400, "invalid_language")
    assert "en, fr, nl" in body["error"]["message"]


@pytest.mark.parametrize("body", [[], [QUESTION], "hallo", 1, None, True])
async def test_json_that_is_no_object_is_refused(serve: Serve, body: Any) -> None:
    client = await serve()

    response = await client.post(
        WEBHOOK, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )

    assert response.status == 400
    assert (await response.json())["error"]["code"] == "not_an_object"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hallo",
        b"{",
        b'{"sender": "an", "message": "hallo"',
        b"{'sender': 'an', 'message': 'hallo'}",
        b"sender=an&message=hallo",
        b'{"sender": "an", "message": "caf\xe9"}',
        b"\x00\xff",
        b"[" * 20_000,
        b'{"a":' * 4_000,
    ],
    ids=lambda body: repr(body[:20]),
)
async def test_a_body_that_is_no_json_is_refused(
    serve: Serve, assistant: FakeAssistant, body: bytes
) -> None:
    client = await serve()

    response = await client.post(
        WEBHOOK, data=body, headers={"Content-Type": "application/json", "Accept-Language": "nl"}
    )

    assert response.status == 400
    assert (await response.json())["error"] == {
        "code": "invalid_json",
        "message": Problem(400, "invalid_json").message("nl"),
    }
    assert not assistant.received


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_body_of_another_type_is_refused(serve: Serve, content_type: str) -> None:
    client = await serve()

    response = await client.post(
        WEBHOOK, data=json.dumps(QUESTION).encode(), headers={"Content-Type": content_type}
    )

    assert response.status == 400
    assert (await response.json())["error"]["code"] == "content_type"


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
async def test_json_may_name_its_character_set(serve: Serve, charset: str) -> None:
    client = await serve()

    response = await client.post(
        WEBHOOK,
        data=json.dumps(QUESTION).encode(),
        headers={"Content-Type": f"application/json; charset={charset}"},
    )

    assert response.status == 200


@pytest.mark.parametrize("charset", ["nonsense", "utf-9", "base64"])
async def test_a_character_set_that_does_not_exist_is_the_callers_fault(
    serve: Serve, charset: str
) -> None:
    client = await serve()

    response = await client.post(
        WEBHOOK,
        data=json.dumps(QUESTION).encode(),
        headers={"Content-Type": f"application/json; charset={charset}"},
    )

    assert response.status == 400
    assert (await response.json())["error"]["code"] in {"content_type", "invalid_json"}


@pytest.mark.parametrize("letter", ["a", "é", "😀"])
async def test_the_longest_message_is_taken(
    serve: Serve, assistant: FakeAssistant, letter: str
) -> None:
    client = await serve(max_message_chars=4000)

    # json= escapes every character beyond ASCII, as Python's and PHP's clients do.
    status, _ = await post(client, {"sender": "an", "message": letter * 4000})

    assert status == 200
    assert assistant.received[0].text == letter * 4000


async def test_one_character_too_many_is_refused_with_the_limit(
    serve: Serve, assistant: FakeAssistant
) -> None:
    client = await serve(max_message_chars=4000)

    status, body = await post(client, {"sender": "an", "message": "a" * 4001})

    assert (status, body["error"]["code"]) == (400, "message_too_long")
    assert "4000" in body["error"]["message"]
    assert not assistant.received


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [60_000, 100_000, 2_000_000])
async def test_a_body_of_100_kb_is_refused_in_the_readers_language(
    serve: Serve, assistant: FakeAssistant, language: str, size: int
) -> None:
    client = await serve()
    body = json.dumps({"sender": "an", "message": "a" * size}).encode()

    response = await client.post(
        WEBHOOK,
        data=body,
        headers={"Content-Type": "application/json", "Accept-Language": language},
    )

    error = (await response.json())["error"]
    assert (response.status, error["code"]) == (400, "body_too_large")
    limit = next(word for word in error["message"].split() if word.isdigit())
    assert error["message"] == Problem(400, "body_too_large", {"limit": limit}).message(language)
    assert not assistant.received


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"message": ""}, "empty_message"),
        ({"message": 1}, "invalid_message"),
        ({"sender": 1}, "invalid_sender"),
        ({"message": "a" * 5000}, "message_too_long"),
    ],
)
async def test_an_error_is_told_in_the_language_of_the_page(
    serve: Serve, language: str, fields: dict[str, Any], code: str
) -> None:
    client = await serve(max_message_chars=4000)

    status, body = await post(client, {**QUESTION, "metadata": {"language": language}, **fields})

    expected = Problem(400, code, {"limit": 4000}).as_json(language)
    assert (status, body) == (400, expected)


@pytest.mark.parametrize("code", ["nl-BE", "NL", "NL-be"])
async def test_an_error_is_told_in_the_language_of_a_page_that_names_its_region(
    serve: Serve, code: str
) -> None:
    client = await serve()

    _, body = await post(client, {"sender": "an", "message": "", "metadata": {"language": code}})

    assert body == Problem(400, "empty_message").as_json("nl")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_error_is_told_in_the_browsers_language_when_the_page_names_none(
    serve: Serve, language: str
) -> None:
    client = await serve()

    response = await client.post(
        WEBHOOK, json={"sender": "an", "message": ""}, headers={"Accept-Language": language}
    )

    assert await response.json() == Problem(400, "empty_message").as_json(language)


async def test_the_page_knows_its_readers_language_better_than_the_browser(serve: Serve) -> None:
    client = await serve()

    response = await client.post(
        WEBHOOK,
        json={"sender": "an", "message": "", "metadata": {"language": "fr"}},
        headers={"Accept-Language": "nl"},
    )

    assert await response.json() == Problem(400, "empty_message").as_json("fr")


async def test_an_error_is_told_in_english_when_nothing_tells_the_language(serve: Serve) -> None:
    client = await serve()

    _, body = await post(client, {"sender": "an", "message": ""})

    assert body == Problem(400, "empty_message").as_json("en")
