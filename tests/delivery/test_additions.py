"""Additions and mails on their way: after their ticket, once, whatever the target does."""

import base64
import hashlib
import json
from datetime import datetime, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiohttp import web

from bot.delivery.desk_mail import DeskMailTarget
from bot.delivery.outbox import InDoubt, Item, TryLater
from bot.delivery.ticket import MAX_FILES_BYTES, File, Line, Transcripts, addition_item
from bot.delivery.webhook import MAX_CONTENT_BYTES
from bot.mailbox.targets import SmtpAccount, SmtpTarget
from bot.tickets.model import Addition
from tests.delivery.conftest import Serve, as_json, item, make_ticket, transcript
from tests.delivery.test_http_targets import request_tracker, webhook
from tests.mailbox.conftest import Submission, submission  # noqa: F401 (a fixture)

REFERENCE = "CYB-2026-000123-8"
NOW = datetime(2026, 11, 24, 10, tzinfo=timezone.utc)
MAIL = b"From: an@firma.example\r\nSubject: Vraag\r\n\r\nhallo\r\n"


def addition(target: str, number: int = 5, **changes: Any) -> Item:
    content = Addition(**{"text": "- model: micromodel", "conversation": "widget:abc", **changes})
    return addition_item(make_ticket(), content, number, target)


def mails(*contents: bytes) -> Transcripts:
    async def read(conversation: str) -> list[Line]:
        files = [File(number, content) for number, content in enumerate(contents, start=1)]
        return [Line("user", f"mail {file.mail_id}", file.mail_id, file) for file in files]

    return read


def desk(smtp: Submission, transcripts: Transcripts = transcript) -> DeskMailTarget:
    account = SmtpAccount("127.0.0.1", smtp.port, "none")
    sender = "cybo@balans.example"
    return DeskMailTarget(
        SmtpTarget(account), sender, "desk@balans.example", transcripts, lambda: NOW
    )


def received(smtp: Submission) -> list[EmailMessage]:
    read = [message_from_bytes(raw, policy=policy.default) for _, _, raw in smtp.received]
    return [message for message in read if isinstance(message, EmailMessage)]


# The webhook


