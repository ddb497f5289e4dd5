"""Many visitors at once on the chat's WebSocket.

python -m bench.chats                 200 chats, each asking something every 5 seconds
python -m bench.chats --chats 400     as many as you like
"""

import argparse
import asyncio
import json
import random
import shutil
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from bench.__main__ import BIN, BUILD, messages
from bench.server import Command, running

_PORT = 8193
_SEED = 1


async def _visit(
    session: aiohttp.ClientSession, questions: Sequence[str], pause_s: float, until: float
) -> list[float]:
    """Chat until the end; gives the seconds from each question to the end of its answer."""
    chance = random.Random(questions[0])
    seconds = []
    await asyncio.sleep(chance.random() * pause_s)
    async with session.ws_connect(f"http://127.0.0.1:{_PORT}/api/v1/chat") as socket:
        await socket.send_json({"v": 1, "type": "hello", "language": "nl"})
        await socket.receive_json()
        for number, question in enumerate(questions):
            if time.perf_counter() > until:
                break
            started = time.perf_counter()
            said = {"v": 1, "type": "message", "id": f"question-{number:04d}", "text": question}
            await socket.send_json(said)
            while (received := await socket.receive_json())["type"] != "done":
                if received["type"] == "error":
                    raise RuntimeError(json.dumps(received))
            seconds.append(time.perf_counter() - started)
            await asyncio.sleep(pause_s * (0.5 + chance.random()))
    return seconds


async def _run(chats: int, pause_s: float, duration_s: float) -> list[float]:
    questions = messages()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await _wait(session)
        # A slow start takes nothing off what is measured.
        until = time.perf_counter() + duration_s
        visits = []
        for number in range(chats):
            own = random.Random(_SEED + number).sample(questions, len(questions))
            visits.append(_visit(session, own, pause_s, until))
        return [second for visit in await asyncio.gather(*visits) for second in visit]


async def _wait(session: aiohttp.ClientSession) -> None:
    while True:
        try:
            async with session.get(f"http://127.0.0.1:{_PORT}/readyz") as response:
                if response.status == 200:
                    return
        except aiohttp.ClientError:
            await asyncio.sleep(0.2)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.chats", description=__doc__)
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--pause", type=float, default=5.0, help="seconds between two questions")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to measure")
    arguments = parser.parse_args()
    folder = BUILD / "chats"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = {
        "CYBO_PORT": str(_PORT),
        "CYBO_DATA_DIR": str(folder),
        "CYBO_MODEL": str(Path("models").absolute()),
        "CYBO_CONNECTIONS_PER_ADDRESS": "100000",
        "CYBO_MESSAGES_PER_MINUTE": "100000",
    }
    command = Command(
        [str(BIN / "cybo"), "serve"], Path.cwd(), folder / "server.log", environment, _PORT
    )
    with running(command):
        seconds = asyncio.run(_run(arguments.chats, arguments.pause, arguments.seconds))
    seconds.sort()
    print(
        f"{arguments.chats} chats, a question each {arguments.pause:.0f} s: "
        f"{len(seconds)} answers, "
        f"p50 {statistics.median(seconds) * 1000:.0f} ms, "
        f"p95 {seconds[int(len(seconds) * 0.95)] * 1000:.0f} ms, "
        f"longest {seconds[-1] * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main()
