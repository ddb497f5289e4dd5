"""Tickets by e-mail to the Contact Center: text for people, JSON beside it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.delivery.outbox import Item
from bot.delivery.ticket import DESK_MAIL, Package, Transcripts, unpack
from bot.mailbox.targets import SmtpTarget
from bot.triage.automatic import LOOP_HEADER

_AGAIN = "again:"
_AGAIN_WORDS = {
    "en": "(perhaps a second copy)",
    "fr": "(peut-être une seconde copie)",
    "nl": "(misschien een tweede exemplaar)",
}


class DeskMailTarget:
    """Mails tickets to the desk.

    When nobody knows whether one arrived, it is mailed once more and says so: at worst
    the desk reads a request twice, under one reference, but none is lost.
    """

    name = DESK_MAIL
    is_idempotent = False

    def __init__(
        self,
        smtp: SmtpTarget,
        sender: str,
        desk: str,
        transcripts: Transcripts,
        now: Callable[[], datetime],
    ) -> None:
        self._smtp = smtp
        self._sender = sender
        self._desk = desk
        self._transcripts = transcripts
        self._now = now

    async def deliver(self, item: Item) -> None:
        """Mail one ticket. Raises: TryLater, Refused or InDoubt."""
        package = await unpack(item, self._transcripts)
        message = self._message(package, is_again=item.key.startswith(_AGAIN))
        await self._smtp.deliver(replace(item, recipient=self._desk, payload=message))

    def instead(self, item: Item) -> Item | None:
        """Mail it once more, saying that it may be a copy."""
        return None if item.key.startswith(_AGAIN) else replace(item, key=_AGAIN + item.key)

    def _message(self, package: Package, *, is_again: bool) -> bytes:
        language = str(package.ticket["language"])
        copy = f" {_AGAIN_WORDS[language]}" if is_again else ""
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = self._desk
        message["Reply-To"] = str(package.ticket["certificate_email"])
        message["Subject"] = package.subject + copy
        message["Date"] = format_datetime(self._now())
        # The same name for every copy: mail systems that know it show one.
        message["Message-ID"] = f"<{package.reference.lower()}@{self._sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message[LOOP_HEADER.title()] = "1"
        message.set_content(package.text, cte="quoted-printable")
        content = json.dumps(package.as_dict(), ensure_ascii=False, indent=2).encode()
        message.add_attachment(
            content, maintype="application", subtype="json", filename=f"{package.reference}.json"
        )
        return message.as_bytes()
