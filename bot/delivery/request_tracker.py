"""Tickets in Request Tracker 5, over REST2, and what became of them there."""

import base64
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.delivery.http import ask
from bot.delivery.outbox import DELIVERY_TIMEOUT_S, InDoubt, Item, Refused, TryLater
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

REFERENCE_FIELD = "Cybo reference"
"""The custom field by which a ticket is found there."""

BRAND_FIELD, MISSING_FIELD = "Brand of the certificate", "Missing details"
"""Custom fields that only some tickets have something in."""

_UNKNOWN = "-"
NEVER, MAIL, ALWAYS = "never", "mail", "always"

_PAGE = 100  # RT's largest


@dataclass(frozen=True)
class RequestTrackerAccount:
    """Where RT is. Without ``user``, ``password`` is an authentication token.

    ``requestor``: who becomes the requestor there, to whom RT may write (NEVER, MAIL, ALWAYS).
    """

    url: str
    user: str
    password: str
    queue: str
    requestor: str = NEVER

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
        # Without the field it could not be found again, and would be created twice.
        await self._see_field()
        created = await self._ask("POST", "ticket", body=_as_rt(package, self._account))
        if not created.get("id"):
            raise InDoubt(f"{self._account.url}: answered without a ticket number")
        if not _bears(await self._ask("GET", f"ticket/{created['id']}"), package.reference):
            raise Refused(
                f"{self._account.url}: ticket {created['id']} was made, but its field "
                f"{REFERENCE_FIELD!r} stays empty; give Cybo's user the right ModifyCustomField, "
                "write the reference there, then `cybo outbox retry`"
            )

    async def add(self, package: Package) -> None:
        """Comment on a ticket, unless this comment is there.

        Raises: TryLater, when the ticket is not there either; Refused or InDoubt.
        """
        ticket = await self._find(package.reference)
        if ticket is None:
            raise TryLater(f"{self._account.url}: the ticket is not there yet")
        number = str(ticket["id"])
        if await self._has_comment(number, package.title, _creator(ticket)):
            return
        # On a closed ticket nobody would see it.
        is_closed = STATUSES.get(str(ticket.get("Status"))) in CLOSED
        again = {"Status": "open"} if is_closed else {}
        await self._ask_list(f"ticket/{number}/comment", {**_as_comment(package), **again})

    async def status(self, reference: str) -> str | None:
        """Say how a ticket stands there; None when RT does not know it.

        Raises: TryLater, Refused or InDoubt.
        """
        found = await self._find(reference)
        if found is None:
            return None
        # A lifecycle of the desk's own making: under way is all that can be said.
        return STATUSES.get(str(found.get("Status")), "in_progress")

    async def check(self) -> str:
        """See that the queue and the field are there; gives the queue's name.

        Raises: as ``deliver``; Refused says how the field is made.
        """
        return str((await self._see_field()).get("Name"))

    async def _see_field(self) -> Mapping[str, Any]:
        """Give the queue, in which tickets have the field for their reference."""
        queue = await self._ask("GET", f"queue/{quote(self._account.queue, safe='')}")
        fields = queue.get("TicketCustomFields")
        if not isinstance(fields, list):
            raise InDoubt(f"{self._account.url}: answered for a queue with something else")
        if REFERENCE_FIELD not in [field.get("name") for field in fields]:
            raise Refused(
                f"{self._account.url}: tickets of the queue {self._account.queue} have no field "
                f"{REFERENCE_FIELD!r}, or Cybo's user may not see it; an administrator makes it "
                "under Admin > Custom Fields > Create (Enter multiple values, for Tickets), "
                "applies it to the queue, and lets only Cybo's user modify it (docs/delivery.md)"
            )
        return queue

    async def _find(self, reference: str) -> Mapping[str, Any] | None:
        """Give a ticket by the field that only Cybo writes, if Cybo created it.

        Not by its subject: anybody may mail RT one with the next reference in it.
        """
        if not is_valid_reference(reference):
            raise Refused("not a reference")
        query = f"'CF.{{{REFERENCE_FIELD}}}' = '{reference}' AND Creator = '__CurrentUser__'"
        found = await self._ask("GET", "tickets", query=query)
        items = found.get("items")
        if not isinstance(items, list):
            raise InDoubt(f"{self._account.url}: answered a search with something else")
        for item in items:
            ticket = await self._ask("GET", f"ticket/{item['id']}")
            if _bears(ticket, reference):
                return ticket
        return None

    async def _has_comment(self, number: str, title: str, creator: str) -> bool:
        """Look for a comment of Cybo's by its subject, the newest first."""
        for page in itertools.count(1):
            found = await self._ask(
                "GET",
                f"ticket/{number}/attachments",
                fields="Subject,Creator",
                per_page=str(_PAGE),
                page=str(page),
            )
            items = found.get("items")
            if not isinstance(items, list):
                raise InDoubt(f"{self._account.url}: answered a search with something else")
            if any(i.get("Subject") == title and _creator(i) == creator for i in items):
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
    timeout_s = DELIVERY_TIMEOUT_S

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


def _bears(ticket: Mapping[str, Any], reference: str) -> bool:
    fields = ticket.get("CustomFields")
    return isinstance(fields, list) and any(
        field.get("name") == REFERENCE_FIELD and field.get("values") == [reference]
        for field in fields
    )


def _creator(record: Mapping[str, Any]) -> str:
    creator = record.get("Creator")
    return str(creator.get("id") or "") if isinstance(creator, dict) else ""


def _requestor(package: Package, account: RequestTrackerAccount) -> dict[str, str]:
    """Name the requestor. RT writes to whoever that is, and a chat proves no address."""
    if account.requestor == ALWAYS:
        address = package.requester or package.ticket["certificate_email"]
        return {"Requestor": str(address)} if address else {}
    if account.requestor == MAIL and package.requester:
        return {"Requestor": package.requester}
    return {}


def _as_rt(package: Package, account: RequestTrackerAccount) -> dict[str, Any]:
    """Write a ticket in RT's words; RT leaves out custom fields that its queue lacks."""
    ticket = package.ticket
    # A missing detail of one of several filings keeps its place.
    fields: dict[str, Any] = {
        _field(name): [filing[name] or _UNKNOWN for filing in ticket["filings"]]
        for name in FILING_DETAILS
    }
    fields |= {_field(name): ticket[name] for name in CERTIFICATE_DETAILS if ticket[name]}
    if brand := ticket.get("certificate_brand"):
        fields[BRAND_FIELD] = brand
    if missing := ticket.get("missing"):
        fields[MISSING_FIELD] = [_field(name) for name in missing]
    fields[REFERENCE_FIELD] = package.reference
    return {
        "Queue": account.queue,
        "Subject": package.subject,
        **_requestor(package, account),
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
