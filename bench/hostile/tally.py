"""Counting what was sent and what came of it."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

PATIENCE_S = 30.0
"""Whoever waits longer for an answer has none."""

LATE_S = 2.0
_ERROR = "500"


@dataclass
class Tally:
    """What the attacks of each kind met: an HTTP status, ``closed``, ``timeout``, ``refused``."""

    met: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def note(self, kind: str, answer: str) -> None:
        """Count one attack."""
        self.met[kind][answer] += 1

    @property
    def number(self) -> int:
        """Count all attacks."""
        return sum(sum(answers.values()) for answers in self.met.values())

    def errors(self) -> list[str]:
        """Name the kinds that met an error which the server did not foresee."""
        return [
            f"{kind}: {answers[_ERROR]} x {_ERROR}"
            for kind, answers in self.met.items()
            if answers[_ERROR]
        ]


@dataclass
class Ledger:
    """How good people fared. ``seconds``: of each chat turn that was answered."""

    right: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def answered(self, who: str, seconds: float, *, late_s: float = LATE_S) -> None:
        """Count a right answer."""
        self.right[who] += 1
        self.late[who] += seconds > late_s

    def failed(self, who: str, why: str) -> None:
        """Note a wrong answer, or none."""
        self.wrong.append(f"{who}: {why}")
