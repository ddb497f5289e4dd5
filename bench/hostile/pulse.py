"""How the server feels from outside: `/livez` ten times a second, and the memory it occupies."""

import http.client
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event, Thread

_EVERY_S = 0.1
_PATIENCE_S = 30.0
_SOURCE = "127.0.0.9"


class Pulse(Thread):
    """Asks `/livez` ten times a second.

    A probe that waits holds up those that were due meanwhile. Each of them is counted as if
    it had waited for the same answer: a stall of five seconds is fifty late answers, as it
    would be for fifty visitors. ``failures``: probes without an answer.
    """

    def __init__(self, port: int) -> None:
        super().__init__(name="pulse", daemon=True)
        self.seconds: list[float] = []
        self.failures = 0
        self._port = port
        self._over = Event()

    def stop(self) -> None:
        """End it; returns when the last probe was answered."""
        self._over.set()
        self.join(2 * _PATIENCE_S)

    def run(self) -> None:
        """Probe until stopped."""
        due = time.monotonic()
        connection = self._connect()
        while not self._over.wait(max(0.0, due - time.monotonic())):
            started = time.monotonic()
            try:
                connection.request("GET", "/livez")
                is_alive = connection.getresponse().read().startswith(b'{"status"')
            except (OSError, http.client.HTTPException):
                connection.close()
                connection, is_alive = self._connect(), False
            self.failures += not is_alive
            due = self._note(started) + _EVERY_S

    def _note(self, started: float) -> float:
        """Count a probe and those it held up; gives when the last of them was due."""
        ended, due = time.monotonic(), started
        self.seconds.append(ended - started)
        while (due := due + _EVERY_S) < ended:
            self.seconds.append(ended - due)
        return due - _EVERY_S

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=_PATIENCE_S, source_address=(_SOURCE, 0)
        )


def percentile(seconds: Sequence[float], share: float) -> float:
    """Give the value that ``share`` (0 to 1) of the values do not exceed; 0 without any."""
    ordered = sorted(seconds)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def tree_mb(pid: int) -> float:
    """Give the memory of a process and all it started; 0 when it is gone.

    Each page that several of them share counts once (PSS, not RSS): a child that was forked
    has most of its parent's.
    """
    parents = dict(_parents())
    tree = {pid}
    while found := {child for child, parent in parents.items() if parent in tree} - tree:
        tree |= found
    return sum(process_mb(process) for process in tree)


def _parents() -> Iterator[tuple[int, int]]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name, in brackets, may hold anything.
            state_and_parent = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        yield int(stat.parent.name), int(state_and_parent[1])


def process_mb(pid: int) -> float:
    """Give the memory of one process, its share of what it shares; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        # Gone since it was listed.
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
