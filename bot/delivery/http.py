"""Asking other people's servers, and what their silence means."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.delivery.outbox import InDoubt, Refused, TryLater

_TIMEOUT = aiohttp.ClientTimeout(total=30)
_MAX_ANSWER_BYTES = 1_000_000
# Answers that the same request may yet turn into another: wrong time, not wrong request.
_PASSING = frozenset({408, 423, 425, 429})


@dataclass(frozen=True)
class Answer:
    """A server's answer. ``content``: its JSON, None when it is none."""

    status: int
    content: Any


async def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    query: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request.

    Raises: TryLater, when it cannot have arrived or the server is busy; InDoubt, when
    it may have; Refused, when the server understands and will not.
    """
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.request(
                method, url, headers=dict(headers), data=body, params=query, allow_redirects=False
            ) as response,
        ):
            return _judged(Answer(response.status, _json(await _whole(response))), url)
    except aiohttp.ClientConnectorError as error:
        raise TryLater(f"{url}: {type(error).__name__}") from error
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        raise InDoubt(f"{url}: {type(error).__name__}") from error


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    """Read an answer to its end; one that never ends is as good as none.

    Not by ``content.read(n)``: that gives what has come by now, of a chunked answer a part.
    """
    raw = bytearray()
    async for block in response.content.iter_any():
        raw += block
        if len(raw) > _MAX_ANSWER_BYTES:
            return b""
    return bytes(raw)


def _judged(answer: Answer, url: str) -> Answer:
    if answer.status < 300:
        return answer
    words = f"{url}: answered {answer.status}"
    if answer.status >= 500:
        # A proxy answers 502 and 504 for a server that may have done its work.
        raise InDoubt(words)
    if answer.status in _PASSING:
        raise TryLater(words)
    raise Refused(words)


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
