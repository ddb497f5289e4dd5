"""`/api/v1/chat`: the chat's envelopes over WebSocket, or one by one over HTTP.

Close codes: 1001 the server restarts, 1009 an envelope is too large, 1011 something went
wrong here (the reason is a reference to its line in the log), 4400 too many
envelopes were wrong, 4408 no hello came in time, 4429 messages kept coming after many were
refused. A browser may come back after each.
"""

import asyncio
import json
import logging
import secrets
import time
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial

from aiohttp import WSCloseCode, WSMsgType, web

from bot.channels.chat import CHANNEL, Chat
from bot.channels.envelopes import (
    VERSION,
    Envelope,
    Hello,
    Said,
    Thumb,
    problem_as_json,
    read_envelope,
    read_json,
)
from bot.channels.metrics import Metrics
from bot.channels.problems import Problem, preferred_language
from bot.language import LANGUAGES

_LOG = logging.getLogger(__name__)
_HEARTBEAT_S = 25  # proxies close a connection that is silent for 30 or 60 seconds
_HELLO_WITHIN_S = 10
_MAX_STRIKES = 10
# Somebody who waits as long as told is never refused so often in a row.
_MAX_REFUSED = 20
_WRONG_ENVELOPES, _NO_HELLO, _FLOODING = 4400, 4408, 4429
_NEWCOMER = ""  # names no conversation yet
_dumps = partial(json.dumps, ensure_ascii=False)


@dataclass(frozen=True)
class Policy:
    """Who may connect and how much one may send.

    ``limit``: takes a conversation, if there is one, and an address; raises Problem when
    either sends too much. ``address``: names the address of a request.
    """

    limit: Callable[[str, str], None]
    address: Callable[[web.Request], str]
    max_chars: int
    max_bytes: int
    allowed_origins: tuple[str, ...]
    connections_per_address: int
    connections: int


