"""Who may open which page: sessions, single sign-on, and forms that nobody else can send."""

import asyncio
import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from aiohttp import web

from bot.accounts import SESSION_LIFETIME, Accounts, Member, Role
from bot.audit import SIGNED_IN, Entry
from bot.channels.addresses import Proxies
from bot.channels.problems import preferred_language
from bot.desk.devices import DEVICE_COOKIE, DEVICE_LIFETIME_S
from bot.desk.render import DEFAULT_LANGUAGE, Renderer
from bot.desk.visit import Visit
from bot.language import LANGUAGES
from bot.settings import Settings
from bot.storage import SqlAudit

_LOG = logging.getLogger(__name__)
SESSION_COOKIE = "cybo_desk"
GUEST_COOKIE = "cybo_desk_guest"
LANGUAGE_COOKIE = "cybo_desk_language"
SIGN_IN = "/desk/sign-in"
_YEAR_S = 365 * 24 * 3600

Handler = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class _Cookies:
    """What a browser showed, and what it has to be given."""

    session: str
    guest: str
    new_session: bool = False
    new_guest: bool = False

    @property
    def csrf(self) -> str:
        """Give the token that forms of this session carry: only its pages can know it."""
        return hmac.digest((self.session or self.guest).encode(), b"csrf", "sha256").hex()


