"""Hostile HTTP clients: slow, too large, compressed, pipelined, malformed; all bounded."""

import asyncio
import gzip
import json
import random
import time
import zlib
from collections.abc import AsyncIterator, Sequence
from functools import cache

import aiohttp

from bench.hostile import websockets
from bench.hostile.attacker import CHAT, MB, REST, SOURCE, Attack, Attacker
from bench.hostile.good import sign_in
from bench.hostile.stage import AGENT, Stage
from bench.hostile.tally import PATIENCE_S, Tally

_BOMB_MB = 400
_SLOW_S = 10.0
_MESSAGE = {"sender": "mallory-http", "message": "hoi"}


@cache
def _bomb(container: str) -> bytes:
    """Pack 400 MB of one letter: a block that ends on a byte may simply be repeated."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(b"a" * MB) + packer.flush(zlib.Z_FULL_FLUSH)
    head = gzip.compress(b"")[:10] if container == "gzip" else b"\x78\xda"
    return head + block * _BOMB_MB


async def _compressed(attacker: Attacker) -> None:
    for encoding in ("deflate", "gzip"):
        for path in (REST, CHAT, "/desk/sign-in"):
            bomb = _bomb(encoding)
            await attacker.post("compressed", bomb, path, Content_Encoding=encoding)
    for encoding in ("br", "zstd", "gzip, gzip", "identity, deflate", "x"):
        await attacker.post("compressed", b"x" * 1_000, Content_Encoding=encoding)


async def _slow(attacker: Attacker) -> None:
    """Thirty headers and thirty bodies that arrive a byte at a time."""
    header = b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: "
    body = b"POST " + REST.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{"

    async def drip(start: bytes) -> None:
        async with attacker.connection() as (_, writer):
            writer.write(start)
            end = time.monotonic() + _SLOW_S
            while time.monotonic() < end:
                writer.write(b"a")
                await writer.drain()
                await asyncio.sleep(1)
            attacker.tally.note("slow", "kept open")

    await attacker.together("slow", [drip(header) for _ in range(30)])
    await attacker.together("slow", [drip(body) for _ in range(30)])


async def _connections(attacker: Attacker) -> None:
    """Open five hundred connections that say nothing."""

    async def idle() -> None:
        async with attacker.connection():
            await asyncio.sleep(5)
            attacker.tally.note("connections", "kept open")

    await attacker.together("connections", [idle() for _ in range(500)])


async def _pipelined(attacker: Attacker) -> None:
    one = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
    body = json.dumps(_MESSAGE).encode()
    other = (
        b"POST " + REST.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body) + body
    )
    await attacker.send("pipelined", one * 2_000)
    await attacker.send("pipelined", other * 200)


async def _malformed(attacker: Attacker) -> None:
    head = b" HTTP/1.1\r\nHost: x\r\n"
    rest = b"POST " + REST.encode() + head + b"Content-Type: application/json\r\n"
    for raw in (
        b"GET /" + b"a" * 100_000 + head + b"\r\n",
        b"GET /%0d%0aX:%20y/%00/%ff" + head + b"\r\n",
        b"GET /widget/../../../etc/passwd" + head + b"\r\n",
        b"GET //evil.example/%2e%2e/desk" + head + b"\r\n",
        b"BREW /livez" + head + b"\r\n",
        b"GET /livez HTTP/9.9\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /livez" + head + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET /livez" + head + b"X: y\r\n" * 5_000 + b"\r\n",
        rest + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x",
        rest + b"Content-Length: -1\r\n\r\n{}",
        rest + b"Content-Length: 99999999999999999999\r\n\r\n{}",
        rest + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
        rest + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        bytes(10_000) + b"\r\n\r\n",
    ):
        await attacker.send("malformed", raw)


async def _odd_json(attacker: Attacker) -> None:
    bodies = (
        b"[" * 40_000,
        b'{"a":' * 8_000,
        b'{"sender": "x", "message": "\\ud800 \\udfff"}',
        b'{"sender": "\\ud800", "message": "hoi"}',
        b'{"sender": "x", "message": "\xff\xfe\xed\xa0\x80"}',
        b'{"sender": "x", "message": ' + b"9" * 5_000 + b"}",
        b'{"sender": "x", "message": {"a": [1]}}',
        b'{"sender": ["x"], "message": "hoi", "metadata": [1]}',
        b'{"sender": "x", "message": "hoi", "metadata": {"language": {"a": 1}}}',
        b'{"sender": "readyz", "message": "hoi"}',
        b'{"sender": "mail:1", "message": "hoi"}',
        b'{"sender": "widget:1", "message": "hoi"}',
        b'{"sender": "a/../b\\u0000", "message": "hoi"}',
        b'{"v": 1, "type": "hello", "session": ' + b'"a"' + b"}",
        b'{"v": 1e999, "type": NaN}',
        b"null",
        b"",
    )
    for body in bodies:
        for path in (REST, CHAT):
            await attacker.post("odd_json", body, path)
    for charset in ("foo", "utf-7", "utf-16", "idna", "zlib", "undefined"):
        kind = f"application/json; charset={charset}"
        for path in (REST, CHAT):
            await attacker.post("odd_json", b'{"sender": "x"}', path, Content_Type=kind)


async def _large(attacker: Attacker) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b" " * 50_000

    for path in (REST, CHAT, "/desk/sign-in"):
        await attacker.post("large", b" " * 10 * MB, path)
        async with attacker.session.post(f"{attacker.stage.url}{path}", data=endless()) as answer:
            attacker.tally.note("large", str(answer.status))


async def _forwarded(attacker: Attacker) -> None:
    """Claim another address with every request, to send more than one may."""
    for number in range(150):
        address = f"10.{number}.0.1"
        body = json.dumps({**_MESSAGE, "message": "" if number % 5 else "hoi"}).encode()
        await attacker.post("forwarded", body, X_Forwarded_For=address, Forwarded=f"for={address}")


async def _guessed_passwords(attacker: Attacker) -> None:
    """Guess the password of somebody who works here, and of nobody."""
    for number in range(12):
        name = AGENT if number % 3 else f"nobody{number}"
        connector = aiohttp.TCPConnector(local_addr=(SOURCE, 0))
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
            status = await sign_in(session, attacker.stage.url, name, f"guess {number}")
        attacker.tally.note("guessed_passwords", str(status))
    forged = {"X-Remote-User": AGENT, "Cookie": "cybo_desk=" + "a" * 3_000}
    for path in ("/desk/tickets", "/desk/tickets.json", "/metrics", "/conversations/x/tracker"):
        async with attacker.session.get(
            f"{attacker.stage.url}{path}", headers=forged, allow_redirects=False
        ) as answer:
            attacker.tally.note("guessed_passwords", str(answer.status))


ATTACKS: dict[str, Attack] = {
    "odd_json": _odd_json,
    "malformed": _malformed,
    "compressed": _compressed,
    **websockets.ATTACKS,
    "guessed_passwords": _guessed_passwords,
    "pipelined": _pipelined,
    "forwarded": _forwarded,
    "large": _large,
    "slow": _slow,
    "connections": _connections,
}


async def attack(
    stage: Stage, tally: Tally, chance: random.Random, until: float, names: Sequence[str]
) -> None:
    """Make the named attacks one after the other, over and over until it is over."""
    timeout = aiohttp.ClientTimeout(total=2 * PATIENCE_S)
    connector = aiohttp.TCPConnector(local_addr=(SOURCE, 0), limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        attacker = Attacker(stage, tally, session, chance)
        while time.monotonic() < until and names:
            for name in names:
                if time.monotonic() > until:
                    return
                await _bounded(attacker, name)
                await asyncio.sleep(0.5)


async def _bounded(attacker: Attacker, name: str) -> None:
    try:
        await asyncio.wait_for(ATTACKS[name](attacker), PATIENCE_S)
    except asyncio.TimeoutError:
        attacker.tally.note(name, "timeout")
    except (aiohttp.ClientError, OSError, ValueError):
        attacker.tally.note(name, "closed")
