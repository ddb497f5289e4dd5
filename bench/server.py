"""Starting a chat server and measuring it from outside, over its REST webhook."""

import asyncio
import os
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

_START_TIMEOUT_S = 300
_CONCURRENT = 8


@dataclass(frozen=True)
class Figures:
    """What one server showed; times in seconds, memory in megabytes."""

    ready_s: float
    p50_ms: float
    p95_ms: float
    per_second: float
    resident_mb: float


@dataclass(frozen=True)
class Command:
    """How to start a server and where it then answers. ``log``: where its output goes."""

    arguments: Sequence[str]
    folder: Path
    log: Path
    environment: dict[str, str]
    port: int

    @property
    def webhook(self) -> str:
        """Address of the REST channel."""
        return f"http://127.0.0.1:{self.port}/webhooks/rest/webhook"


def measure(command: Command, messages: Sequence[str]) -> Figures:
    """Start the server, ask it ``messages`` one by one and eight at a time."""
    started = time.perf_counter()
    with running(command) as process:
        asyncio.run(_wait_until_it_answers(command, process))
        ready = time.perf_counter() - started
        seconds, rate = asyncio.run(_ask_all(command, messages))
        resident = resident_mb(process.pid)
    ordered = sorted(seconds)
    return Figures(
        ready_s=ready,
        p50_ms=statistics.median(ordered) * 1000,
        p95_ms=ordered[int(len(ordered) * 0.95)] * 1000,
        per_second=rate,
        resident_mb=resident,
    )


@contextmanager
def running(command: Command) -> Iterator[subprocess.Popen[bytes]]:
    """Keep the server running for as long as the block lasts."""
    with command.log.open("wb") as output:
        process = subprocess.Popen(
            command.arguments,
            cwd=command.folder,
            env={**os.environ, **command.environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                # Python hears no signal while a regular expression runs.
                process.kill()
                process.wait()


async def _wait_until_it_answers(command: Command, process: subprocess.Popen[bytes]) -> None:
    deadline = time.perf_counter() + _START_TIMEOUT_S
    async with aiohttp.ClientSession() as session:
        while time.perf_counter() < deadline:
            if process.poll() is not None:
                raise RuntimeError(f"the server stopped; see {command.log}")
            try:
                if await _ask(session, command, "ready", "hello"):
                    return
            except (aiohttp.ClientError, ValueError):
                pass
            await asyncio.sleep(0.1)
    raise RuntimeError(f"no answer within {_START_TIMEOUT_S} s")


async def _ask(
    session: aiohttp.ClientSession, command: Command, sender: str, message: str
) -> list[object]:
    body = {"sender": sender, "message": message}
    headers = {"Authorization": f"Bearer {command.environment.get('CYBO_API_TOKEN', '')}"}
    async with session.post(command.webhook, json=body, headers=headers) as response:
        answer = await response.json()
    return answer if isinstance(answer, list) else []


async def _ask_all(command: Command, messages: Sequence[str]) -> tuple[list[float], float]:
    seconds = []
    async with aiohttp.ClientSession() as session:
        for number, message in enumerate(messages):
            started = time.perf_counter()
            # Five messages a conversation: the cost of a turn grows with what came before.
            await _ask(session, command, f"one-{number // 5}", message)
            seconds.append(time.perf_counter() - started)
        queue = list(enumerate(messages))
        started = time.perf_counter()

        async def visit() -> None:
            while queue:
                number, message = queue.pop()
                await _ask(session, command, f"many-{number}", message)

        await asyncio.gather(*(visit() for _ in range(_CONCURRENT)))
        rate = len(messages) / (time.perf_counter() - started)
    return seconds, rate


def resident_mb(pid: int) -> float:
    """Give the memory that a process occupies."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
