"""Looking for conversations and reading one."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from aiohttp import web

from bot.accounts import Member, Role
from bot.conversations import OUTCOMES, ConversationQuery, Found, Overview
from bot.delivery.ticket import Line
from bot.desk import query as address
from bot.desk.export import csv_lines, to_csv
from bot.desk.parts import Parts
from bot.desk.query import PER_PAGE
from bot.desk.render import local
from bot.desk.visit import Visit
from bot.language import LANGUAGES
from bot.privacy.personal import mask_personal
from bot.storage.desk_conversations import DeskConversations
from bot.tickets.model import CHANNELS

_PATH = "/desk/conversations"
_COLUMNS = ("conversation", "first", "last", "channel", "language", "turns", "outcome", "told_at")
_PER_PART = 200
_MOST_EXPORTED = 100_000
_NO_TURN = 2**31 - 1
_FILTERS = ("q", "language", "outcome", "channel", "from", "to")


def routes(parts: Parts) -> list[web.RouteDef]:
    """List the routes."""
    pages = _Conversations(parts)
    return [
        parts.guard.get(_PATH, Role.AGENT, pages.show),
        parts.guard.get(f"{_PATH}.csv", Role.AGENT, pages.csv),
        parts.guard.get(f"{_PATH}/{{turn:[0-9]{{1,9}}}}", Role.AGENT, pages.read),
    ]


class _Conversations:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._conversations = DeskConversations(parts.engine)
        self._exporting = asyncio.Semaphore(1)

    async def show(self, visit: Visit) -> web.StreamResponse:
        given = visit.request.query
        number = address.page_number(given)
        found, total = await asyncio.to_thread(
            self._conversations.page, _read(given), number, PER_PAGE
        )
        filters = address.kept(given, _FILTERS)
        return visit.page(
            "conversations.html.j2",
            found=await asyncio.to_thread(_with_texts, found, visit.member),
            total=total,
            number=number,
            last=address.last_page(total),
            filters=filters,
            link=address.address(_PATH, filters),
            csv_link=address.address(f"{_PATH}.csv", filters).rstrip("?&"),
            outcomes=OUTCOMES,
            channels=CHANNELS,
        )

    async def csv(self, visit: Visit) -> web.StreamResponse:
        """Send the list without its texts: who was told when that an assistant answers."""
        # One file at a time: it is as long as the list, which may be very long.
        async with self._exporting:
            query = _read(visit.request.query)
            _, total = await asyncio.to_thread(self._conversations.page, query, 1, 1)
            # What was searched for may be somebody's name: only how many is written down.
            much = f"{min(total, _MOST_EXPORTED)}"
            await asyncio.to_thread(
                self._parts.note, visit.member.name, "conversations_exported", "csv", much
            )
            return await visit.send_parts(self._written(query), "text/csv", "conversations.csv")

    async def _written(self, query: ConversationQuery) -> AsyncIterator[bytes]:
        yield to_csv(_COLUMNS, ())
        before = _NO_TURN
        for _ in range(_MOST_EXPORTED // _PER_PART):
            some = await asyncio.to_thread(self._conversations.overviews, query, before, _PER_PART)
            if some:
                yield csv_lines(map(_row, some))
                before = some[-1].id
            if len(some) < _PER_PART:
                return

    async def read(self, visit: Visit) -> web.StreamResponse:
        turn = int(visit.request.match_info["turn"])
        found = await asyncio.to_thread(self._conversations.find, turn)
        if found is None:
            raise web.HTTPNotFound
        await asyncio.to_thread(
            self._parts.note, visit.member.name, "conversation_viewed", f"turn {turn}"
        )
        tickets = await asyncio.to_thread(self._conversations.tickets, found.conversation)
        owners, lines = [owner for _, owner in tickets], await self._lines(found)
        return visit.page(
            "conversation.html.j2",
            found=found,
            # A long conversation is a thousand lines.
            lines=await asyncio.to_thread(_all_masked, lines, visit.member, owners),
            references=[reference for reference, _ in tickets],
            told_at=next((line.told_at for line in lines if line.told_at), None),
        )

    async def _lines(self, found: Found) -> Sequence[Line]:
        """Read the conversation; what Cybo answered may be gone before what was asked."""
        lines = await self._parts.transcripts(found.conversation)
        if lines:
            return lines
        messages = await asyncio.to_thread(self._conversations.messages, found.conversation)
        return [Line("user", text) for text in messages]


def _read(given: Mapping[str, str]) -> ConversationQuery:
    return ConversationQuery(
        language=address.choice(given, "language", LANGUAGES),
        outcome=address.choice(given, "outcome", OUTCOMES),
        channel=address.choice(given, "channel", CHANNELS),
        since=address.since(given, "from"),
        until=address.until(given, "to"),
        text=address.text(given, "q"),
    )


def _row(one: Overview) -> Sequence[object]:
    first, last, told = (
        local(moment).isoformat(timespec="seconds") if moment else ""
        for moment in (one.first_at, one.last_at, one.told_at)
    )
    return (one.id, first, last, one.channel, one.language, one.turns, one.outcome, told)


def _with_texts(found: Sequence[Found], member: Member) -> list[tuple[Found, str]]:
    return [(one, _masked(one.text, member)) for one in found]


def _all_masked(lines: Sequence[Line], member: Member, owners: Sequence[str]) -> list[Line]:
    return [replace(line, text=_masked(line.text, member, owners)) for line in lines]


def _masked(text: str, member: Member, names: Sequence[str] = ()) -> str:
    """Hide personal data from whom it does not concern."""
    return text if member.role >= Role.ADMIN else mask_personal(text, names)
