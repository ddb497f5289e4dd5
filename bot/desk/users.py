"""Who may use these pages."""

import asyncio
from collections.abc import Callable
from functools import partial

from aiohttp import web

from bot.accounts import Account, AccountProblem, Role
from bot.accounts.model import ROLES
from bot.desk.parts import Parts
from bot.desk.visit import Visit

_PATH = "/desk/users"
_USER = f"{_PATH}/{{name}}"


def routes(parts: Parts) -> list[web.RouteDef]:
    """List the routes."""
    pages = _Users(parts)
    return [
        parts.guard.get(_PATH, Role.ADMIN, pages.show),
        parts.guard.post(_PATH, Role.ADMIN, pages.add),
        parts.guard.get(_USER, Role.ADMIN, pages.show_one),
        parts.guard.post(_USER, Role.ADMIN, pages.change),
    ]


class _Users:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def show(self, visit: Visit) -> web.StreamResponse:
        return await self._list(visit)

    async def add(self, visit: Visit) -> web.StreamResponse:
        form = visit.form
        role, password = form.get("role", ""), form.get("password", "")
        add = partial(
            self._parts.accounts.add, form.get("name", ""), role, password, form.get("again", "")
        )
        try:
            name = await asyncio.to_thread(add)
        except AccountProblem as problem:
            return await self._list(visit, problem.code, form.get("name", ""), role)
        await asyncio.to_thread(self._parts.note, visit.member.name, "user_added", name, role)
        return visit.redirect(_PATH, "users.added")

    async def show_one(self, visit: Visit) -> web.StreamResponse:
        return await self._one(visit)

    async def change(self, visit: Visit) -> web.StreamResponse:
        name, form, accounts = (await self._account(visit)).name, visit.form, self._parts.accounts
        role = form.get("role", "")
        changes: dict[str, tuple[str, Callable[[], None]]] = {
            "role": ("user_role_changed", partial(accounts.set_role, name, role)),
            "disable": ("user_disabled", partial(accounts.disable, name)),
            "enable": ("user_enabled", partial(accounts.enable, name)),
            "password": (
                "user_password_set",
                partial(
                    accounts.set_password, name, form.get("password", ""), form.get("again", "")
                ),
            ),
        }
        if form.get("do") not in changes:
            raise web.HTTPBadRequest
        action, change = changes[form["do"]]
        try:
            await asyncio.to_thread(change)
        except AccountProblem as problem:
            return await self._one(visit, problem.code, status=400)
        detail = role if action == "user_role_changed" else ""
        await asyncio.to_thread(self._parts.note, visit.member.name, action, name, detail)
        return visit.redirect(f"{_PATH}/{name}", f"users.{action}")

    async def _list(
        self, visit: Visit, problem: str = "", name: str = "", role: str = ""
    ) -> web.StreamResponse:
        return visit.page(
            "users.html.j2",
            accounts=await asyncio.to_thread(self._parts.accounts.accounts),
            roles=ROLES,
            problem=problem,
            name=name,
            role=role or Role.AGENT.word,
            now=self._parts.now(),
            status=400 if problem else 200,
        )

    async def _one(self, visit: Visit, problem: str = "", status: int = 200) -> web.StreamResponse:
        account = await self._account(visit)
        return visit.page(
            "user.html.j2", account=account, roles=ROLES, problem=problem, status=status
        )

    async def _account(self, visit: Visit) -> Account:
        wanted = visit.request.match_info["name"]
        for account in await asyncio.to_thread(self._parts.accounts.accounts):
            if account.name == wanted:
                return account
        raise web.HTTPNotFound
