"""What was done at the desk, for admins to read."""

import asyncio

from aiohttp import web

from bot.accounts import Role
from bot.desk import query as address
from bot.desk.parts import Parts
from bot.desk.visit import Visit

_PATH = "/desk/audit"
_PER_PAGE = 50


def routes(parts: Parts) -> list[web.RouteDef]:
    """List the routes."""
    return [parts.guard.get(_PATH, Role.ADMIN, _AuditLog(parts).show)]


class _AuditLog:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def show(self, visit: Visit) -> web.StreamResponse:
        number = address.page_number(visit.request.query)
        entries, total = await asyncio.to_thread(self._parts.audit.page, number, _PER_PAGE)
        return visit.page(
            "audit.html.j2",
            entries=entries,
            total=total,
            number=number,
            last=address.last_page(total, _PER_PAGE),
        )
