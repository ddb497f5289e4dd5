"""Tickets in Request Tracker 5, over REST2, and what became of them there."""

import base64
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.delivery.http import ask
from bot.delivery.outbox import InDoubt, Item, Refused, TryLater
from bot.delivery.ticket import MAX_FILES_BYTES, REQUEST_TRACKER, Package, Transcripts, unpack
from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS
from bot.details.wording import detail_name
from bot.tickets.model import CLOSED
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

_PAGE = 100  # RT's largest


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
    """Creates tickets, adds to them, reads their status; what is there is not made again."""

    def __init__(self, account: RequestTrackerAccount) -> None:
        self._account = account

    async def create(self, package: Package) -> None:
        """Create one ticket, unless it is there. Raises: TryLater, Refused or InDoubt."""
        if await self._find(package.reference):
            return
        created = await self._ask("POST", "ticket", body=_as_rt(package, self._account.queue))
        if not isinstance(created, dict) or not created.get("id"):
            raise InDoubt(f"{self._account.url}: answered without a ticket number")

    async def add(self, package: Package) -> None:
        """Comment on a ticket, unless this comment is there.

        Raises: TryLater, when the ticket is not there either; Refused or InDoubt.
        """
        number = await self._find(package.reference)
        if number is None:
            raise TryLater(f"{self._account.url}: the ticket is not there yet")
        if await self._has_comment(number, package.title):
            return
        ticket = await self._ask("GET", f"ticket/{number}")
        # On a closed ticket nobody would see it.
        is_closed = STATUSES.get(str(ticket.get("Status"))) in CLOSED
        again = {"Status": "open"} if is_closed else {}
        await self._ask_list(f"ticket/{number}/comment", {**_as_comment(package), **again})

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

    async def _has_comment(self, number: str, title: str) -> bool:
        """Look for a comment by its subject, the newest first."""
        for page in itertools.count(1):
            found = await self._ask(
                "GET",
                f"ticket/{number}/attachments",
                fields="Subject",
                per_page=str(_PAGE),
                page=str(page),
            )
            items = found.get("items")
            if not isinstance(items, list):
                raise InDoubt(f"{self._account.url}: answered a search with something else")
            if any(item.get("Subject") == title for item in items):
                return True
            if page * _PAGE >= int(found.get("total") or 0):
                break
        return False

    async def _ask(
        self, method: str, path: str, *, body: Any = None, **query: str
    ) -> dict[str, Any]:
        content = await self._answer(method, path, body, query)
        if not isinstance(content, dict):
            raise InDoubt(f"{self._account.url}: answered with something else than JSON")
        return content

    async def _ask_list(self, path: str, body: Any) -> None:
        """Post what RT answers with a list of what it did."""
        if not isinstance(await self._answer("POST", path, body, {}), list):
            raise InDoubt(f"{self._account.url}: answered a comment with something else")

    async def _answer(self, method: str, path: str, body: Any, query: Mapping[str, str]) -> Any:
        headers = {**self._account.headers, "Content-Type": "application/json"}
        answer = await ask(
            method,
            f"{self._account.url.rstrip('/')}/REST/2.0/{path}",
            headers=headers,
            body=json.dumps(body).encode() if body is not None else None,
            query=query or None,
        )
        return answer.content


class RequestTrackerTarget:
    """Delivers tickets to Request Tracker."""

    name = REQUEST_TRACKER
    is_idempotent = True

    def __init__(self, tracker: RequestTracker, transcripts: Transcripts) -> None:
        self._tracker = tracker
        self._transcripts = transcripts

    async def deliver(self, item: Item) -> None:
        """Create one ticket or add to it. Raises: TryLater, Refused or InDoubt."""
        package = await unpack(item, self._transcripts)
        await (self._tracker.add if package.addition else self._tracker.create)(package)

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
        "Content": package.text(MAX_FILES_BYTES),
        "ContentType": "text/plain",
        "CustomFields": fields,
        **_attached(package),
    }


def _as_comment(package: Package) -> dict[str, Any]:
    """Write an addition in RT's words; by its subject it is known again."""
    return {
        "Subject": package.title,
        "Content": package.text(MAX_FILES_BYTES),
        "ContentType": "text/plain",
        **_attached(package),
    }


def _attached(package: Package) -> dict[str, Any]:
    files = [
        {
            "FileName": file.name,
            "FileType": file.content_type,
            "FileContent": base64.b64encode(file.content).decode(),
        }
        for file in package.files(MAX_FILES_BYTES)[0]
    ]
    return {"Attachments": files} if files else {}


def _field(detail: str) -> str:
    name = detail_name(detail, "en")
    return name[0].upper() + name[1:]
