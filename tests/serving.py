"""`cybo serve` as its users meet it: a process of its own, on a free port."""

import json
import os
import socket
import time
import urllib.request
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from bot.settings import read_settings
from tests.forked import run_cybo, start_cybo
from tests.logs import assert_nothing_personal

_START_TIMEOUT_S = 90
TOKEN = "token of the tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """`cybo serve` as a visitor meets it; it can be killed and started again."""

    folder: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: BaseProcess | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(encoding="utf-8")

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("CYBO_")},
            "CYBO_DATA_DIR": str(self.folder),
            "CYBO_PORT": str(self.port),
            "CYBO_MESSAGES_PER_MINUTE": "10000",
            "CYBO_API_TOKEN": TOKEN,
            # Servers on one database have to share it; with files each makes its own.
            **({"CYBO_SESSION_KEY": "k" * 32} if "CYBO_DATABASE_URL" in self.settings else {}),
            **self.settings,
        }

    def start(self) -> None:
        self.process = start_cybo(("serve",), self.environment, self.folder / "server.log")
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.exitcode is not None:
                pytest.fail(f"the server stopped: {self.log[-2000:]}")
            try:
                urllib.request.urlopen(f"{self.url}/readyz", timeout=5)
            except OSError:
                time.sleep(0.05)
            else:
                return
        self.kill()
        pytest.fail("the server was not ready in time")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.join(30)
            # Every journey ends here, and none may have told the log about its people.
            environment = self.environment
            assert_nothing_personal(self.log, read_settings(environment), self.settings)

    def say(self, text: str, sender: str = "an", language: str = "nl") -> str:
        """Send a message over REST; gives the whole answer."""
        body = {"sender": sender, "message": text, "metadata": {"language": language}}
        request = urllib.request.Request(
            f"{self.url}/webhooks/rest/webhook",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            return "\n".join(reply["text"] for reply in json.load(response))

    def cybo(self, *words: str) -> Any:
        """Run another command on the same data; gives the JSON that it prints."""
        result = run_cybo(*words, "--json", environment=self.environment)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)
