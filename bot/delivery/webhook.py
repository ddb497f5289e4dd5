"""Tickets and additions to a signed webhook; docs/webhook.openapi.yaml describes them."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.delivery.http import ask
from bot.delivery.outbox import InDoubt, Item
from bot.delivery.ticket import WEBHOOK, Package, Transcripts, unpack

# In all; base64 makes a third more of it. Receivers often take no more than 10 MB.
MAX_CONTENT_BYTES = 5_000_000


@dataclass(frozen=True)
class WebhookAccount:
    """Where tickets go, and the secret that both sides know."""

    url: str
    secret: bytes


class WebhookTarget:
    """Posts tickets. The receiver knows a repetition by its idempotency key."""

    name = WEBHOOK
    is_idempotent = True
    timeout_s = 45.0

    def __init__(
        self,
        account: WebhookAccount,
        transcripts: Transcripts,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._account = account
        self._transcripts = transcripts
        self._clock = clock

    async def deliver(self, item: Item) -> None:
        """Post one ticket or addition. Raises: TryLater, Refused or InDoubt."""
        package = await unpack(item, self._transcripts)
        body = json.dumps(_as_json(package), ensure_ascii=False).encode()
        timestamp = str(int(self._clock()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": package.key,
            "X-Cybo-Timestamp": timestamp,
            "X-Cybo-Signature": f"sha256={sign(self._account.secret, timestamp, body)}",
        }
        answer = await ask("POST", self._account.url, headers=headers, body=body)
        # A login page or a sleeping proxy also answers 200.
        content = answer.content if isinstance(answer.content, dict) else {}
        if content.get("received") != package.key:
            raise InDoubt(
                f"{self._account.url}: answered {answer.status} without naming the ticket"
            )

    def instead(self, item: Item) -> Item | None:
        """Nothing: a ticket can always be posted again."""
        return None


def _as_json(package: Package) -> dict[str, Any]:
    """Write the body; mails go along as long as there is room."""
    fitting, _ = package.files(MAX_CONTENT_BYTES)
    contents = {file.name: base64.b64encode(file.content).decode() for file in fitting}
    content = package.as_dict()
    for attachment in content["attachments"]:
        if attachment["name"] in contents:
            attachment["content"] = contents[attachment["name"]]
    return content


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """Sign a body: HMAC-SHA-256, in hexadecimal, of ``timestamp.body``."""
    return hmac.digest(secret, timestamp.encode() + b"." + body, "sha256").hex()
