"""One run: everything attacks at once, good people go on, and it is all written down."""

import asyncio
import random
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from bench.hostile import http
from bench.hostile.chats import SCRIPTS, HostileChats
from bench.hostile.good import Agent, Visitor
from bench.hostile.mails import write_mails
from bench.hostile.postman import Fate, GoodMail, Postman, good_mails
from bench.hostile.pulse import Pulse, percentile, process_mb, tree_mb
from bench.hostile.stage import Stage
from bench.hostile.tally import Ledger, Tally
from bot.language import LANGUAGES

_MAILS_UNTIL = 0.6  # of the time: what was delivered last has to be read too
_LEAST_PAUSE_S = 0.3
_ALL_MAILS = 400
_SETTLING_PATIENCE_S = 90.0
_DELIVERY_PATIENCE_S = 30.0
_REPORT_EVERY_S = 10.0
_REST_S = 3.0
_STALL = "cybo_event_loop_longest_stall_seconds"


@dataclass(frozen=True)
class Plan:
    """What to do. ``without``: kinds of mails, names of chats and HTTP attacks to leave out.

    ``number_of_mails``: at most; they are spread over the first part of the time.
    """

    seconds: float
    seed: int = 1
    without: Collection[str] = ()
    number_of_mails: int = 10_000


@dataclass
class Findings:
    """Everything that was seen.

    ``at_rest_s``: what `/livez` took before the attack, which says how busy the machine is.
    ``memory_mb``: of the server and its children, over time; ``own_mb``: of the server alone,
    at the start and at the end. ``stall_s``: None when nobody
    measured.
    """

    stage: Stage
    postman: Postman
    pulse: Pulse
    at_rest_s: list[float]
    tally: Tally = field(default_factory=Tally)
    ledger: Ledger = field(default_factory=Ledger)
    fates: dict[int, Fate] = field(default_factory=dict)
    memory_mb: list[float] = field(default_factory=list)
    own_mb: list[float] = field(default_factory=list)
    injected: list[str] = field(default_factory=list)
    stall_s: float | None = None
    seconds: float = 0.0


async def attack(stage: Stage, plan: Plan) -> Findings:
    """Attack for as long as planned, then wait until everything is settled."""
    findings = Findings(stage, Postman(stage), Pulse(stage.port), await _at_rest(stage))
    good = good_mails()
    await _warm_up(findings, good)
    _weigh(findings)
    # The longest stall counts from one look to the next.
    await asyncio.to_thread(stage.metrics)
    findings.pulse.start()
    started = time.monotonic()
    until = started + plan.seconds
    watch = asyncio.create_task(_watch(findings, until))
    await asyncio.gather(*_attacks(findings, plan, good, until))
    print("waiting until every mail is settled", flush=True)
    await findings.postman.wait_until_settled(_SETTLING_PATIENCE_S)
    await _wait_until_delivered(stage)
    watch.cancel()
    await asyncio.to_thread(findings.pulse.stop)
    findings.seconds = time.monotonic() - started
    await asyncio.to_thread(_conclude, findings)
    return findings


async def _at_rest(stage: Stage) -> list[float]:
    pulse = Pulse(stage.port)
    pulse.start()
    await asyncio.sleep(_REST_S)
    await asyncio.to_thread(pulse.stop)
    return pulse.seconds


async def _warm_up(findings: Findings, good: Iterator[GoodMail]) -> None:
    """Have a mail of each language answered: what that loads is no growth."""
    for _ in LANGUAGES:
        await findings.postman.deliver_good(next(good))
    await findings.postman.wait_until_settled(_SETTLING_PATIENCE_S)


def _attacks(
    findings: Findings, plan: Plan, good: Iterator[GoodMail], until: float
) -> "list[asyncio.Future[None]]":
    stage, chance = findings.stage, random.Random(plan.seed)
    scripts = [script for script in SCRIPTS if script.name not in plan.without]
    chats = HostileChats(stage, findings.tally, chance, scripts, findings.injected)
    names = [name for name in http.ATTACKS if name not in plan.without]
    mails_until = until - (1 - _MAILS_UNTIL) * plan.seconds
    pause = max(_LEAST_PAUSE_S, _MAILS_UNTIL * plan.seconds / _ALL_MAILS)
    mails = islice(write_mails(plan.seed, without=plan.without), plan.number_of_mails)
    everything = [
        findings.postman.deliver_all(mails, good, pause, mails_until),
        http.attack(stage, findings.tally, chance, until, names),
        Agent(stage, findings.ledger).work(until),
        *(
            Visitor(stage, findings.ledger, number, language).stay(until)
            for number, language in enumerate(LANGUAGES, 1)
        ),
        *([chats.attack(until)] if scripts else []),
    ]
    return [asyncio.ensure_future(part) for part in everything]


async def _watch(findings: Findings, until: float) -> None:
    """Say every ten seconds how it goes."""
    while True:
        await asyncio.sleep(_REPORT_EVERY_S)
        findings.memory_mb.append(await asyncio.to_thread(tree_mb, findings.stage.pid))
        settled = len(await asyncio.to_thread(findings.postman.fates))
        left = max(0, round(until - time.monotonic()))
        ledger, seconds = findings.ledger, list(findings.pulse.seconds)
        print(
            f"{left // 60}:{left % 60:02} left | {len(findings.postman.delivered)} mails, "
            f"{settled} settled | {findings.tally.number} chats and requests | good people: "
            f"{ledger.right.total()} right, {ledger.late.total()} late, {len(ledger.wrong)} wrong "
            f"| /livez p99 {percentile(seconds, 0.99) * 1000:.0f} ms, longest "
            f"{max(seconds, default=0) * 1000:.0f} ms | {findings.memory_mb[-1]:.0f} MB",
            flush=True,
        )


async def _wait_until_delivered(stage: Stage) -> None:
    """Wait until no letter waits any more."""
    end = time.monotonic() + _DELIVERY_PATIENCE_S
    waiting = "SELECT count(*) FROM outbox WHERE status IN ('pending', 'sending')"
    while (await asyncio.to_thread(stage.rows, waiting))[0][0]:
        if time.monotonic() > end:
            return
        await asyncio.sleep(0.5)


def _weigh(findings: Findings) -> None:
    findings.memory_mb.append(tree_mb(findings.stage.pid))
    findings.own_mb.append(process_mb(findings.stage.pid))


def _conclude(findings: Findings) -> None:
    _weigh(findings)
    findings.fates = findings.postman.fates()
    findings.postman.judge_good(findings.ledger, findings.fates)
    # A server that no longer answers has been seen by the pulse already.
    with suppress(OSError):
        findings.stall_s = findings.stage.metrics().get(_STALL)
