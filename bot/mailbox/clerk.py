"""What Cybo makes of a mail and what it would answer, with the model of the chat."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from bot.mailbox.understand import Parser, understand
from bot.privacy import MASK, mask_secrets
from bot.reading.model import Stated
from bot.settings import Settings
from bot.tickets.telling import Telling
from bot.triage.automatic import Helpdesk, doubt_reason
from bot.triage.decide import (
    GERMAN,
    Decision,
    Understanding,
    decide,
    stated_request,
    stated_text,
)
from bot.triage.html import html_to_text
from bot.triage.letter import Content, Letter, Office, write_letter
from bot.triage.mail import Limits, Mail
from bot.triage.passages import passages
from bot.triage.read import read_mail
from bot.triage.request import Request
from bot.triage.secret_only import without_announced_secret
from bot.turns import CUSTOMS

_TOPIC = "faq/"


@dataclass(frozen=True)
class Opened:
    """The ticket that a mail became, or was added to."""

    reference: str
    code: str
    is_added: bool = False


@dataclass(frozen=True)
class TicketNews:
    """What an answer says of tickets: the one the mail became, and how others stand."""

    opened: Opened | None = None
    told: Sequence[Telling] = ()


class Responses(Protocol):
    """The chat's answers."""

    def render(
        self, utter_action: str, language: str | None, values: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Fill in a response."""


class Clerk:
    """Reads, understands, decides and writes; keeps and sends nothing."""

    def __init__(
        self,
        parser: Parser,
        responses: Responses,
        settings: Settings,
        *,
        takes_all: bool = False,
    ) -> None:
        self._parser = parser
        self._responses = responses
        self._office = Office(settings.contact_email, settings.contact_phone)
        self._limits = Limits(max_bytes=settings.mail_max_megabytes * 1024 * 1024)
        addresses = (settings.contact_email, settings.mail_address or "", *settings.mail_aliases)
        own = frozenset(address.lower() for address in addresses if address)
        self._helpdesk = Helpdesk(
            own, settings.mail_trusted_host, settings.mail_require_dmarc, takes_all
        )

    @property
    def limits(self) -> Limits:
        """What a mail may cost."""
        return self._limits

    def read(self, raw: bytes) -> Mail:
        """Parse a mail. Raises: Quarantined."""
        return without_announced_secret(read_mail(raw, html_to_text, self._limits))

    async def understand(self, mail: Mail) -> Understanding:
        """Ask the model what a mail's newest text says."""
        return await understand(self._parser, mail)

    def stated(self, mail: Mail, today: date) -> Request:
        """Read the details of a request that a mail's newest text states."""
        return stated_request(mail, self._helpdesk, read=self._parser.read, today=today)

    def marks(self, mail: Mail) -> Iterator[tuple[str, Stated]]:
        """Give every mark in a mail's text, with the words that it marks."""
        for passage in passages(stated_text(mail)):
            for mark in self._parser.read(passage).stated:
                yield passage[mark.start : mark.end], mark

    def doubt(self, mail: Mail) -> str:
        """Say why the sender must not be taken for who he says he is; empty when he may."""
        return doubt_reason(mail, self._helpdesk)

    def decide(
        self, mail: Mail, understood: Understanding, newest: Request, earlier: Request | None = None
    ) -> Decision:
        """Decide on a mail. ``newest``: what it states; ``earlier``: what its thread stated."""
        return decide(mail, understood, self._helpdesk, newest=newest, earlier=earlier)

    def write(
        self,
        mail: Mail,
        decision: Decision,
        *,
        news: TicketNews = TicketNews(),
        tag: str = "",
        is_draft: bool = False,
    ) -> Letter:
        """Write the answer."""
        language = decision.language
        is_request = decision.category == "migration_request"
        answers = [self._say(telling.response, language, telling.values) for telling in news.told]
        answers += [self._say(f"utter_{_TOPIC}{topic}", language) for topic in decision.topics]
        if decision.reason == GERMAN:
            answers.append(self._say("utter_german_notice", language))
        refusals = [
            self._say(f"utter_refuse_{error.detail}_{error.reason}", language)
            for error in decision.request.invalid.values()
        ]
        request = decision.request if is_request else None
        content = Content(
            answers,
            held_secret=_holds_secret(mail),
            request=request,
            refusals=refusals,
            is_draft=is_draft,
            is_customs=not is_request and self._is_customs(decision.topics, language),
        )
        if opened := news.opened:
            content = replace(
                content,
                reference=opened.reference,
                code=opened.code,
                is_added=opened.is_added,
            )
        return write_letter(mail, language, self._office, content, tag=tag)

    def _is_customs(self, topics: Sequence[str], language: str) -> bool:
        rendered = [self._responses.render(f"utter_{_TOPIC}{t}", language, {}) for t in topics]
        helpdesks = {(answer or {}).get("metadata", {}).get("helpdesk") for answer in rendered}
        return helpdesks == {CUSTOMS}

    def _say(self, response: str, language: str, values: Mapping[str, str] | None = None) -> str:
        rendered = self._responses.render(response, language, values or {})
        return str(rendered["text"]) if rendered else ""


def _holds_secret(mail: Mail) -> bool:
    # Reading the mail masked what only its subject told to be a secret.
    return MASK in mail.text or bool(mask_secrets(f"{mail.subject}\n{mail.text}").kinds)