class ChatEndpoint:
    """The routes of the chat."""

    def __init__(self, chat: Chat, metrics: Metrics, policy: Policy) -> None:
        self._chat = chat
        self._metrics = metrics
        self._policy = policy
        self._open: weakref.WeakSet[web.WebSocketResponse] = weakref.WeakSet()
        self._by_address: Counter[str] = Counter()

    def routes(self) -> list[web.RouteDef]:
        """List the routes."""
        path = "/api/v1/chat"
        return [
            web.get(path, self._connect),
            web.post(path, self._post),
            web.options(path, self._preflight),
        ]

    async def close(self, _: web.Application) -> None:
        """Tell every open chat that the server stops; each comes back by itself."""
        for socket in [socket for socket in set(self._open) if socket.prepared]:
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"restart")

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        self._check_origin(request)
        address = self._policy.address(request)
        if self._by_address[address] >= self._policy.connections_per_address:
            raise Problem(429, "too_many_connections", headers={"Retry-After": "60"})
        if len(self._open) >= self._policy.connections:
            raise Problem(503, "too_many_visitors", headers={"Retry-After": "60"})
        # Uncompressed: what is limited is what arrives, and no chat keeps zlib's windows.
        socket = web.WebSocketResponse(
            heartbeat=_HEARTBEAT_S, max_msg_size=self._policy.max_bytes, compress=False
        )
        self._open.add(socket)
        self._by_address[address] += 1
        self._metrics.open_chats.inc()
        try:
            await socket.prepare(request)
            await self._converse(socket, address, _language_of(request))
        except ConnectionResetError:
            _LOG.debug("chat.gone")
        except Exception:  # noqa: BLE001 (an answer over HTTP is no longer possible here)
            reference = f"ERR-{secrets.token_hex(4).upper()}"
            _LOG.exception("chat.failed reference=%s", reference)
            await socket.close(code=WSCloseCode.INTERNAL_ERROR, message=reference.encode())
        finally:
            self._metrics.open_chats.dec()
            self._open.discard(socket)
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]
        return socket

    async def _post(self, request: web.Request) -> web.StreamResponse:
        headers = self._cors(request)
        envelope = await _read(request)
        language = envelope.get("language")
        language = str(language) if language in LANGUAGES else _language_of(request)
        try:
            answers = [
                sent async for sent in self._answer_post(envelope, self._policy.address(request))
            ]
        except Problem as problem:
            answers = [self._refuse(problem, language, envelope)]
        return web.json_response(
            {"v": VERSION, "envelopes": answers}, headers=headers, dumps=_dumps
        )

    async def _preflight(self, request: web.Request) -> web.StreamResponse:
        allowed = {
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "Content-Type",
            "Access-Control-Max-Age": "86400",
        }
        return web.Response(status=204, headers={**self._cors(request), **allowed})

    async def _answer_post(self, envelope: Envelope, address: str) -> AsyncIterator[Envelope]:
        understood = read_envelope(envelope, max_chars=self._policy.max_chars)
        if isinstance(understood, Hello):
            self._policy.limit(_NEWCOMER, address)
            yield (await self._chat.welcome(understood))[1]
            return
        conversation = self._chat.conversation(envelope.get("session"))
        if conversation is None:
            raise Problem(401, "session_expired")
        async for sent in self._carry_out(understood, conversation, address):
            yield sent

    async def _converse(
        self, socket: web.WebSocketResponse, address: str, language: str | None
    ) -> None:
        """Serve one open chat until its browser leaves, never says hello or talks nonsense."""
        conversation, strikes, refused = "", 0, 0
        while True:
            timeout = None if conversation else _HELLO_WITHIN_S
            try:
                received = await socket.receive(timeout=timeout)
            except asyncio.TimeoutError:
                await socket.close(code=_NO_HELLO, message=b"no hello")
                return
            if received.type is not WSMsgType.TEXT:
                return
            envelope: Envelope = {}
            try:
                envelope = read_json(received.data)
                understood = read_envelope(envelope, max_chars=self._policy.max_chars)
                if isinstance(understood, Hello):
                    self._policy.limit(_NEWCOMER, address)
                    conversation, welcome = await self._chat.welcome(understood)
                    language = str(welcome["language"])
                    await socket.send_json(welcome, dumps=_dumps)
                    continue
                if not conversation:
                    raise Problem(400, "hello_first")
                async for sent in self._carry_out(understood, conversation, address):
                    language = sent.get("language", language)
                    await socket.send_json(sent, dumps=_dumps)
                refused = 0
            except Problem as problem:
                await socket.send_json(self._refuse(problem, language, envelope), dumps=_dumps)
                strikes += problem.status == 400
                refused += problem.status == 429
                if strikes >= _MAX_STRIKES:
                    await socket.close(code=_WRONG_ENVELOPES, message=b"too many wrong envelopes")
                    return
                if refused >= _MAX_REFUSED:
                    await socket.close(code=_FLOODING, message=b"too many messages")
                    return

    def _refuse(self, problem: Problem, language: str | None, envelope: Envelope) -> Envelope:
        """Count a problem and write it in the visitor's language."""
        self._metrics.problems.labels(problem.code).inc()
        to = envelope.get("id")
        return problem_as_json(problem, language, to if isinstance(to, str) else None)

    async def _carry_out(
        self, understood: Said | Thumb, conversation: str, address: str
    ) -> AsyncIterator[Envelope]:
        self._policy.limit(conversation, address)
        if isinstance(understood, Thumb):
            yield await self._chat.note(conversation, understood)
            return
        started = time.perf_counter()
        async for sent in self._chat.answer(conversation, understood, address):
            if sent["type"] == "reply":
                self._metrics.replies.labels(CHANNEL, sent["outcome"], sent["language"]).inc()
            yield sent
        self._metrics.turn_seconds.labels(CHANNEL).observe(time.perf_counter() - started)

    def _check_origin(self, request: web.Request) -> str:
        """Let our own pages in and those on the list; programs send no origin at all."""
        origin = request.headers.get("Origin", "")
        host = origin.partition("://")[2]
        if origin and host != request.host and origin not in self._policy.allowed_origins:
            raise Problem(403, "origin_not_allowed", {"origin": origin[:100]})
        return origin

    def _cors(self, request: web.Request) -> dict[str, str]:
        origin = self._check_origin(request)
        return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"} if origin else {}


async def _read(request: web.Request) -> Envelope:
    try:
        text = await request.text()
    except (ValueError, LookupError) as error:
        # An alphabet that nobody knows, or bytes that are none of it.
        raise Problem(400, "invalid_json") from error
    return read_json(text)


def _language_of(request: web.Request) -> str | None:
    return preferred_language(request.headers.get("Accept-Language", ""))
