"""A helpdesk's understanding by keywords, and people who write to it."""

from collections.abc import Mapping
from datetime import datetime, timezone
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP, default
from email.utils import format_datetime, make_msgid
from typing import Any

from bot.nlu.encoder import encoder
from bot.privacy import MASK, mask_secrets
from bot.reading.model import Reading
from bot.tickets.reference import find_reference

DESK = "desk@balans.example"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=timezone.utc)

_TOPICS = {"grijs": "grey_screen", "kost": "fees", "browser": "browsers"}


class FakeParser:
    """Knows three topics, requests, tickets, secrets and thanks."""

    async def parse(self, text: str) -> dict[str, Any]:
        words = text.lower()
        named = [topic for word, topic in _TOPICS.items() if word in words]
        if "ontploft" in words:
            raise ValueError("a mail that breaks the model")
        if wanted := _wanted_of_a_ticket(text):
            return {"language": "nl", "intent": {"name": wanted, "confidence": 1.0}}
        if "aanvraag" in words:
            return {"language": "nl", "intent": {"name": "open_migration_request"}}
        if len(named) > 1:
            topics = [f"faq/{topic}" for topic in named]
            return {"language": "nl", "intent": {"name": "several_questions"}, "topics": topics}
        if named:
            selected = {"faq": {"response": {"intent_response_key": f"faq/{named[0]}"}}}
            intent = {"name": "faq", "confidence": 1.0}
            return {"language": "nl", "intent": intent, "response_selector": selected}
        is_secret = MASK in mask_secrets(text).text
        return {"language": "nl", "intent": {"name": "share_secret" if is_secret else "thanks"}}

    def read(self, text: str, asked: str | None = None) -> Reading:
        return encoder().read(text, asked)[1]


def _wanted_of_a_ticket(text: str) -> str:
    """A reference alone makes it a question about its status, as it does for the model."""
    words = text.lower()
    if find_reference(text) or "hoe ver staat" in words:
        return "ask_ticket_status"
    return "cancel" if "intrekken" in words else ""


class FakeResponses:
    """Says the name of what it would say."""

    def render(
        self, utter_action: str, language: str | None, values: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        filled = "".join(f" {name}={value}" for name, value in values.items())
        return {"text": f"<{utter_action} {language}{filled}>"}


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
