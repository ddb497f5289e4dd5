"""The aiohttp application behind `cybo serve`."""

import hmac
import json
import logging
import math
import secrets
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from aiohttp import web

from bot.channels.limits import RateLimit
from bot.channels.metrics import Metrics
from bot.channels.problems import Problem
from bot.channels.rest import as_json, language_of, read_message
from bot.dialogue.assistant import Assistant
from bot.settings import Settings

_LOG = logging.getLogger(__name__)
_WEB = Path(__file__).parent.parent / "web"
# JSON may spend twelve bytes on a character (an emoji as two escapes) and needs room for
# the other fields.
_BYTES_PER_CHAR = 12
_OTHER_FIELDS_BYTES = 4096
# One visitor may paste a handful of messages at once; an office behind one address holds
# twenty visitors.
_BURST_MINUTES = 2
_VISITORS_PER_ADDRESS = 20
_PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGE_TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript"}

# Letters as they are: people read these answers in a terminal.
_readable_json = partial(json.dumps, ensure_ascii=False)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Gateway:
    """HTTP routes around one assistant."""

    def __init__(
        self,
        assistant: Assistant,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._assistant = assistant
        self._settings = settings
        self._clock = clock
        self._metrics = Metrics()
        rate = settings.messages_per_minute
        self._by_sender = RateLimit(rate, rate * _BURST_MINUTES, clock)
        per_address = rate * _VISITORS_PER_ADDRESS
        self._by_address = RateLimit(per_address, per_address * _BURST_MINUTES, clock)
        self._is_ready = False

    def application(self) -> web.Application:
        """Build the aiohttp application."""
        max_chars = self._settings.max_message_chars
        application = web.Application(
            middlewares=[self._explain_problems],
            client_max_size=max_chars * _BYTES_PER_CHAR + _OTHER_FIELDS_BYTES,
        )
        application.add_routes(
            [
                web.post("/webhooks/rest/webhook", self._rest),
                web.get("/conversations/{sender}/tracker", self._tracker),
                web.get("/livez", self._live),
                web.get("/readyz", self._ready),
                web.get("/metrics", self._render_metrics),
                web.get("/", self._page("demo.html")),
                web.get("/demo.css", self._page("demo.css")),
                web.get("/demo.js", self._page("demo.js")),
                web.get("/favicon.ico", self._no_icon),
            ]
        )
        application.on_startup.append(self._warm_up)  # type: ignore[arg-type]
        return application

    async def _warm_up(self, application: web.Application) -> None:
        await self._assistant.probe()
        self._is_ready = True

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        message = await read_message(request, max_chars=self._settings.max_message_chars)
        if not self._bears_token(request):
            self._limit(message.sender, request.remote or "")
        started = self._clock()
        replies = await self._assistant.handle(message)
        self._metrics.turn_seconds.labels("rest").observe(self._clock() - started)
        for reply in replies:
            self._metrics.replies.labels("rest", reply.outcome, reply.language).inc()
        return web.json_response(as_json(message.sender, replies), dumps=_readable_json)

    async def _tracker(self, request: web.Request) -> web.StreamResponse:
        if self._settings.api_token is None:
            raise Problem(404, "not_found")
        if not self._bears_token(request):
            raise Problem(401, "unauthorized", headers={"WWW-Authenticate": "Bearer"})
        return web.json_response(await self._assistant.tracker_json(request.match_info["sender"]))

    async def _live(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "alive"})

    async def _ready(self, _: web.Request) -> web.StreamResponse:
        checks = {"model": self._is_ready, "database": False}
        try:
            await self._assistant.check_database()
            checks["database"] = True
        except Exception:  # noqa: BLE001 (whatever ails the database, the answer is no)
            _LOG.exception("readyz.database")
        status = "ready" if all(checks.values()) else "not ready"
        return web.json_response(
            {"status": status, "checks": checks}, status=200 if status == "ready" else 503
        )

    async def _render_metrics(self, _: web.Request) -> web.StreamResponse:
        return web.Response(
            body=self._metrics.render(),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )

    def _page(self, name: str) -> Handler:
        content = (_WEB / name).read_bytes()
        content_type = _PAGE_TYPES[Path(name).suffix]

        async def serve(_: web.Request) -> web.StreamResponse:
            return web.Response(
                body=content, content_type=content_type, charset="utf-8", headers=_PAGE_HEADERS
            )

        return serve

    async def _no_icon(self, _: web.Request) -> web.StreamResponse:
        # Browsers ask for one on every page; a 404 would be an error in their console.
        return web.Response(status=204)

    def _limit(self, sender: str, address: str) -> None:
        # A visitor who is refused must not use up what his colleagues may send.
        wait = self._by_sender.wait_s(sender) or self._by_address.wait_s(address)
        if wait:
            seconds = math.ceil(wait)
            raise Problem(
                429, "too_many_messages", {"seconds": seconds}, {"Retry-After": str(seconds)}
            )

    def _bears_token(self, request: web.Request) -> bool:
        token = self._settings.api_token
        given = request.headers.get("Authorization", "")
        expected = f"Bearer {token.get_secret_value()}" if token else ""
        return bool(token) and hmac.compare_digest(
            given.encode(errors="surrogateescape"), expected.encode()
        )

    @web.middleware
    async def _explain_problems(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Problem as problem:
            found = problem
        except web.HTTPRequestEntityTooLarge as error:
            limit = request.app._client_max_size
            found = Problem(400, "body_too_large", {"limit": limit})
            _LOG.debug("request.too_large %s", error.status)
        except web.HTTPNotFound:
            found = Problem(404, "not_found")
        except web.HTTPMethodNotAllowed as error:
            found = Problem(405, "method_not_allowed", headers={"Allow": error.headers["Allow"]})
        except web.HTTPException:
            raise
        except Exception:  # noqa: BLE001 (the last line of defence of every route)
            reference = f"ERR-{secrets.token_hex(4).upper()}"
            _LOG.exception("request.failed reference=%s path=%s", reference, request.path)
            found = Problem(500, "internal", {"reference": reference})
        self._metrics.problems.labels(found.code).inc()
        language = await language_of(request)
        return web.json_response(
            found.as_json(language),
            status=found.status,
            headers=dict(found.headers or {}),
            dumps=_readable_json,
        )
