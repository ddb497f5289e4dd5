"""How many connections may be open at once, before a single byte of them is read."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.channels.addresses import Proxies, place_of, read_address
from bot.settings import Settings

_LOG = logging.getLogger(__name__)
# A browser keeps a few more open beside the chat, for pages and files.
_SOCKETS_PER_CHAT = 2
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Retry-After: 30\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class Room:
    """Counts who is in: ``most`` all together, ``per_place`` of one address.

    A trusted proxy speaks for everybody behind it and counts for the total only.
    """

    def __init__(self, most: int, per_place: int, proxies: Proxies) -> None:
        self._most = most
        self._per_place = per_place
        self._proxies = proxies
        self._by_place: Counter[str] = Counter()
        self._total = 0

    def enter(self, peer: str) -> "str | None":
        """Take a seat and give its name; None when there is none left."""
        address = read_address(peer)
        place = place_of(address) if address and not self._proxies.are_trusted(peer) else ""
        is_crowd = bool(place) and self._by_place[place] >= self._per_place
        if self._total >= self._most or is_crowd:
            return None
        self._total += 1
        self._by_place[place] += 1
        return place

    def leave(self, place: str) -> None:
        """Give a seat back."""
        self._total -= 1
        self._by_place[place] -= 1
        if not self._by_place[place]:
            del self._by_place[place]


def room_of(settings: Settings) -> Room:
    """Make the room that the settings allow."""
    per_place = settings.connections_per_address * _SOCKETS_PER_CHAT
    return Room(settings.connections, per_place, Proxies(settings.trusted_proxies))


class LimitedRunner(web.AppRunner):
    """Runs an application behind a door: who finds no seat is told so and sent away."""

    def __init__(self, app: web.Application, room: Room) -> None:
        super().__init__(app, access_log=None)
        self._room = room

    @property
    def server(self) -> web.Server | None:
        """Give what makes a protocol for each connection: all that a site does with it."""
        server = super().server
        return _Door(server, self._room) if server else None  # type: ignore[return-value]


@dataclass(frozen=True)
class _Door:
    server: Callable[[], asyncio.Protocol]
    room: Room

    def __call__(self) -> asyncio.Protocol:
        return _Visit(self)


class _Visit(asyncio.Protocol):
    """One connection; what happens on it is aiohttp's as soon as it has a seat."""

    def __init__(self, door: _Door) -> None:
        self._door = door
        self._place: str | None = None
        self._inner: asyncio.Protocol | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer = transport.get_extra_info("peername")
        self._place = self._door.room.enter(peer[0] if isinstance(peer, tuple) else "")
        if self._place is None:
            _LOG.debug("connection.refused")
            transport.write(_FULL)  # type: ignore[attr-defined]
            transport.close()
            return
        self._inner = self._door.server()
        self._inner.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._place is not None:
            self._door.room.leave(self._place)
        if self._inner:
            self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._inner:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._inner else None

    def pause_writing(self) -> None:
        if self._inner:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._inner:
            self._inner.resume_writing()
