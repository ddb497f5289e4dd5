"""How a ticket stands, and which step may follow which."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from bot.errors import HelpdeskError

NEW, IN_PROGRESS, RESOLVED, REJECTED = "new", "in_progress", "resolved", "rejected"
STATUSES = (NEW, IN_PROGRESS, RESOLVED, REJECTED)
CLOSED = (RESOLVED, REJECTED)

NEXT: Mapping[str, tuple[str, ...]] = {
    NEW: (IN_PROGRESS,),
    IN_PROGRESS: (RESOLVED, REJECTED),
    # Closed too soon: it is taken up again, and may be closed otherwise.
    RESOLVED: (IN_PROGRESS,),
    REJECTED: (IN_PROGRESS,),
}


def steps_between(before: str, after: str) -> tuple[str, ...]:
    """Give the shortest way from one status to another, each step one of ``NEXT``.

    Empty when they are the same, when no way leads there, and for a status nobody knows.
    """
    ways: list[tuple[str, ...]] = [(before,)]
    while ways and after in STATUSES:
        way = ways.pop(0)
        if way[-1] == after:
            return way[1:]
        ways += [(*way, step) for step in NEXT.get(way[-1], ()) if step not in way]
    return ()


class StepRefused(HelpdeskError):
    """A ticket cannot take this step from where it stands."""

    def __init__(self, reference: str, before: str, after: str) -> None:
        super().__init__(
            f"{reference}: is {before}, from which it cannot become {after}; "
            "look how it stands now and choose again"
        )


@dataclass(frozen=True)
class StatusChange:
    """A step, as the ticket's notes keep it.

    ``is_informed``: the requester is told; ``words``: what a member adds for the requester.
    """

    before: str
    after: str
    is_informed: bool = False
    words: str = ""

    @property
    def is_possible(self) -> bool:
        """Say whether the one may follow the other."""
        return self.after in NEXT.get(self.before, ())

    def to_text(self) -> str:
        """Write the change as a note's text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> "StatusChange":
        """Read what ``to_text`` wrote."""
        return cls(**json.loads(text))
