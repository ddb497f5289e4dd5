"""The aiohttp application behind `cybo serve`."""

import hmac
import json
import logging
import math
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from aiohttp import web

from bot.channels.addresses import visitor_address
from bot.channels.chat import Chat
from bot.channels.envelopes import Sources
from bot.channels.limits import RateLimit
from bot.channels.metrics import Metrics
from bot.channels.pages import Pages
from bot.channels.problems import Problem
from bot.channels.rest import as_json, language_of, read_message
from bot.channels.sessions import Sessions, signing_key
from bot.channels.socket import ChatEndpoint, Policy
from bot.dialogue.assistant import Assistant
from bot.feedback import FeedbackStore
from bot.keys import NETWORKS, derived
from bot.settings import Settings
from bot.tickets.origin import network_of

_LOG = logging.getLogger(__name__)
# JSON may spend twelve bytes on a character (an emoji as two escapes) and needs room for
# the other fields.
_BYTES_PER_CHAR = 12
_OTHER_FIELDS_BYTES = 4096
# One visitor may paste a handful of messages at once; an office behind one address holds
# twenty visitors.
_BURST_MINUTES = 2
_VISITORS_PER_ADDRESS = 20
# Letters as they are: people read these answers in a terminal.
_readable_json = partial(json.dumps, ensure_ascii=False)


class Service(Protocol):
    """What runs in the background."""

    async def start(self) -> None:
        """Begin."""

    async def stop(self) -> None:
        """End."""


class MailService(Service, Protocol):
    """What watches the mailbox."""

    @property
    def age_s(self) -> float | None:
        """Give the seconds since it was last read through, None before the first time."""


class OutboxService(Service, Protocol):
    """What delivers tickets and answers."""

    def counts(self) -> Mapping[str, int]:
        """Count what waits and what left, by status."""


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Gateway:
    """HTTP routes around one assistant."""

    def __init__(
        self,
        assistant: Assistant,
        settings: Settings,
        feedback: FeedbackStore,
        sources: Sources,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._assistant = assistant
        self._settings = settings
        self._clock = clock
        self.metrics = Metrics()
        rate = settings.messages_per_minute
        self._by_sender = RateLimit(rate, rate * _BURST_MINUTES, clock)
        per_address = rate * _VISITORS_PER_ADDRESS
        self._by_address = RateLimit(per_address, per_address * _BURST_MINUTES, clock)
        self._network = partial(network_of, key=derived(signing_key(settings), NETWORKS)[0])
        self._chat = self._chat_endpoint(feedback, sources)
        self._mail: MailService | None = None
        self._outbox: OutboxService | None = None
        self._others: tuple[Service, ...] = ()
        self._mounted: list[web.RouteDef] = []
        self._is_ready = False

    def application(self) -> web.Application:
        """Build the aiohttp application."""
        application = web.Application(
            middlewares=[self._explain_problems], client_max_size=self._max_bytes
        )
        application.add_routes(
            [
                web.post("/webhooks/rest/webhook", self._rest),
                web.get("/conversations/{sender}/tracker", self._tracker),
                web.get("/livez", self._live),
                web.get("/readyz", self._ready),
                web.get("/metrics", self._render_metrics),
                *Pages(self._settings).routes(),
                *self._chat.routes(),
                *self._mounted,
            ]
        )
        application.on_shutdown.append(self._chat.close)
        application.on_startup.append(self._warm_up)
        application.cleanup_ctx.append(self._beside)
        return application

    def mount(self, routes: Sequence[web.RouteDef]) -> None:
        """Serve more pages on the same port; before ``application``."""
        self._mounted += routes

    def run_beside(
        self, outbox: OutboxService, mail: MailService | None = None, *others: Service
    ) -> None:
        """Deliver, and watch the mailbox, for as long as the application runs."""
        self._outbox, self._mail, self._others = outbox, mail, others

    async def _beside(self, _: web.Application) -> AsyncIterator[None]:
        services = [s for s in (self._outbox, self._mail, *self._others) if s]
        for service in services:
            await service.start()
        yield
        for service in services:
            await service.stop()

    @property
    def _max_bytes(self) -> int:
        return self._settings.max_message_chars * _BYTES_PER_CHAR + _OTHER_FIELDS_BYTES

    def _chat_endpoint(self, feedback: FeedbackStore, sources: Sources) -> ChatEndpoint:
        settings = self._settings
        facts = {
            "contact": {"email": settings.contact_email, "phone": settings.contact_phone},
            "max_chars": settings.max_message_chars,
        }
        sessions = Sessions(signing_key(settings), settings.session_hours * 3600, time.time)
        return ChatEndpoint(
            Chat(self._assistant, sessions, feedback, sources, facts, self._network),
            self.metrics,
            Policy(
                self._limit,
                self._address,
                settings.max_message_chars,
                self._max_bytes,
                settings.allowed_origins,
                settings.connections_per_address,
            ),
        )

    async def _warm_up(self, application: web.Application) -> None:
        await self._assistant.probe()
        self._is_ready = True

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        message = await read_message(request, max_chars=self._settings.max_message_chars)
        if not self._bears_token(request):
            self._limit(message.sender, self._address(request))
            message = replace(message, origin=self._network(self._address(request)))
        started = self._clock()
        replies = await self._assistant.handle(message)
        self.metrics.turn_seconds.labels("rest").observe(self._clock() - started)
        for reply in replies:
            self.metrics.replies.labels("rest", reply.outcome, reply.language).inc()
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
        content: dict[str, object] = {"status": status, "checks": checks}
        if self._mail:
            # For people and alarms: visitors are not sent away because a mail server is.
            age = self._mail.age_s
            content["mailbox_age_s"] = None if age is None else round(age, 1)
        return web.json_response(content, status=200 if status == "ready" else 503)

    async def _render_metrics(self, _: web.Request) -> web.StreamResponse:
        if self._mail and self._mail.age_s is not None:
            self.metrics.mailbox_age.set(self._mail.age_s)
        for status, number in (self._outbox.counts() if self._outbox else {}).items():
            self.metrics.outbox.labels(status).set(number)
        return web.Response(
            body=self.metrics.render(),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )

    def _address(self, request: web.Request) -> str:
        return visitor_address(request, self._settings.proxy_hops)

    def _limit(self, sender: str, address: str) -> None:
        # A visitor who is refused must not use up what his colleagues may send.
        wait = (self._by_sender.wait_s(sender) if sender else 0) or self._by_address.wait_s(address)
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
        self.metrics.problems.labels(found.code).inc()
        language = await language_of(request)
        return web.json_response(
            found.as_json(language),
            status=found.status,
            headers=dict(found.headers or {}),
            dumps=_readable_json,
        )
