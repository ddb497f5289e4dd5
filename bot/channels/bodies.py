"""Reading what a request brings: as it is, within its limit, and not for ever."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.channels.problems import Problem

BODY_WITHIN_S = 15.0
"""A body that our limits let through takes a second on a slow line."""

_IDENTITY = "identity"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def read_body(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Read the body before anybody looks at it.

    Raises: Problem, when it is compressed, which hides its size (RFC 9110 §15.5.16), or does
    not arrive in time; aiohttp's own when it is too large.
    """
    if request.body_exists:
        if request.headers.get("Content-Encoding", _IDENTITY).strip().lower() != _IDENTITY:
            raise Problem(415, "content_encoding", headers={"Accept-Encoding": _IDENTITY})
        await _read(request)
    return await handler(request)


async def _read(request: web.Request) -> None:
    announced = request.content_length or 0
    if announced > request.client_max_size:
        raise web.HTTPRequestEntityTooLarge(request.client_max_size, announced)
    if request.content.is_eof():
        await request.read()
        return
    try:
        await asyncio.wait_for(request.read(), BODY_WITHIN_S)
    except asyncio.TimeoutError as error:
        raise Problem(408, "too_slow") from error
