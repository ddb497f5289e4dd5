"""How evenly the machine runs just now: what a test of time must not blame on Cybo."""

import os
import subprocess
import sys
from pathlib import Path

_TICK_S = 0.005
_STAT = Path("/proc/stat")
_STOLEN = 8
# Says, a line for a line, how late it came at worst to a tick since it was last asked.
_CONTROL = f"""
import select, sys, time
late = 0.0
while True:
    started = time.monotonic()
    if select.select([sys.stdin], [], [], {_TICK_S})[0]:
        if not sys.stdin.readline():
            break
        print(late, flush=True)
        late = 0.0
    else:
        late = max(late, time.monotonic() - started - {_TICK_S})
"""


class Pace:
    """A process that does nothing but come on time, and the host's account of what it kept.

    A process is not run for a while now and then on a machine that others share. Nothing that
    Cybo does holds this one up: what comes late with it is the machine's fault.
    """

    def __init__(self) -> None:
        self._control = subprocess.Popen(
            [sys.executable, "-c", _CONTROL],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._stolen_s = _stolen_s()

    def disturbed_s(self) -> float:
        """Say for how long at most the machine held up a process since this was last asked."""
        assert self._control.stdin
        assert self._control.stdout
        self._control.stdin.write("\n")
        self._control.stdin.flush()
        late_s = float(self._control.stdout.readline())
        before_s, self._stolen_s = self._stolen_s, _stolen_s()
        return max(late_s, self._stolen_s - before_s)

    def stop(self) -> None:
        """End the process."""
        self._control.communicate()


def _stolen_s() -> float:
    """Give the processor time that the host gave to others so far (steal, proc(5))."""
    if not _STAT.exists():
        return 0.0
    fields = _STAT.read_text(encoding="ascii").splitlines()[0].split()
    return int(fields[_STOLEN]) / os.sysconf("SC_CLK_TCK")
