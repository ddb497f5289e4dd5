"""Signing in and out, and one's own password."""

import asyncio
import time

from aiohttp import web

from bot.accounts import AccountProblem, Role
from bot.audit import NOBODY, SIGN_IN_FAILED, SIGNED_IN, SIGNED_OUT
from bot.channels.limits import RateLimit
from bot.desk.devices import DEVICE_COOKIE
from bot.desk.guard import SESSION_COOKIE, SIGN_IN
from bot.desk.parts import Parts
from bot.desk.visit import Visit

_ACCOUNT = "/desk/account"
# Each check of a password takes 64 MiB: a flood of them must not take the chat down.
_CHECKS_AT_ONCE = 2
# Twenty colleagues behind one address sign in at nine o'clock; a guesser is slowed down.
_PER_MINUTE, _BURST = 20, 40


def routes(parts: Parts) -> list[web.RouteDef]:
    """List the routes."""
    pages = _Signing(parts)
    guard = parts.guard
    return [
        guard.get(SIGN_IN, None, pages.ask),
        guard.post(SIGN_IN, None, pages.sign_in),
        guard.post("/desk/sign-out", Role.AGENT, pages.sign_out),
        guard.get(_ACCOUNT, Role.AGENT, pages.account),
        guard.post(_ACCOUNT, Role.AGENT, pages.change_password),
    ]


class _Signing:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._checks = asyncio.Semaphore(_CHECKS_AT_ONCE)
        self._attempts = RateLimit(_PER_MINUTE, _BURST, time.monotonic)

    async def ask(self, visit: Visit) -> web.StreamResponse:
        if visit.signed_in:
            return visit.redirect(_target(visit.request.query.get("next", "")))
        return await self._form(visit, _target(visit.request.query.get("next", "")))

    async def sign_in(self, visit: Visit) -> web.StreamResponse:
        network = self._parts.proxies.visitor(visit.request)
        if self._attempts.wait_s(network):
            raise web.HTTPTooManyRequests
        name, target = visit.form.get("name", ""), _target(visit.form.get("next", ""))
        cookies, accounts = visit.request.cookies, self._parts.accounts
        place = self._parts.devices.place(cookies.get(DEVICE_COOKIE, ""), name, network)
        password = visit.form.get("password", "")
        async with self._checks:
            token = await asyncio.to_thread(accounts.sign_in, name, password, place)
        action = SIGNED_IN if token else SIGN_IN_FAILED
        await asyncio.to_thread(self._note, name, action)
        if token is None:
            return await self._form(visit, target, name=name, status=403)
        # Whoever was signed in here before is not any more.
        await asyncio.to_thread(accounts.sign_out, cookies.get(SESSION_COOKIE, ""))
        response = visit.redirect(target)
        guard = self._parts.guard
        guard.give_session(response, visit.request, token)
        guard.know_device(response, visit.request, self._parts.devices.issue(name))
        return response

    async def sign_out(self, visit: Visit) -> web.StreamResponse:
        token = visit.request.cookies.get(SESSION_COOKIE, "")
        await asyncio.to_thread(self._parts.accounts.sign_out, token)
        await asyncio.to_thread(self._parts.note, visit.member.name, SIGNED_OUT)
        response = visit.redirect(SIGN_IN, "signing.signed_out")
        response.del_cookie(SESSION_COOKIE, path="/desk")
        return response

    async def account(self, visit: Visit) -> web.StreamResponse:
        return visit.page("account.html.j2", problem="")

    async def change_password(self, visit: Visit) -> web.StreamResponse:
        form, token = visit.form, visit.request.cookies.get(SESSION_COOKIE, "")
        try:
            async with self._checks:
                await asyncio.to_thread(
                    self._parts.accounts.change_own_password,
                    token,
                    visit.member,
                    form.get("current", ""),
                    form.get("password", ""),
                    form.get("again", ""),
                )
        except AccountProblem as problem:
            return visit.page("account.html.j2", problem=problem.code, status=400)
        await asyncio.to_thread(self._parts.note, visit.member.name, "password_changed")
        return visit.redirect(_ACCOUNT, "signing.password_changed")

    async def _form(
        self, visit: Visit, target: str, *, name: str = "", status: int = 200
    ) -> web.StreamResponse:
        is_empty = not await asyncio.to_thread(self._parts.accounts.accounts)
        return visit.page(
            "sign_in.html.j2",
            status=status,
            is_refused=status != 200,
            is_empty=is_empty,
            name=name,
            target=target,
        )

    def _note(self, name: str, action: str) -> None:
        known = name.strip().lower() if self._parts.accounts.is_known(name) else NOBODY
        self._parts.note(known, action)


def _target(wanted: str) -> str:
    """Go only to our own pages after signing in."""
    is_ours = wanted.startswith("/desk/") and "\\" not in wanted and wanted.isprintable()
    return wanted if is_ours and "//" not in wanted else "/desk/"
