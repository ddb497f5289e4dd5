"""Attacks a running Cybo with chat, mailbox and desk, and says what happened.

make hostile                               for 15 minutes
make hostile SECONDS=60                    in short: a sample of each kind
make hostile WITHOUT=compressed,runs       leaves kinds out, to look at the others

Needs Dovecot (`apt-get install dovecot-imapd`). Everything stays on loopback, in a temporary
folder; what the server logged is in build/hostile/server.log. The exit code is 1 when a
promise was broken.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from bench.hostile.chats import SCRIPTS
from bench.hostile.http import ATTACKS
from bench.hostile.mails import KINDS
from bench.hostile.report import promises, render
from bench.hostile.run import Plan, attack
from bench.hostile.stage import staged
from tests.mailbox.dovecot import binary

_BUILD = Path("build") / "hostile"


def main() -> None:
    """Attack and print."""
    plan = _read_plan()
    if binary() is None:
        sys.exit("make hostile needs Dovecot: apt-get install dovecot-imapd")
    _BUILD.mkdir(parents=True, exist_ok=True)
    log = _BUILD / "server.log"
    print(f"starting Cybo with chat, mailbox and desk; its log is {log}", flush=True)
    with staged(log) as stage:
        findings = asyncio.run(attack(stage, plan))
        print(f"\n{render(findings)}", flush=True)
        is_broken = any(promise.broken for promise in promises(findings))
    sys.exit(1 if is_broken else 0)


def _read_plan() -> Plan:
    parser = argparse.ArgumentParser(
        prog="python -m bench.hostile",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=900.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mails", type=int, default=10_000, help="the most mails to send")
    parser.add_argument("--without", default="", help="kinds to leave out, with commas between")
    arguments = parser.parse_args()
    without = frozenset(filter(None, arguments.without.split(",")))
    known = {kind.name for kind in KINDS} | {script.name for script in SCRIPTS} | {*ATTACKS}
    if unknown := without - known:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
    return Plan(arguments.seconds, arguments.seed, without, arguments.mails)


if __name__ == "__main__":
    main()
