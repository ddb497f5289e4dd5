"""What every attack by HTTP has in its hands."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp

from bench.hostile.stage import Stage
from bench.hostile.tally import PATIENCE_S, Tally

SOURCE = "127.0.0.77"
REST, CHAT = "/webhooks/rest/webhook", "/api/v1/chat"
HELLO = {"v": 1, "type": "hello", "language": "nl"}
MB = 1_000_000
_SILENCE_S = 5.0


@dataclass
class Attacker:
    """Where to send to, and where to note what came back."""

    stage: Stage
    tally: Tally
    session: aiohttp.ClientSession
    chance: random.Random

    async def post(self, kind: str, data: bytes, path: str = REST, **headers: str) -> None:
        """Post a body; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named = {"Content-Type": "application/json", **named}
        url = f"{self.stage.url}{path}"
        try:
            async with self.session.post(url, data=data, headers=named) as answer:
                self.tally.note(kind, str(answer.status))
        except (aiohttp.ClientError, OSError):
            # Cut off in the middle: what a server does to whom it has seen through.
            self.tally.note(kind, "closed")

    @contextlib.asynccontextmanager
    async def connection(
        self,
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """Open a bare connection, to send what no client would."""
        opening = asyncio.open_connection("127.0.0.1", self.stage.port, local_addr=(SOURCE, 0))
        reader, writer = await asyncio.wait_for(opening, PATIENCE_S)
        try:
            yield reader, writer
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def send(self, kind: str, raw: bytes) -> None:
        """Send bytes and note the status of the first answer."""
        try:
            async with self.connection() as (reader, writer):
                writer.write(raw)
                await writer.drain()
                self.tally.note(kind, await _status(reader))
        except asyncio.TimeoutError:
            # Rightly so, where the server waits for the rest of a body.
            self.tally.note(kind, "silent")
        except (OSError, ValueError):
            self.tally.note(kind, "closed")

    async def together(self, kind: str, attacks: Sequence[Awaitable[None]]) -> None:
        """Make attacks at the same time; those that were turned away count as refused."""
        for outcome in await asyncio.gather(*attacks, return_exceptions=True):
            if isinstance(outcome, aiohttp.WSServerHandshakeError):
                self.tally.note(kind, str(outcome.status))
            elif isinstance(outcome, Exception):
                self.tally.note(kind, "refused")


async def _status(reader: asyncio.StreamReader) -> str:
    line = await asyncio.wait_for(reader.readline(), _SILENCE_S)
    words = line.decode("latin-1").split()
    return words[1] if len(words) > 1 else "closed"


Attack = Callable[[Attacker], Awaitable[None]]
