"""The desk's pages, put together.

To add a page:

1. `bot/desk/<name>.py` with ``def routes(parts: Parts) -> list[web.RouteDef]``; each route
   comes from ``parts.guard.get(path, Role.X, handler)`` or ``.post(...)``. A handler is
   ``async def handler(visit: Visit) -> web.StreamResponse``: ``visit.member`` says who asks,
   ``visit.form`` holds what a POST sent (the guard has checked its token), and it answers
   with ``visit.page("<name>.html.j2", ...)``, ``visit.redirect(path, "<name>.<notice>")`` or
   ``visit.download(...)``. What blocks (the database) goes through ``asyncio.to_thread``.
   ``raise web.HTTPNotFound`` and the like become pages.
2. `bot/web/desk/<name>.html.j2`, which extends `layout.html.j2`; every form includes
   ``{{ ui.csrf(csrf) }}``.
3. `bot/web/desk/texts/<name>.{en,fr,nl}.yml`, the texts, which the template reads as
   ``t.<name>...``; what ``visit.redirect`` tells stands under `notices`.
4. Its module in ``_PAGES`` below; its place in the navigation in `bot/desk/render.py`.
5. ``parts.note(visit.member.name, action, subject)`` for whatever a member sees or does that
   concerns somebody else; the action's name in `texts/audit.*.yml`.
"""

from dataclasses import fields

from aiohttp import web

from bot.accounts import Accounts
from bot.channels.addresses import Proxies
from bot.channels.files import ServedFile
from bot.channels.sessions import signing_key
from bot.delivery.build import request_tracker
from bot.desk import (
    audit_log,
    conversations,
    dashboard,
    figures,
    review,
    signing,
    ticket,
    tickets,
    users,
)
from bot.desk.devices import Devices
from bot.desk.guard import Guard
from bot.desk.parts import Parts, Surroundings
from bot.desk.render import FOLDER, Renderer
from bot.desk.visit import SECURE, Visit
from bot.storage import SqlAccountStore, SqlAudit

_PAGES = (
    dashboard,
    tickets,
    ticket,
    conversations,
    review,
    figures,
    users,
    audit_log,
    signing,
)
_FILES = {"desk.css": "text/css", "desk.js": "text/javascript"}


class Desk:
    """Every page under `/desk/`."""

    def __init__(self, around: Surroundings) -> None:
        settings, engine, now = around.settings, around.engine, around.now
        accounts = Accounts(SqlAccountStore(engine), around.passwords, now)
        audit, proxies = SqlAudit(engine), Proxies(settings.trusted_proxies)
        self._parts = Parts(
            **{item.name: getattr(around, item.name) for item in fields(around)},
            accounts=accounts,
            audit=audit,
            guard=Guard(accounts, audit, Renderer(), settings, now),
            proxies=proxies,
            devices=Devices(signing_key(settings)),
            tracker=request_tracker(settings),
        )

    def routes(self) -> list[web.RouteDef]:
        """List the routes of every page."""
        return [
            *(_served(name, content_type) for name, content_type in _FILES.items()),
            web.get("/desk", _to_dashboard),
            *(route for page in _PAGES for route in page.routes(self._parts)),
            self._parts.guard.get("/desk/{rest:.*}", None, _missing),
        ]


def _served(name: str, content_type: str) -> web.RouteDef:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return web.get(f"/desk/{name}", ServedFile(text, content_type, SECURE).serve)


async def _to_dashboard(_: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/desk/")


async def _missing(_: Visit) -> web.StreamResponse:
    raise web.HTTPNotFound
