"""A process that reads mails, apart from the one that serves visitors.

Whatever a mail does to its reader, the process that chats notices nothing: it gives each
mail a time, the system gives the reader a memory, and who exceeds either is replaced.
"""

import asyncio
import logging
import os
import pickle
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from multiprocessing.connection import Connection
from typing import Any

from pydantic import SecretStr

from bot.mailbox.reading import ReaderAway, Reading, ReadingFailed
from bot.mailbox.wire import FAILED, QUARANTINED, READ, READY, decode
from bot.settings import Settings
from bot.triage.mail import Mail, Quarantined

_LOG = logging.getLogger(__name__)
CPU_SECONDS = 20.0
"""How long a mail may compute: an ordinary one takes 20 ms, 23 MB of attachments 5 s."""

MAIL_SECONDS = 60.0
"""How long it may take in all, on a machine that is busy with visitors."""

_LOAD_SECONDS = 300.0
_COMMAND = (sys.executable, "-m", "bot.mailbox.reader_main")
_ANY_DAY = date(2000, 1, 1)
_MAX_ANSWER_BYTES = 256 * 1024 * 1024
# One thread each: the reader must leave the other cores to those who wait for an answer.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class ReaderApart:
    """Reads in a process of its own, one mail at a time; may be asked from any thread.

    ``command``: what is started, with the number of its socket added; ``seconds`` and
    ``cpu_seconds``: what a mail may take. The process ends with this one: its socket closes,
    and no mail outlives its alarm.
    """

    def __init__(
        self,
        settings: Settings,
        command: Sequence[str] = _COMMAND,
        *,
        seconds: float = MAIL_SECONDS,
        cpu_seconds: float = CPU_SECONDS,
        load_seconds: float = _LOAD_SECONDS,
    ) -> None:
        self._settings = _without_secrets(settings)
        self._command = command
        self._seconds = seconds
        self._cpu_seconds = cpu_seconds
        self._load_seconds = load_seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._is_closed = False
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Number the process, while it runs."""
        return self._child.pid if self._child else None

    async def start(self) -> None:
        """Begin to load, in the background."""
        self._task = asyncio.create_task(self._load())

    async def stop(self) -> None:
        """End the process; a mail that it was reading is read at the next start."""
        self._is_closed = True
        self._kill()
        if self._task:
            await asyncio.gather(self._task, return_exceptions=True)

    async def ready(self) -> None:
        """Wait until mails can be read. Raises: ReaderAway."""
        await asyncio.to_thread(self._ready)

    async def read(self, raw: bytes, today: date) -> Reading:
        """Read a mail. Raises: Quarantined, ReadingFailed or ReaderAway."""
        return await asyncio.to_thread(self._read, raw, today)

    def read_now(self, raw: bytes) -> Mail:
        """Parse a mail for who waits in a thread. Raises: as ``read``."""
        return self._read(raw, _ANY_DAY).mail

    async def _load(self) -> None:
        try:
            await self.ready()
        except ReaderAway as error:
            _LOG.error("reader.away %s", error)

    def _ready(self) -> None:
        with self._lock:
            self._running()

    def _read(self, raw: bytes, today: date) -> Reading:
        with self._lock:
            connection = self._running()
            kind, content = self._asked(connection, today.isoformat().encode() + raw)
        if kind == READ and isinstance(content[0], Reading):
            return content[0]
        if kind == QUARANTINED:
            raise Quarantined(*map(str, content))
        raise ReadingFailed(*map(str, content))

    def _asked(self, connection: Connection, question: bytes) -> tuple[str, tuple[Any, ...]]:
        try:
            connection.send_bytes(question)
            if not connection.poll(self._seconds):
                raise ReadingFailed("too_slow", may_pass=True)
            return decode(connection.recv_bytes(_MAX_ANSWER_BYTES))
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            self._kill()
            if self._is_closed:
                raise ReaderAway("the reader was stopped") from error
            raise ReadingFailed("reader_died", may_pass=True) from error
        except BaseException:
            self._kill()
            raise

    def _running(self) -> Connection:
        """Give the way to the process, started anew when it has ended."""
        if self._is_closed:
            raise ReaderAway("the reader was stopped")
        if self._connection and self._child and self._child.poll() is None:
            return self._connection
        self._kill()
        connection = self._started()
        try:
            kind, content = (
                decode(connection.recv_bytes())
                if connection.poll(self._load_seconds)
                else (FAILED, ("too_slow", ""))
            )
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            kind, content = FAILED, (type(error).__name__, "")
        if kind != READY:
            self._kill()
            raise ReaderAway(f"the process that reads mails did not start: {content}")
        _LOG.info("reader.ready")
        return connection

    def _started(self) -> Connection:
        ours, theirs = socket.socketpair()
        with theirs:
            self._child = subprocess.Popen(  # noqa: S603 (our own program)
                [*self._command, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # What libraries print may hold words of a mail.
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,
            )
        self._connection = Connection(ours.detach())
        self._connection.send_bytes(
            pickle.dumps((self._settings, self._cpu_seconds, self._seconds))
        )
        return self._connection

    def _kill(self) -> None:
        child, connection = self._child, self._connection
        self._child = None
        if child:
            child.kill()
            child.wait()
        # Who waits for its answer in another thread is told by the end of the process.
        if connection and not self._is_closed:
            self._connection = None
            with suppress(OSError):
                connection.close()


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("CYBO_")}
    return {**own, **dict.fromkeys(_THREADS, "1")}


def _without_secrets(settings: Settings) -> Settings:
    """Leave out what the reader has no use for, the databases among it."""
    secrets = {name: None for name, value in settings if isinstance(value, SecretStr)}
    return settings.copy(update={**secrets, "database_url": SecretStr("sqlite://")})
