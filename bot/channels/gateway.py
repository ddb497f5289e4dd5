"""The aiohttp application behind `cybo serve`."""

import asyncio
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

from bot.channels.addresses import Proxies
from bot.channels.bodies import read_body
from bot.channels.chat import Chat, Limits
from bot.channels.envelopes import Sources
from bot.channels.limits import RateLimit
from bot.channels.loop_monitor import LoopMonitor
from bot.channels.metrics import Metrics
from bot.channels.metrics_port import MetricsPort
from bot.channels.pages import Pages
from bot.channels.problems import Problem
from bot.channels.readiness import Check, Readiness
from bot.channels.rest import as_json, language_asked, language_of, read_message
from bot.channels.sessions import Sessions, signing_key
from bot.channels.socket import ChatEndpoint, Policy
from bot.dialogue.apart import AssistantApart
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
# A connection that says nothing, or is not done with its first line, is closed after so long.
_SILENT_S = 30
# What is left of a body that was refused is read and thrown away for so long, then cut.
_LINGER_S = 2
_COUNTED_EVERY_S = 10
# What a body says is not asked again after it was refused unread.
_UNREAD = frozenset({408, 413, 415})
_CLOSING = frozenset({408, 415, 429, 503})
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
        assistant: AssistantApart,
        settings: Settings,
        feedback: FeedbackStore,
        sources: Sources,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._assistant = assistant
        self._settings = settings
        self._clock = clock
        self.metrics = Metrics()
        self.proxies = Proxies(settings.trusted_proxies)
        self._readiness = Readiness(clock)
        self._readiness.add("trackers", assistant.check_database)
        self._limits = Limits(settings.turns_per_session, settings)
        self._counted_at = -math.inf
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
            middlewares=[self._explain_problems, read_body],
            client_max_size=self._max_bytes,
            handler_args={
                # A small body that swells to gigabytes must not be swollen to be refused.
                "auto_decompress": False,
                "keepalive_timeout": _SILENT_S,
                "lingering_time": _LINGER_S,
            },
        )
        application.add_routes(
            [
                web.post("/webhooks/rest/webhook", self._rest),
                web.get("/conversations/{sender}/tracker", self._tracker),
                web.get("/livez", self._live),
                web.get("/readyz", self._ready),
                web.get("/metrics", self._guarded_metrics),
                *Pages(self._settings).routes(),
                *self._chat.routes(),
                *self._mounted,
            ]
        )
        application.on_shutdown.append(self._chat.close)
        application.cleanup_ctx.append(self._beside)
        return application

    def check(self, name: str, check: Check) -> None:
        """Be ready only while ``check`` passes as well; it raises what ails it."""
        self._readiness.add(name, check)

    def mount(self, routes: Sequence[web.RouteDef]) -> None:
        """Serve more pages on the same port; before ``application``."""
        self._mounted += routes

    def run_beside(
        self, outbox: OutboxService, mail: MailService | None = None, *others: Service
    ) -> None:
        """Deliver, and watch the mailbox, for as long as the application runs."""
        self._outbox, self._mail, self._others = outbox, mail, others

    async def _beside(self, _: web.Application) -> AsyncIterator[None]:
        # First, as what it takes is no stall and nobody is served yet.
        await self._warm_up()
        services = [s for s in (self._outbox, self._mail, *self._own, *self._others) if s]
        for service in services:
            await service.start()
        yield
        for service in services:
            await service.stop()

    @property
    def _own(self) -> list[Service]:
        own: list[Service] = [LoopMonitor("network", self.metrics.stalled)]
        if port := self._settings.metrics_port:
            page = web.get("/metrics", self._render_metrics)
            own.append(MetricsPort(self._settings.metrics_host, port, page))
        return own

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
            Chat(self._assistant, sessions, feedback, sources, facts, self._limits, self._network),
            self.metrics,
            Policy(
                self._limit,
                self._address,
                settings.max_message_chars,
                self._max_bytes,
                settings.allowed_origins,
                settings.connections_per_address,
                settings.connections * 3 // 4,
            ),
        )

    async def _warm_up(self) -> None:
        await self._assistant.probe()
        self._is_ready = True

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        message = await read_message(request, max_chars=self._settings.max_message_chars)
        if not self._bears_token(request):
            self._limit(message.sender, self._address(request))
            message = replace(message, origin=self._network(self._address(request)))
        started = self._clock()
        full = await self._limits.refuse(self._assistant, message.sender, message.language)
        replies = [full] if full else await self._assistant.handle(message)
        self.metrics.turn_seconds.labels("rest").observe(self._clock() - started)
        for reply in replies:
            self.metrics.replies.labels("rest", reply.outcome, reply.language).inc()
        return web.json_response(as_json(message.sender, replies), dumps=_readable_json)

    async def _tracker(self, request: web.Request) -> web.StreamResponse:
        self._demand_token(request)
        state = await self._assistant.tracker_json(request.match_info["sender"])
        return web.json_response(text=await asyncio.to_thread(_as_long_json, state))

    async def _live(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "alive"})

    async def _ready(self, _: web.Request) -> web.StreamResponse:
        checks = {"model": self._is_ready, **await self._readiness.look()}
        status = "ready" if all(checks.values()) else "not ready"
        content: dict[str, object] = {"status": status, "checks": checks}
        if self._mail:
            # For people and alarms: visitors are not sent away because a mail server is.
            age = self._mail.age_s
            content["mailbox_age_s"] = None if age is None else round(age, 1)
        return web.json_response(content, status=200 if status == "ready" else 503)

    async def _guarded_metrics(self, request: web.Request) -> web.StreamResponse:
        self._demand_token(request)
        return await self._render_metrics(request)

    async def _render_metrics(self, _: web.Request) -> web.StreamResponse:
        if self._mail and self._mail.age_s is not None:
            self.metrics.mailbox_age.set(self._mail.age_s)
        await self._count_outbox()
        return web.Response(
            body=self.metrics.render(),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )

    async def _count_outbox(self) -> None:
        """Count what waits, at most every few seconds: the outbox only grows."""
        if self._outbox is None or self._clock() - self._counted_at < _COUNTED_EVERY_S:
            return
        self._counted_at = self._clock()
        for status, number in (await asyncio.to_thread(self._outbox.counts)).items():
            self.metrics.outbox.labels(status).set(number)

    def _address(self, request: web.Request) -> str:
        return self.proxies.visitor(request)

    def _demand_token(self, request: web.Request) -> None:
        if self._settings.api_token is None:
            raise Problem(404, "not_found")
        if not self._bears_token(request):
            raise Problem(401, "unauthorized", headers={"WWW-Authenticate": "Bearer"})

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
            limit = request.client_max_size
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
            _LOG.exception("request.failed reference=%s path=%r", reference, request.path)
            found = Problem(500, "internal", {"reference": reference})
        self.metrics.problems.labels(found.code).inc()
        language = await language_of(request) if found.status not in _UNREAD else None
        response = web.json_response(
            found.as_json(language or language_asked(request)),
            status=found.status,
            headers=dict(found.headers or {}),
            dumps=_readable_json,
        )
        if found.status in _CLOSING:
            # Whoever goes on all the same has to knock again.
            response.force_close()
        return response


def _as_long_json(value: object) -> str:
    """Write megabytes of JSON piece by piece.

    ``json.dumps`` is one call in C that lets no other thread run: a tracker of 2,000 turns
    stopped the event loop for 0.6 s, from whichever thread it was written.
    """
    return "".join(json.JSONEncoder().iterencode(value))
