"""Tickets to a signed webhook; docs/webhook.openapi.yaml describes it to who receives."""

import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.delivery.http import ask
from bot.delivery.outbox import InDoubt, Item
from bot.delivery.ticket import WEBHOOK, Transcripts, unpack


@dataclass(frozen=True)
class WebhookAccount:
    """Where tickets go, and the secret that both sides know."""

    url: str
    secret: bytes


class WebhookTarget:
    """Posts tickets. The receiver knows a repetition by its idempotency key."""

    name = WEBHOOK
    is_idempotent = True

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
        """Post one ticket. Raises: TryLater, Refused or InDoubt."""
        package = await unpack(item, self._transcripts)
        body = json.dumps(package.as_dict(), ensure_ascii=False).encode()
        timestamp = str(int(self._clock()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": package.reference,
            "X-Cybo-Timestamp": timestamp,
            "X-Cybo-Signature": f"sha256={sign(self._account.secret, timestamp, body)}",
        }
        answer = await ask("POST", self._account.url, headers=headers, body=body)
        # A login page or a sleeping proxy also answers 200.
        content = answer.content if isinstance(answer.content, dict) else {}
        if content.get("received") != package.reference:
            raise InDoubt(
                f"{self._account.url}: answered {answer.status} without naming the ticket"
            )

    def instead(self, item: Item) -> Item | None:
        """Nothing: a ticket can always be posted again."""
        return None


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """Sign a body: HMAC-SHA-256, in hexadecimal, of ``timestamp.body``."""
    return hmac.digest(secret, timestamp.encode() + b"." + body, "sha256").hex()
