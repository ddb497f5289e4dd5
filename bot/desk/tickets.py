"""The list of tickets, and the list as a file."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence

from aiohttp import web

from bot.accounts import Role
from bot.desk import query as address
from bot.desk.export import to_csv
from bot.desk.parts import Parts
from bot.desk.query import PER_PAGE
from bot.desk.visit import Visit
from bot.details import CERTIFICATE_DETAILS
from bot.language import LANGUAGES
from bot.storage.desk_tickets import DeskTickets
from bot.tickets.model import CHANNELS, Ticket
from bot.tickets.search import DELIVERIES, NEWEST, ORDERS, TicketQuery
from bot.tickets.status import STATUSES

_PATH = "/desk/tickets"
_FILTERS = ("q", "status", "channel", "language", "delivery", "from", "to", "order")
_OF_TICKET = ("reference", "status", "created_at", "channel", "language", *CERTIFICATE_DETAILS)
_OF_FILING = (
    "enterprise_number",
    "closing_date",
    "filing_model",
    "filing_model_code",
    "deposit_type",
    "filing_language",
)


def routes(parts: Parts) -> list[web.RouteDef]:
    """List the routes."""
    pages = _TicketList(parts)
    return [
        parts.guard.get(_PATH, Role.AGENT, pages.show),
        parts.guard.get(f"{_PATH}.csv", Role.AGENT, pages.csv),
        parts.guard.get(f"{_PATH}.json", Role.AGENT, pages.json),
    ]


class _TicketList:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._tickets = DeskTickets(parts.engine)

    async def show(self, visit: Visit) -> web.StreamResponse:
        given = visit.request.query
        number = address.page_number(given)
        listed, total = await asyncio.to_thread(self._tickets.page, _read(given), number, PER_PAGE)
        filters = address.kept(given, _FILTERS)
        return visit.page(
            "tickets.html.j2",
            listed=listed,
            total=total,
            number=number,
            last=address.last_page(total),
            filters=filters,
            link=address.address(_PATH, filters),
            csv_link=address.address(f"{_PATH}.csv", filters).rstrip("?&"),
            json_link=address.address(f"{_PATH}.json", filters).rstrip("?&"),
            statuses=STATUSES,
            channels=CHANNELS,
            deliveries=DELIVERIES,
            orders=ORDERS,
        )

    async def csv(self, visit: Visit) -> web.StreamResponse:
        tickets = await self._exported(visit, "csv")
        rows = (row for ticket in tickets for row in _rows(ticket))
        content = await asyncio.to_thread(to_csv, (*_OF_TICKET, "filing", *_OF_FILING), rows)
        return visit.download(content, "text/csv", "tickets.csv")

    async def json(self, visit: Visit) -> web.StreamResponse:
        tickets = await self._exported(visit, "json")
        content = await asyncio.to_thread(_to_json, tickets)
        return visit.download(content, "application/json", "tickets.json")

    async def _exported(self, visit: Visit, file_type: str) -> list[Ticket]:
        tickets = list(await asyncio.to_thread(self._tickets.all, _read(visit.request.query)))
        # What was searched for may be somebody's name: only how many came out is written down.
        await asyncio.to_thread(
            self._parts.note,
            visit.member.name,
            "tickets_exported",
            file_type,
            f"{len(tickets)}",
        )
        return tickets


def _to_json(tickets: Sequence[Ticket]) -> bytes:
    listed = [ticket.as_dict() for ticket in tickets]
    return json.dumps(listed, ensure_ascii=False, indent=2).encode()


def _read(given: Mapping[str, str]) -> TicketQuery:
    return TicketQuery(
        status=address.choice(given, "status", STATUSES),
        channel=address.choice(given, "channel", CHANNELS),
        language=address.choice(given, "language", LANGUAGES),
        delivery=address.choice(given, "delivery", DELIVERIES),
        since=address.since(given, "from"),
        until=address.until(given, "to"),
        text=address.text(given, "q"),
        order=address.choice(given, "order", ORDERS) or NEWEST,
    )


def _rows(ticket: Ticket) -> Iterator[list[object]]:
    """Write a line for each filing: spreadsheets have no lists."""
    values = ticket.as_dict()
    for number, filing in enumerate(ticket.draft.filings, start=1):
        yield [
            *(values[name] for name in _OF_TICKET),
            number,
            *(filing.get(name, "") for name in _OF_FILING),
        ]
