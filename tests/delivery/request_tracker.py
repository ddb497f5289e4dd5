"""Debian's Request Tracker 5 on a loopback port, on a copy of its freshly installed database."""

import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.delivery.request_tracker import RequestTrackerAccount
from tests.serving import free_port

_PROGRAM = Path("/usr/share/request-tracker5/libexec/rt-server")
_DATABASE = Path("/var/lib/dbconfig-common/sqlite3/request-tracker5/rtdb")
QUEUE = "Migration"
_PASSWORD = "password"  # what the package sets at first
_FIELDS = """
use lib '/usr/share/request-tracker5/lib';
use RT -init;
my $queue = RT::Queue->new(RT->SystemUser);
$queue->Create(Name => 'Migration');
for my $name (@ARGV) {
    my $field = RT::CustomField->new(RT->SystemUser);
    $field->Create(
        Name => $name, Type => 'Freeform', MaxValues => 0, LookupType => 'RT::Queue-RT::Ticket');
    $field->AddToObject($queue);
}
"""


def is_installed() -> bool:
    """Say whether the package is there and its database can be read."""
    return _PROGRAM.exists() and os.access(_DATABASE, os.R_OK)


@dataclass
class RunningTracker:
    """A running RT with the queue and custom fields that docs/delivery.md asks for."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self, fields: list[str]) -> None:
        shutil.copy(_DATABASE, self.folder / "rtdb")
        config = self.folder / "RT_SiteConfig.pm"
        config.write_text(
            "Set($WebPath, ''); Set($DatabaseType, 'SQLite'); "
            f"Set($DatabaseName, '{self.folder}/rtdb'); Set($LogToSTDERR, 'warning'); "
            f"Set($MasonDataDir, '{self.folder}/mason'); Set($MailCommand, 'testfile');"
            "Set($LogToFile, undef); 1;\n"
        )
        # Debian's own fragments would lead back to the installed database.
        (self.folder / "none.d").mkdir()
        environment = {
            **os.environ,
            "RT_SITE_CONFIG": str(config),
            "RT_SITE_CONFIG_DIR": str(self.folder / "none.d"),
        }
        subprocess.run(
            ["perl", "-e", _FIELDS, *fields], env=environment, check=True, capture_output=True
        )
        with (self.folder / "rt.log").open("wb") as log:
            self.process = subprocess.Popen(
                [str(_PROGRAM), "--server", "Standalone", "--port", str(self.port)],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError((self.folder / "rt.log").read_text())

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(timeout=30)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def account(self) -> RequestTrackerAccount:
        return RequestTrackerAccount(self.url, "root", _PASSWORD, QUEUE)

    async def ask(self, method: str, path: str, content: Any = None, **query: str) -> Any:
        """Ask RT as the desk's people would."""
        async with aiohttp.ClientSession(headers=self.account.headers) as session:
            address = f"{self.url}/REST/2.0/{path}"
            async with session.request(method, address, json=content, params=query) as response:
                return await response.json(content_type=None)
