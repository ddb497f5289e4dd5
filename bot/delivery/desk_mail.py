"""Tickets by e-mail to the Contact Center: text for people, JSON beside it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.delivery.outbox import DELIVERY_TIMEOUT_S, Item
from bot.delivery.ticket import DESK_MAIL, MAX_FILES_BYTES, File, Package, Transcripts, unpack
from bot.mailbox.targets import SmtpTarget
from bot.texts import texts
from bot.triage.automatic import LOOP_HEADER

_AGAIN = "again:"
_LINE_END = re.compile(rb"\r\n|\r|\n")


class DeskMailTarget:
    """Mails tickets to the desk.

    When nobody knows whether one arrived, it is mailed once more and says so: at worst
    the desk reads a request twice, under one reference, but none is lost.
    """

    name = DESK_MAIL
    is_idempotent = False
    timeout_s = DELIVERY_TIMEOUT_S

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
        """Mail one ticket or addition. Raises: TryLater, Refused or InDoubt."""
        package = await unpack(item, self._transcripts)
        message = self._message(package, is_again=item.key.startswith(_AGAIN))
        await self._smtp.deliver(replace(item, recipient=self._desk, payload=message))

    def instead(self, item: Item) -> Item | None:
        """Mail it once more, saying that it may be a copy."""
        return None if item.key.startswith(_AGAIN) else replace(item, key=_AGAIN + item.key)

    def _message(self, package: Package, *, is_again: bool) -> bytes:
        language = str(package.ticket["language"])
        copy = f" {texts('delivery')[language]['again']}" if is_again else ""
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = self._desk
        if address := package.ticket["certificate_email"]:
            message["Reply-To"] = str(address)
        message["Subject"] = package.subject + copy
        message["Date"] = format_datetime(self._now())
        # The same name for every copy: mail systems that know it show one.
        message["Message-ID"] = self._message_id(package.name)
        if package.addition:
            message["In-Reply-To"] = message["References"] = self._message_id(package.reference)
        message["Auto-Submitted"] = "auto-generated"
        message[LOOP_HEADER.title()] = "1"
        message.set_content(package.text(MAX_FILES_BYTES), cte="quoted-printable")
        content = json.dumps(package.as_dict(), ensure_ascii=False, indent=2).encode()
        message.add_attachment(
            content, maintype="application", subtype="json", filename=f"{package.reference}.json"
        )
        for file in package.files(MAX_FILES_BYTES)[0]:
            _attach(message, file)
        return message.as_bytes()

    def _message_id(self, name: str) -> str:
        return f"<{name.lower().replace('/', '.')}@{self._sender.partition('@')[2]}>"


def _attach(message: EmailMessage, file: File) -> None:
    """Attach a mail as it came, byte for byte; a plain one gets the line ends of a mail."""
    part = EmailMessage(policy=SMTP)
    if file.content_type == "message/rfc822":
        part["Content-Type"] = file.content_type
        part.set_payload(_LINE_END.sub(b"\r\n", file.content).decode("ascii"))
    else:
        part.set_content(file.content, "application", "octet-stream", cte="base64")
        del part["MIME-Version"], part["Content-Disposition"]
    part["Content-Disposition"] = f'attachment; filename="{file.name}"'
    message.attach(part)
