"""What was promised, whether it held, and the figures behind it."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.hostile.kinds import BYSTANDER
from bench.hostile.mails import KINDS
from bench.hostile.postman import NOTHING, Fate
from bench.hostile.pulse import percentile
from bench.hostile.run import Findings
from bench.hostile.stage import TICKETS_TO
from bot.language import LANGUAGES

LIVEZ_P99_S = 0.2
CHAT_P95_S = 1.0
MEMORY_MB = 150.0
LETTERS_PER_HOUR = 4
"""To one address: what a sender may get in an hour by default."""

_SHOWN = 8


@dataclass(frozen=True)
class Promise:
    """Something that must hold however Cybo is attacked; ``broken``: in what ways it did not."""

    text: str
    broken: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str, broken: Iterable[str]) -> "Promise":
        """Make one."""
        return cls(text, tuple(broken))


def promises(findings: Findings) -> list[Promise]:
    """Hold what was seen against what was promised."""
    return [
        Promise.of("/livez answers within 200 ms (p99)", _pulse(findings)),
        Promise.of("a chat turn takes at most 1 s (p95)", _turns(findings)),
        Promise.of("every mail has exactly one outcome", _outcomes(findings)),
        Promise.of("every outcome is one that its kind may have", _allowed(findings)),
        Promise.of("nobody good goes without the right answer", findings.ledger.wrong),
        Promise.of("nothing is mailed to an address that must not get it", _letters(findings)),
        Promise.of("nobody is taken for somebody else", _identities(findings)),
        Promise.of("no message is taken for a command", _commands(findings)),
        Promise.of("no request meets an error of the server", findings.tally.errors()),
        Promise.of("memory grows by at most 150 MB", _memory(findings)),
    ]


def _pulse(findings: Findings) -> Iterator[str]:
    seconds = findings.pulse.seconds
    if (p99 := percentile(seconds, 0.99)) > LIVEZ_P99_S:
        yield f"p99 is {p99 * 1000:.0f} ms"
    if findings.pulse.failures:
        yield f"{findings.pulse.failures} of {len(seconds)} probes got no answer"


def _turns(findings: Findings) -> Iterator[str]:
    seconds = findings.ledger.seconds
    if not seconds:
        yield "no turn was answered"
    if (p95 := percentile(seconds, 0.95)) > CHAT_P95_S:
        yield f"p95 is {p95 * 1000:.0f} ms"


def _outcomes(findings: Findings) -> Iterator[str]:
    delivered = {mail.uid: mail for mail in findings.postman.delivered}
    without = Counter(
        mail.kind.name if mail.kind else "good"
        for uid, mail in delivered.items()
        if uid not in findings.fates
    )
    yield from (f"{kind}: {number} without an outcome" for kind, number in without.items())
    if strangers := findings.fates.keys() - delivered.keys():
        yield f"{len(strangers)} outcomes of mails that nobody sent"
    twice = findings.stage.rows("SELECT uid FROM mails GROUP BY uid HAVING count(*) > 1")
    if twice:
        yield f"{len(twice)} mails were registered twice"


def _allowed(findings: Findings) -> Iterator[str]:
    for mail in findings.postman.delivered:
        fate = findings.fates.get(mail.uid, Fate(NOTHING))
        if mail.kind and fate.outcome != NOTHING and fate.outcome not in mail.kind.allowed:
            yield f"{mail.sender}: {fate.outcome} ({fate.reason})"


def _letters(findings: Findings) -> Iterator[str]:
    answerable = {
        mail.sender
        for mail in findings.postman.delivered
        if mail.kind is None or mail.kind.is_answerable
    }
    got = Counter(
        recipient for letter in findings.stage.letters.sent for recipient in letter.recipients
    )
    del got[TICKETS_TO]
    for recipient, number in got.items():
        if recipient not in answerable | {BYSTANDER}:
            yield f"{recipient} got {number}"
        elif number > LETTERS_PER_HOUR:
            yield f"{recipient} got {number} in an hour, at most {LETTERS_PER_HOUR} were promised"


def _identities(findings: Findings) -> Iterator[str]:
    query = "SELECT count(*) FROM mail_threads WHERE sender LIKE '%victim.example'"
    number = findings.stage.rows(query)[0][0]
    if number:
        yield f"{number} mails of an attacker passed for the victim's"


def _commands(findings: Findings) -> Iterator[str]:
    yield from sorted(set(findings.injected))
    known = ", ".join(f"'{language}'" for language in LANGUAGES)
    query = f"SELECT count(*) FROM tickets WHERE language NOT IN ({known})"
    number = findings.stage.rows(query)[0][0]
    if number:
        yield f"{number} tickets in a language that does not exist"


def _memory(findings: Findings) -> Iterator[str]:
    first, last = findings.memory_mb[0], findings.memory_mb[-1]
    if not last:
        yield "the server is gone"
    if last - first > MEMORY_MB:
        yield f"from {first:.0f} to {last:.0f} MB"


def render(findings: Findings) -> str:
    """Write the report."""
    parts = (_mail_table(findings), _attack_table(findings), _figures(findings))
    return "\n".join([*(line for part in parts for line in (*part, "")), *_verdict(findings)])


def _mail_table(findings: Findings) -> Iterator[str]:
    counted = findings.postman.outcomes(findings.fates)
    yield f"{'mails':28} {'sent':>5}  outcomes"
    for kind in KINDS:
        if outcomes := counted.get(kind.name):
            yield f"{kind.name:28} {outcomes.total():>5}  {_counts(outcomes)}"
    total = sum(counted.values(), Counter())
    yield f"{'together':28} {total.total():>5}  {_counts(total)}"


def _attack_table(findings: Findings) -> Iterator[str]:
    yield f"{'chats and requests':28} {'sent':>5}  met"
    for kind, answers in sorted(findings.tally.met.items()):
        yield f"{kind:28} {answers.total():>5}  {_counts(answers)}"


def _figures(findings: Findings) -> Iterator[str]:
    ledger, memory = findings.ledger, findings.memory_mb
    for who, number in sorted(ledger.right.items()):
        yield f"{who:28} {number:>5} right, {ledger.late[who]} of them late"
    yield f"{'good people, wrong or none':28} {len(ledger.wrong):>5}"
    yield _times("/livez before the attack", findings.at_rest_s, 0.99)
    yield _times("/livez", findings.pulse.seconds, 0.99)
    yield _times("a chat turn of good people", ledger.seconds, 0.95)
    stall = "not measured" if findings.stall_s is None else f"{findings.stall_s * 1000:.0f} ms"
    yield f"the machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    yield f"longest stall of the event loop: {stall}"
    yield (
        f"memory of the server and its children: {memory[0]:.0f} MB at the start, "
        f"{max(memory):.0f} at most, {memory[-1]:.0f} at the end; of the server alone: "
        f"{findings.own_mb[0]:.0f} and {findings.own_mb[-1]:.0f}"
    )
    yield f"{len(findings.stage.letters.sent)} letters left; {findings.seconds:.0f} s in all"


def _verdict(findings: Findings) -> Iterator[str]:
    for promise in promises(findings):
        yield f"{'BROKEN' if promise.broken else 'kept  '}  {promise.text}"
        yield from (f"          {way}" for way in promise.broken[:_SHOWN])
        if len(promise.broken) > _SHOWN:
            yield f"          and {len(promise.broken) - _SHOWN} more"


def _times(what: str, seconds: list[float], share: float) -> str:
    p50, high = percentile(seconds, 0.5) * 1000, percentile(seconds, share) * 1000
    longest = max(seconds, default=0) * 1000
    return (
        f"{what}: {len(seconds)} times, p50 {p50:.0f} ms, p{share * 100:.0f} {high:.0f} ms, "
        f"longest {longest:.0f} ms"
    )


def _counts(counted: "Counter[str]") -> str:
    return ", ".join(f"{number} {word}" for word, number in counted.most_common())
