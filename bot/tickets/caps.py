"""How many tickets a day: one visitor cannot bury the desk under requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.errors import HelpdeskError
from bot.tickets.access import EMAIL
from bot.tickets.model import Draft

WITHIN = timedelta(days=1)
"""The time in which tickets are counted."""

CONVERSATION, ADDRESS, NETWORK, ALL = "conversation", "address", "network", "all"


class TooManyTickets(HelpdeskError):
    """A request would be one too many. ``kind``: of what there were too many."""

    def __init__(self, kind: str, most: int) -> None:
        self.kind = kind
        super().__init__(
            f"{kind}: {most} tickets within a day; this one may be opened tomorrow, or raise "
            "the CYBO_TICKETS_... setting"
        )


@dataclass(frozen=True)
class Caps:
    """The most tickets within a day of a conversation, certificate address, network, in all.

    Mail has quotas of its own: its tickets neither count nor are refused.
    """

    conversation: int = 20
    address: int = 200
    network: int = 60
    all: int = 500

    def check(self, draft: Draft, counts: Mapping[str, int]) -> None:
        """See that one more may be opened. Raises: TooManyTickets."""
        if draft.channel == EMAIL:
            return
        for kind in (CONVERSATION, ADDRESS, NETWORK, ALL):
            most = int(getattr(self, kind))
            if counts.get(kind, 0) >= most:
                raise TooManyTickets(kind, most)
