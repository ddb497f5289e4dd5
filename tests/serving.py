"""`cybo serve` as its users meet it: a process of its own, on a free port."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_START_TIMEOUT_S = 90


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
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(encoding="utf-8")

    def start(self) -> None:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CYBO_")},
            "CYBO_DATA_DIR": str(self.folder),
            "CYBO_PORT": str(self.port),
            "CYBO_MESSAGES_PER_MINUTE": "10000",
            **self.settings,
        }
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(Path(sys.executable).parent / "cybo"), "serve"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                pytest.fail(f"the server stopped: {self.log[-2000:]}")
            try:
                urllib.request.urlopen(f"{self.url}/readyz", timeout=5)
            except OSError:
                time.sleep(0.2)
            else:
                return
        pytest.fail("the server was not ready in time")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(timeout=30)
