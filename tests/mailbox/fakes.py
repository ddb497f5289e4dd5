"""A helpdesk's understanding by keywords, and people who write to it."""

from collections.abc import Mapping
from datetime import datetime, timezone
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP, default
from email.utils import format_datetime, make_msgid
from typing import Any

DESK = "desk@balans.example"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=timezone.utc)

_TOPICS = {"grijs": "grey_screen", "kost": "fees", "browser": "browsers"}


class FakeParser:
    """Knows three topics, requests and thanks."""

    async def parse(self, text: str) -> dict[str, Any]:
        words = text.lower()
        named = [topic for word, topic in _TOPICS.items() if word in words]
        if "ontploft" in words:
            raise ValueError("a mail that breaks the model")
        if "aanvraag" in words:
            return {"language": "nl", "intent": {"name": "open_migration_request"}}
        if len(named) > 1:
            topics = [f"faq/{topic}" for topic in named]
            return {"language": "nl", "intent": {"name": "several_questions"}, "topics": topics}
        if named:
            selected = {"faq": {"response": {"intent_response_key": f"faq/{named[0]}"}}}
            return {"language": "nl", "intent": {"name": "faq"}, "response_selector": selected}
        return {"language": "nl", "intent": {"name": "thanks"}}


class FakeResponses:
    """Says the name of what it would say."""

    def render(
        self, utter_action: str, language: str | None, values: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        return {"text": f"<{utter_action} {language}>"}


class Counts:
    """Counts like the metrics do."""

    def __init__(self) -> None:
        self.number_received = 0
        self.outcomes: list[tuple[str, str]] = []

    def received(self, number: int) -> None:
        self.number_received += number

    def settled(self, outcome: str, reason: str) -> None:
        self.outcomes.append((outcome, reason))


def write_mail(
    text: str,
    *,
    sender: str = "an@firma.example",
    to: str = DESK,
    subject: str = "Vraag",
    reply_to: Message | None = None,
    **headers: str,
) -> bytes:
    """Write a mail as a person's client does; ``reply_to``: the answer it replies to."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"An Peeters <{sender}>"
    message["To"] = to
    message["Date"] = format_datetime(NOW)
    message["Message-ID"] = make_msgid(domain="firma.example")
    if reply_to is not None:
        message["Subject"] = f"RE: {reply_to['Subject'].removeprefix('Re: ')}"
        message["In-Reply-To"] = reply_to["Message-ID"]
        message["References"] = f"{reply_to['References'] or ''} {reply_to['Message-ID']}".strip()
    else:
        message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def read_message(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")
