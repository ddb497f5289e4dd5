"""Hostile clients of the chat's WebSocket: floods, frames that no browser sends, crowds."""

import asyncio
import json

import aiohttp

from bench.hostile.attacker import CHAT, HELLO, MB, Attack, Attacker
from bench.hostile.tally import PATIENCE_S

_SILENCE_S = 5.0


async def _websocket_flood(attacker: Attacker) -> None:
    """Send envelopes faster than one may, and never wait for an answer."""
    async with attacker.session.ws_connect(f"{attacker.stage.url}{CHAT}") as socket:
        await socket.send_json(HELLO)
        for number in range(300):
            said = {"v": 1, "type": "message", "id": f"flood-{number:05}", "text": "hoi"}
            await socket.send_json(said)
            await socket.ping(b"x" * 100)
        refused = 0
        async for received in socket:
            refused += json.loads(received.data).get("type") == "error"
            if refused >= 10:
                break
        attacker.tally.note("websocket_flood", "done")


async def _send_text(attacker: Attacker, text: str, *, compress: int = 0) -> None:
    """Send one text and note of what sort the first answer is."""
    url = f"{attacker.stage.url}{CHAT}"
    try:
        async with attacker.session.ws_connect(url, compress=compress, max_msg_size=0) as socket:
            await socket.send_str(text)
            kind = (await socket.receive(_SILENCE_S)).type.name.lower()
    except asyncio.TimeoutError:
        kind = "silent"
    except (aiohttp.ClientError, OSError):
        kind = "closed"
    attacker.tally.note("websocket_frames", kind)


async def _websocket_frames(attacker: Attacker) -> None:
    """Frames that are too large, that claim to be, or that no client may send."""
    for text in ("x" * 5 * MB, "[" * 50_000, "{}", "null", '{"v": 1, "type": []}', "\ud7ff"):
        await _send_text(attacker, text)
    # Compressed by the protocol's own extension: a small frame that unpacks to 20 MB.
    await _send_text(attacker, "x" * 20 * MB, compress=15)
    upgrade = (
        f"GET {CHAT} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ).encode()
    for frame in (
        b"\x81\xff" + b"\x7f" + b"\xff" * 7 + b"mask",
        b"\x81\x05hello",
        b"\xf1\x85mask\0\0\0\0\0",
        b"\x89\xfe\xff\xff" + bytes(70_000),
        b"\x01\x80mask" + b"\x00\x80mask" * 2_000,
        b"\x88\x82mask\0\0",
    ):
        await attacker.send("websocket_frames", upgrade + frame)


async def _many_chats(attacker: Attacker) -> None:
    """Open as many chats as one address may, and more."""

    async def sit() -> None:
        async with attacker.session.ws_connect(f"{attacker.stage.url}{CHAT}") as socket:
            await socket.send_json(HELLO)
            await socket.receive(timeout=PATIENCE_S)
            await asyncio.sleep(3)
            attacker.tally.note("many_chats", "kept open")

    await attacker.together("many_chats", [sit() for _ in range(300)])


ATTACKS: dict[str, Attack] = {
    "websocket_frames": _websocket_frames,
    "websocket_flood": _websocket_flood,
    "many_chats": _many_chats,
}
