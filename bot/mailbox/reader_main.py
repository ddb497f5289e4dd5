"""The process that reads mails: python -m bot.mailbox.reader_main SOCKET.

It is told its settings, loads the model, and answers one mail after the other. It has no
passwords, no database and no terminal.
"""

import asyncio
import logging
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from bot.mailbox.wire import FAILED, QUARANTINED, READ, READY, encode
from bot.memory import keep_little

if TYPE_CHECKING:
    from bot.mailbox.clerk import Clerk
    from bot.settings import Settings

_NICE = 10
_DATE_CHARS = 10
# Over what the model takes: parsing holds a mail some eight times (measured 28/11/2026).
_ROOM_BYTES = 256 * 1024 * 1024
_ROOM_PER_BYTE = 12
# Its own alarm ends it where the process that asked is no longer there to do so.
_GRACE_S = 2.0


def main(connection: Connection) -> None:
    """Answer mails until the other side is gone."""
    os.nice(_NICE)
    keep_little()
    logging.disable(logging.CRITICAL)
    settings, cpu_seconds, seconds = pickle.loads(connection.recv_bytes())  # noqa: S301 (from our own parent)
    try:
        answer, max_bytes = load(settings)
    except Exception as error:  # noqa: BLE001 (whatever it is, the other process says so)
        connection.send_bytes(encode(FAILED, type(error).__name__, str(error)))
        return
    _limit_memory(_ROOM_BYTES + _ROOM_PER_BYTE * max_bytes)
    connection.send_bytes(encode(READY))
    while True:
        try:
            question = connection.recv_bytes()
        except EOFError:
            return
        # Nothing handles these alarms, so the system ends the process, whatever it computes.
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE_S)
        day, raw = question[:_DATE_CHARS].decode(), question[_DATE_CHARS:]
        connection.send_bytes(answer(raw, date.fromisoformat(day)))
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)


def load(settings: "Settings") -> tuple[Callable[[bytes, date], bytes], int]:
    """Load the model; gives what answers a mail, and the size of the largest."""
    from bot.dialogue.assistant import Assistant
    from bot.dialogue.patches.quiet import quieten, quieten_structlog
    from bot.mailbox.clerk import Clerk

    quieten()
    quieten_structlog()
    assistant = Assistant.load(settings)
    clerk = Clerk(assistant, assistant.responses, settings)
    asyncio.run(assistant.probe())
    return answering(clerk), clerk.limits.max_bytes


def answering(clerk: "Clerk") -> Callable[[bytes, date], bytes]:
    """Give what answers a mail, whatever it is; only death keeps it from it."""
    from bot.mailbox.reading import ReadingFailed, read_whole
    from bot.triage.mail import Quarantined

    def answer(raw: bytes, today: date) -> bytes:
        try:
            return encode(READ, asyncio.run(read_whole(clerk, raw, today)))
        except Quarantined as error:
            return encode(QUARANTINED, error.reason, error.detail)
        except ReadingFailed as error:
            return encode(FAILED, error.reason, error.where)

    return answer


def _limit_memory(room: int) -> None:
    """Let the process take so much more than it has; beyond it an allocation fails."""
    status = Path("/proc/self/status")
    if not status.exists():
        return
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    most = int(lines["VmData"].split()[0]) * 1024 + room
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


if __name__ == "__main__":
    main(Connection(int(sys.argv[1])))