class Guard:
    """Wraps pages. A page gets a ``Visit``; a POST reaches it only from a form of ours."""

    def __init__(
        self,
        accounts: Accounts,
        audit: SqlAudit,
        pages: Renderer,
        settings: Settings,
        now: Callable[[], datetime],
    ) -> None:
        self._accounts = accounts
        self._audit = audit
        self._pages = pages
        self._settings = settings
        self._now = now
        self._sso_proxies = Proxies(settings.desk_sso_proxies)
        self._proxies = Proxies(settings.trusted_proxies)
        # Programs keep no cookies: they share the session that the proxy's word began.
        self._vouched: dict[str, str] = {}
        self._entering = asyncio.Lock()

    def get(self, path: str, role: Role | None, handler: Handler) -> web.RouteDef:
        """Make the route of a page. ``role``: from which it may be opened, None for anybody."""
        return web.get(path, self._guarded(role, handler))

    def post(self, path: str, role: Role | None, handler: Handler) -> web.RouteDef:
        """Make the route that a form is sent to."""
        return web.post(path, self._guarded(role, handler))

    def give_session(self, response: web.StreamResponse, request: web.Request, token: str) -> None:
        """Let the browser keep a session."""
        self._set(response, request, SESSION_COOKIE, token, int(SESSION_LIFETIME.total_seconds()))

    def know_device(self, response: web.StreamResponse, request: web.Request, token: str) -> None:
        """Let the browser keep what it is known again by."""
        self._set(response, request, DEVICE_COOKIE, token, DEVICE_LIFETIME_S)

    def _guarded(
        self, role: Role | None, handler: Handler
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            cookies, member = await self._who(request)
            visit = Visit(request, self._pages, _language(request), cookies.csrf, member)
            try:
                response = await self._answer(visit, role, handler)
            except web.HTTPException as error:
                if error.status < 400:
                    raise
                response = visit.error(error.status)
            except Exception:  # noqa: BLE001 (the last line of defence of every page)
                reference = f"ERR-{secrets.token_hex(4).upper()}"
                _LOG.exception("desk.failed reference=%s page=%s", reference, handler.__name__)
                response = visit.error(500, reference)
            return self._with_cookies(response, request, cookies)

        return handle

    async def _answer(
        self, visit: Visit, role: Role | None, handler: Handler
    ) -> web.StreamResponse:
        request = visit.request
        if role is not None and visit.signed_in is None:
            if self._sso_name(request):
                # The proxy knows somebody whom no account here belongs to.
                raise web.HTTPForbidden
            target = quote(request.path_qs) if request.method == "GET" else "/desk/"
            return visit.redirect(f"{SIGN_IN}?next={target}")
        if role is not None and visit.member.role < role:
            raise web.HTTPForbidden
        if request.method == "POST":
            visit = replace(visit, form=await self._read_form(visit))
        return await handler(visit)

    async def _read_form(self, visit: Visit) -> Mapping[str, str]:
        """Read a form; only one that our own page sent in this session is taken."""
        request = visit.request
        if request.headers.get("Origin", "").partition("://")[2] != request.host:
            raise web.HTTPForbidden
        # Our pages have no other forms; a file in one would be read beside the body's limit.
        if request.content_type != "application/x-www-form-urlencoded":
            raise web.HTTPUnsupportedMediaType
        try:
            fields = await request.post()
        except (ValueError, LookupError) as error:
            # An alphabet that nobody knows, or bytes that are none of it.
            raise web.HTTPBadRequest from error
        form = {name: value for name, value in fields.items() if isinstance(value, str)}
        given = form.pop("csrf", "").encode(errors="replace")
        if not hmac.compare_digest(given, visit.csrf.encode()):
            raise web.HTTPForbidden
        return form

    async def _who(self, request: web.Request) -> tuple[_Cookies, Member | None]:
        session = request.cookies.get(SESSION_COOKIE, "")
        guest = request.cookies.get(GUEST_COOKIE, "")
        member = await asyncio.to_thread(self._accounts.member, session) if session else None
        name = self._sso_name(request)
        if name and (member is None or member.name != name):
            if member:
                await asyncio.to_thread(self._accounts.sign_out, session)
            session, member = await self._vouched_for(name)
            if member:
                return _Cookies(session, guest, new_session=True), member
        if member is None:
            session = ""
        new_guest = not session and not guest
        guest = secrets.token_urlsafe(32) if new_guest else guest
        return _Cookies(session, guest, new_guest=new_guest), member

    async def _vouched_for(self, name: str) -> tuple[str, Member | None]:
        """Give the session of somebody whom the proxy names: one at a time for each name."""
        async with self._entering:
            session = self._vouched.pop(name, "")
            member = await asyncio.to_thread(self._accounts.member, session)
            if member is None:
                session = await asyncio.to_thread(self._enter, name)
                member = await asyncio.to_thread(self._accounts.member, session)
            if member:
                self._vouched[name] = session
            return session, member

    def _enter(self, name: str) -> str:
        """Begin the session of somebody whom the proxy vouches for; empty: no account."""
        token = self._accounts.begin_session(name)
        if token:
            self._audit.note(Entry(self._now(), name, SIGNED_IN, detail="sso"))
        return token or ""

    def _sso_name(self, request: web.Request) -> str:
        """Read whom the proxy names; nobody else's header counts, nor one that stands twice."""
        header = self._settings.desk_sso_header
        if not header or not self._sso_proxies.are_trusted(request.remote):
            return ""
        names = request.headers.getall(header, [])
        if len(names) != 1:
            return ""
        return names[0].strip().lower()

    def _with_cookies(
        self, response: web.StreamResponse, request: web.Request, cookies: _Cookies
    ) -> web.StreamResponse:
        if cookies.new_session:
            self.give_session(response, request, cookies.session)
        if cookies.new_guest:
            self._set(response, request, GUEST_COOKIE, cookies.guest, None)
        if request.query.get("lang") in LANGUAGES:
            self._set(response, request, LANGUAGE_COOKIE, request.query["lang"], _YEAR_S)
        return response

    def _set(
        self,
        response: web.StreamResponse,
        request: web.Request,
        name: str,
        value: str,
        max_age_s: int | None,
    ) -> None:
        response.set_cookie(
            name,
            value,
            max_age=max_age_s,
            path="/desk",
            secure=self._is_https(request),
            httponly=True,
            samesite="Strict",
        )

    def _is_https(self, request: web.Request) -> bool:
        """Say whether the browser came over TLS, which ends before us."""
        forwarded = request.headers.get("X-Forwarded-Proto", "")
        is_forwarded = forwarded == "https" and self._proxies.are_trusted(request.remote)
        origin = request.headers.get("Origin", "")
        return request.secure or is_forwarded or origin.startswith("https://")


def _language(request: web.Request) -> str:
    """Choose the page's language: the menu's, else the browser's."""
    chosen = (request.query.get("lang"), request.cookies.get(LANGUAGE_COOKIE))
    for language in chosen:
        if language in LANGUAGES:
            return str(language)
    accepted = preferred_language(request.headers.get("Accept-Language", ""))
    return accepted or DEFAULT_LANGUAGE
