"""What waits for somebody, at a glance."""

import asyncio

from aiohttp import web

from bot.accounts import Role
from bot.delivery.outbox import DOUBTFUL, PARKED
from bot.desk.parts import Parts
from bot.desk.visit import Visit
from bot.storage import SqlOutbox
from bot.storage.overview import tickets_by_status, waiting_reviews


def routes(parts: Parts) -> list[web.RouteDef]:
    """List the routes."""
    return [parts.guard.get("/desk/", Role.AGENT, _Dashboard(parts).show)]


class _Dashboard:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def show(self, visit: Visit) -> web.StreamResponse:
        engine = self._parts.engine
        tickets = await asyncio.to_thread(tickets_by_status, engine)
        outbox = await asyncio.to_thread(SqlOutbox(engine).counts)
        age_s = self._parts.mailbox_age_s()
        return visit.page(
            "dashboard.html.j2",
            new=tickets.get("new", 0),
            in_progress=tickets.get("in_progress", 0),
            parked=outbox.get(PARKED, 0),
            doubtful=outbox.get(DOUBTFUL, 0),
            reviews=await asyncio.to_thread(waiting_reviews, engine),
            has_mailbox=self._parts.settings.mail_address is not None,
            mailbox_minutes=None if age_s is None else int(age_s // 60),
        )
