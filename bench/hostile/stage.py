"""Everything that is attacked, on loopback: `cybo serve`, its mailbox, and where its letters go."""

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from aiosmtpd.controller import Controller

from bench.hostile.kinds import DESK, GATE
from bench.server import Command, running
from tests.mailbox.dovecot import PASSWORD, Dovecot
from tests.serving import free_port

USER = "desk"
TICKETS_TO = "tickets@balans.example"
AGENT, AGENT_PASSWORD = "an", "correct horse battery staple"
TOKEN = "t" * 40
_READY_WITHIN_S = 300
_PROJECT = Path(__file__).parents[2]
_CYBO = str(Path(sys.executable).parent / "cybo")
NAMED = frozenset({"CYBO_MODEL", "CYBO_DATABASE_URL"})
"""Settings that are taken from the shell; all others are the harness's or the defaults."""


@dataclass(frozen=True)
class Sent:
    """A letter that left."""

    recipients: tuple[str, ...]
    raw: bytes
    at: float

    @property
    def text(self) -> str:
        """Give its plain text."""
        body = message_from_bytes(self.raw, policy=default).get_body(("plain",))  # type: ignore[attr-defined]
        return str(body.get_content()) if body else ""


@dataclass
class Letters:
    """A submission server that keeps what it gets (aiosmtpd calls ``handle_DATA``)."""

    sent: list[Sent] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a letter."""
        recipients = tuple(address.lower() for address in envelope.rcpt_tos)
        self.sent.append(Sent(recipients, envelope.content, time.monotonic()))
        return "250 kept"

    def to(self, address: str) -> list[Sent]:
        """Give the letters to an address."""
        return [letter for letter in self.sent if address in letter.recipients]


@dataclass(frozen=True)
class Stage:
    """The running installation. ``pid``: of `cybo serve`."""

    folder: Path
    port: int
    pid: int
    dovecot: Dovecot
    letters: Letters

    @property
    def url(self) -> str:
        """Give its address."""
        return f"http://127.0.0.1:{self.port}"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the installation's database, which others write at the same time."""
        file = f"file:{self.folder / 'data' / 'cybo.db'}?mode=ro"
        with closing(sqlite3.connect(file, uri=True, timeout=10)) as connection:
            return connection.execute(query).fetchall()

    def metrics(self) -> dict[str, float]:
        """Read the metrics that have no labels."""
        request = Request(f"{self.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        with urlopen(request, timeout=30) as response:
            lines = response.read().decode().splitlines()
        bare = (line.split() for line in lines if "{" not in line and not line.startswith("#"))
        return {name: float(value) for name, value, *_ in bare}


@contextmanager
def staged(log: Path) -> Iterator[Stage]:
    """Start everything, and stop it at the end; what the server says goes to ``log``."""
    with tempfile.TemporaryDirectory(prefix="hostile-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        dovecot = Dovecot.start(folder / "dovecot")
        letters = Letters()
        smtp = Controller(letters, hostname="127.0.0.1", port=free_port())
        smtp.start()
        try:
            command = _command(folder, log, dovecot.port, smtp.port)
            _add_agent(command)
            with running(command) as process:
                _wait_until_ready(command, process)
                yield Stage(folder, command.port, process.pid, dovecot, letters)
        finally:
            smtp.stop()
            dovecot.stop()


def _command(folder: Path, log: Path, imap_port: int, smtp_port: int) -> Command:
    port = free_port()
    environment = {
        **{name: "" for name in os.environ if name.startswith("CYBO_") and name not in NAMED},
        "CYBO_DATA_DIR": str(folder / "data"),
        "CYBO_PORT": str(port),
        "CYBO_API_TOKEN": TOKEN,
        "CYBO_MAIL_ADDRESS": DESK,
        "CYBO_CONTACT_EMAIL": DESK,
        "CYBO_MAIL_MODES": "send",
        "CYBO_MAIL_TRUSTED_HOST": GATE,
        # Good people must not go without because the attackers used up what may leave an hour.
        "CYBO_MAIL_PER_HOUR": "5000",
        "CYBO_IMAP_HOST": "127.0.0.1",
        "CYBO_IMAP_PORT": str(imap_port),
        "CYBO_IMAP_SECURITY": "none",
        "CYBO_IMAP_USER": USER,
        "CYBO_IMAP_PASSWORD": PASSWORD,
        "CYBO_SMTP_HOST": "127.0.0.1",
        "CYBO_SMTP_PORT": str(smtp_port),
        "CYBO_SMTP_SECURITY": "none",
        "CYBO_DESK_EMAIL": TICKETS_TO,
    }
    return Command([_CYBO, "serve"], _PROJECT, log, environment, port)


def _add_agent(command: Command) -> None:
    subprocess.run(
        [_CYBO, "desk", "add-user", AGENT, "--role", "agent"],
        cwd=command.folder,
        env={**os.environ, **command.environment},
        input=f"{AGENT_PASSWORD}\n",
        text=True,
        check=True,
        capture_output=True,
    )


def _wait_until_ready(command: Command, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError("the server stopped at once; its log says why")
        try:
            with urlopen(f"http://127.0.0.1:{command.port}/readyz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"the server was not ready within {_READY_WITHIN_S} s")
