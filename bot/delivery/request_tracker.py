"""Tickets in Request Tracker 5, over REST2, and what became of them there."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.delivery.http import ask
from bot.delivery.outbox import InDoubt, Item, Refused
from bot.delivery.ticket import REQUEST_TRACKER, Package, Transcripts, unpack
from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS
from bot.details.wording import detail_name
from bot.tickets.reference import is_valid_reference

STATUSES: Mapping[str, str] = {
    "new": "new",
    "open": "in_progress",
    "stalled": "in_progress",
    "resolved": "resolved",
    "rejected": "rejected",
    "deleted": "rejected",
}
"""RT's statuses (its default lifecycle) as Cybo names them."""


@dataclass(frozen=True)
class RequestTrackerAccount:
    """Where RT is. Without ``user``, ``password`` is an authentication token."""

    url: str
    user: str
    password: str
    queue: str

    @property
    def headers(self) -> dict[str, str]:
        """Give the headers of every request."""
        if not self.user:
            return {"Authorization": f"token {self.password}"}
        pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}


class RequestTracker:
    """Creates tickets and reads their status. A ticket that is there is not created again."""

    def __init__(self, account: RequestTrackerAccount) -> None:
        self._account = account

    async def create(self, package: Package) -> None:
        """Create one ticket, unless it is there. Raises: TryLater, Refused or InDoubt."""
        if await self._find(package.reference):
            return
        created = await self._ask("POST", "ticket", body=_as_rt(package, self._account.queue))
        if not isinstance(created, dict) or not created.get("id"):
            raise InDoubt(f"{self._account.url}: answered without a ticket number")

    async def status(self, reference: str) -> str | None:
        """Say how a ticket stands there; None when RT does not know it.

        Raises: TryLater, Refused or InDoubt.
        """
        number = await self._find(reference)
        if number is None:
            return None
        found = await self._ask("GET", f"ticket/{number}")
        # A lifecycle of the desk's own making: under way is all that can be said.
        return STATUSES.get(str(found.get("Status")), "in_progress")

    async def check(self) -> str:
        """See that the queue is there; gives its name. Raises as ``deliver``."""
        found = await self._ask("GET", f"queue/{self._account.queue}")
        return str(found.get("Name"))

    async def _find(self, reference: str) -> str | None:
        """Give RT's number of a ticket, by the reference in its subject."""
        if not is_valid_reference(reference):
            raise Refused("not a reference")
        found = await self._ask("GET", "tickets", query=f"Subject LIKE '{reference}'")
        items = found.get("items")
        if not isinstance(items, list):
            raise InDoubt(f"{self._account.url}: answered a search with something else")
        return str(items[0]["id"]) if items else None

    async def _ask(
        self, method: str, path: str, *, body: Any = None, query: str = ""
    ) -> dict[str, Any]:
        headers = {**self._account.headers, "Content-Type": "application/json"}
        answer = await ask(
            method,
            f"{self._account.url.rstrip('/')}/REST/2.0/{path}",
            headers=headers,
            body=json.dumps(body).encode() if body is not None else None,
            query={"query": query} if query else None,
        )
        if not isinstance(answer.content, dict):
            raise InDoubt(f"{self._account.url}: answered with something else than JSON")
        return answer.content


class RequestTrackerTarget:
    """Delivers tickets to Request Tracker."""

    name = REQUEST_TRACKER
    is_idempotent = True

    def __init__(self, tracker: RequestTracker, transcripts: Transcripts) -> None:
        self._tracker = tracker
        self._transcripts = transcripts

    async def deliver(self, item: Item) -> None:
        """Create one ticket. Raises: TryLater, Refused or InDoubt."""
        await self._tracker.create(await unpack(item, self._transcripts))

    def instead(self, item: Item) -> Item | None:
        """Nothing: RT is asked whether it has the ticket."""
        return None


def _as_rt(package: Package, queue: str) -> dict[str, Any]:
    """Write a ticket in RT's words; RT leaves out custom fields that its queue lacks."""
    ticket = package.ticket
    fields: dict[str, Any] = {
        _field(name): [filing[name] for filing in ticket["filings"]] for name in FILING_DETAILS
    }
    fields |= {_field(name): ticket[name] for name in CERTIFICATE_DETAILS}
    fields["Cybo reference"] = package.reference
    return {
        "Queue": queue,
        "Subject": package.subject,
        "Requestor": ticket["certificate_email"],
        "Content": package.text,
        "ContentType": "text/plain",
        "CustomFields": fields,
    }


def _field(detail: str) -> str:
    name = detail_name(detail, "en")
    return name[0].upper() + name[1:]