async def test_an_addition_is_posted_under_its_own_name(serve: Serve) -> None:
    posts: list[tuple[str, dict[str, Any]]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        posts.append((request.headers["Idempotency-Key"], await request.json()))
        return as_json({"received": posts[-1][0]})

    target = webhook(await serve(handler))
    await target.deliver(item("webhook"))
    await target.deliver(addition("webhook"))

    (ticket_key, ticket), (addition_key, added) = posts
    assert (ticket_key, ticket["event"]) == (REFERENCE, "ticket")
    assert (addition_key, added["event"]) == (f"{REFERENCE}/5", "addition")
    assert "addition" not in ticket
    assert added["addition"] == {"number": 5, "text": "- model: micromodel"}
    assert added["ticket"] == ticket["ticket"]


async def test_a_webhook_that_dies_after_accepting_gets_the_same_name_again(serve: Serve) -> None:
    keys: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        keys.append(request.headers["Idempotency-Key"])
        if len(keys) == 1:
            return web.Response(status=504)
        return as_json({"received": keys[-1]})

    target = webhook(await serve(handler))
    with pytest.raises(InDoubt):
        await target.deliver(addition("webhook"))
    await target.deliver(addition("webhook"))

    assert keys == [f"{REFERENCE}/5"] * 2


async def test_an_answer_that_names_only_the_ticket_is_no_receipt(serve: Serve) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        return as_json({"received": REFERENCE})

    with pytest.raises(InDoubt):
        await webhook(await serve(handler)).deliver(addition("webhook"))


async def test_mails_go_along_as_long_as_there_is_room(serve: Serve) -> None:
    bodies: list[dict[str, Any]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        bodies.append(json.loads(await request.read()))
        return as_json({"received": REFERENCE})

    sent = mails(MAIL, b"x" * (MAX_CONTENT_BYTES + 1))
    await webhook(await serve(handler), sent).deliver(item("webhook"))

    small, large = bodies[0]["attachments"]
    assert small["name"] == "mail-1.eml"
    assert small["size_bytes"] == len(MAIL)
    assert small["sha256"] == hashlib.sha256(MAIL).hexdigest()
    assert base64.b64decode(small["content"]) == MAIL
    assert large["size_bytes"] == MAX_CONTENT_BYTES + 1
    assert "content" not in large


# Request Tracker, as far as it can be imitated; the real one has its own tests


async def test_an_addition_waits_for_its_ticket_in_rt(serve: Serve) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.method == "GET"
        return as_json({"items": []})

    with pytest.raises(TryLater):
        await request_tracker(await serve(handler)).deliver(addition("request_tracker"))


# The desk's mailbox


async def test_an_addition_joins_the_first_mail(submission: Submission) -> None:  # noqa: F811
    target = desk(submission)
    await target.deliver(item("desk_mail"))
    await target.deliver(addition("desk_mail"))

    first, second = received(submission)
    assert first["Subject"] == second["Subject"] == f"Migratieaanvraag {REFERENCE}"
    assert second["References"] == second["In-Reply-To"] == first["Message-ID"]
    assert second["Message-ID"] != first["Message-ID"]
    body = second.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert text.startswith(f"Aanvulling 5 bij migratieaanvraag {REFERENCE}")
    assert "- model: micromodel" in text


@pytest.mark.parametrize("make", [item, addition])
async def test_a_desk_in_doubt_gets_one_marked_copy(
    submission: Submission,  # noqa: F811
    make: Any,
) -> None:
    submission.replies = ["vanish"]
    target = desk(submission)
    queued = make("desk_mail")
    with pytest.raises(InDoubt):
        await target.deliver(queued)

    copy = target.instead(queued)
    assert copy is not None
    await target.deliver(copy)

    first, second = received(submission)
    assert first["Message-ID"] == second["Message-ID"]
    assert "misschien een tweede exemplaar" in second["Subject"]
    assert target.instead(copy) is None


async def test_the_mails_are_attached_as_they_came(
    submission: Submission,  # noqa: F811
) -> None:
    in_utf8 = "Subject: Vraag\r\n\r\nvóór 1 februari\r\n".encode()
    await desk(submission, mails(MAIL, in_utf8)).deliver(item("desk_mail"))

    [message] = received(submission)
    _, plain, encoded = message.iter_attachments()
    assert plain.get_content_type() == "message/rfc822"
    assert plain.get_content().get_content() == "hallo\r\n"
    assert MAIL in submission.received[0][2], "byte for byte"
    assert (encoded.get_filename(), encoded.get_content()) == ("mail-2.eml", in_utf8)


async def test_what_is_too_large_for_a_mail_is_named(
    submission: Submission,  # noqa: F811
) -> None:
    large = b"Subject: x\r\n\r\n" + b"y" * (MAX_FILES_BYTES + 1)
    await desk(submission, mails(large, MAIL)).deliver(item("desk_mail"))

    [message] = received(submission)
    body = message.get_body(("plain",))
    assert body is not None
    assert "- mail-1.eml (20.0 MB)" in body.get_content()
    assert f"cybo tickets show {REFERENCE} --attachments MAP" in body.get_content()
    names = [attachment.get_filename() for attachment in message.iter_attachments()]
    assert names == [f"{REFERENCE}.json", "mail-2.eml"]


async def test_an_addition_by_mail_takes_only_that_mail_along(
    submission: Submission,  # noqa: F811
) -> None:
    later = addition("desk_mail", conversation="mail:abc", mail_id=2)
    await desk(submission, mails(MAIL, MAIL.replace(b"hallo", b"nog iets"))).deliver(later)

    [message] = received(submission)
    names = [attachment.get_filename() for attachment in message.iter_attachments()]
    assert names == [f"{REFERENCE}.json", "mail-2.eml"]
