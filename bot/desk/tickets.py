"""The list of tickets, and the list as a file."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

from aiohttp import web

from bot.accounts import Role
from bot.desk import query as address
from bot.desk.export import csv_lines, to_csv
from bot.desk.parts import Parts
from bot.desk.query import PER_PAGE
from bot.desk.visit import Visit
from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS
from bot.language import LANGUAGES
from bot.storage.desk_tickets import DeskTickets
from bot.tickets.model import CERTIFICATE_VALUES, CHANNELS, Ticket
from bot.tickets.search import DELIVERIES, NEWEST, ORDERS, TicketQuery
from bot.tickets.status import STATUSES

_PATH = "/desk/tickets"
_FILTERS = ("q", "status", "channel", "language", "delivery", "from", "to", "order")
_OF_TICKET = ("reference", "status", "created_at", "channel", "language", *CERTIFICATE_VALUES)
_PER_PART = 200
_MOST_EXPORTED = 100_000
_OF_FILING = (
    "enterprise_number",
    "closing_date",
    "filing_model",
    "filing_model_code",
    "deposit_type",
    "filing_language",
    "missing",
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
        self._exporting = asyncio.Semaphore(1)

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
        async def parts() -> AsyncIterator[bytes]:
            yield to_csv((*_OF_TICKET, "filing", *_OF_FILING), ())
            async for part in self._written(visit, _as_csv):
                yield part

        return await self._export(visit, "csv", parts(), "text/csv")

    async def json(self, visit: Visit) -> web.StreamResponse:
        async def parts() -> AsyncIterator[bytes]:
            opening = b"["
            async for part in self._written(visit, _as_json):
                yield opening + part
                opening = b","
            yield b"[]" if opening == b"[" else b"\n]"

        return await self._export(visit, "json", parts(), "application/json")

    async def _export(
        self, visit: Visit, file_type: str, parts: AsyncIterator[bytes], content_type: str
    ) -> web.StreamResponse:
        # One file at a time: it is as long as the list, which may be very long.
        async with self._exporting:
            query = _read(visit.request.query)
            _, total = await asyncio.to_thread(self._tickets.page, query, 1, 1)
            # What was searched for may be somebody's name: only how many is written down.
            await asyncio.to_thread(
                self._parts.note,
                visit.member.name,
                "tickets_exported",
                file_type,
                f"{min(total, _MOST_EXPORTED)}",
            )
            return await visit.send_parts(parts, content_type, f"tickets.{file_type}")

    async def _written(
        self, visit: Visit, write: Callable[[Sequence[Ticket]], bytes]
    ) -> AsyncIterator[bytes]:
        """Read and write the tickets by the hundred, in threads, however many there are."""
        query, seen = _read(visit.request.query), set[str]()
        for number in range(1, _MOST_EXPORTED // _PER_PART + 1):
            listed, _ = await asyncio.to_thread(self._tickets.page, query, number, _PER_PART)
            # A ticket that comes in meanwhile moves the last of a page to the next one.
            fresh = [one.ticket for one in listed if one.ticket.reference not in seen]
            seen.update(ticket.reference for ticket in fresh)
            if fresh:
                yield await asyncio.to_thread(write, fresh)
            if len(listed) < _PER_PART:
                return


def _as_csv(tickets: Sequence[Ticket]) -> bytes:
    return csv_lines(row for ticket in tickets for row in _rows(ticket))


def _as_json(tickets: Sequence[Ticket]) -> bytes:
    written = (json.dumps(ticket.as_dict(), ensure_ascii=False) for ticket in tickets)
    return ("\n" + ",\n".join(written)).encode()


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
    of_certificate = [name for name in CERTIFICATE_DETAILS if values[name] is None]
    for number, filing in enumerate(ticket.draft.filings, start=1):
        missing = [name for name in FILING_DETAILS if filing.get(name) is None] + of_certificate
        row = {**filing, "missing": " ".join(missing)}
        yield [
            *(values.get(name) or "" for name in _OF_TICKET),
            number,
            *(row.get(name) or "" for name in _OF_FILING),
        ]
