"""What one turn does to a migration request."""

from dataclasses import dataclass, field
from typing import Any

from bot.details import InvalidDetail


@dataclass
class Step:
    """What one turn does to a request.

    ``slots``: new values. ``refused``: stated values that break a rule. ``noted``:
    details accepted for the first time, ``changed``: details that had another value.
    ``left_out``: details that the request goes without, ``needed``: those that it cannot.
    ``known``: all slots with what was stated, before another filing took its turn.
    Of filings, by their numbers: ``elsewhere``, others that have new values; ``turned_to``, the
    one that is filled in from now on; ``removed``, the one that was taken out. ``is_queued``:
    another filing follows later.
    """

    slots: dict[str, Any] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    refused: list[InvalidDetail] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    needed: list[str] = field(default_factory=list)
    elsewhere: list[int] = field(default_factory=list)
    turned_to: int = 0
    is_queued: bool = False
    removed: int = 0

    @property
    def has_news(self) -> bool:
        """Say whether anything was stated that a summary shown before does not hold."""
        said = (self.changed, self.noted, self.refused, self.left_out, self.elsewhere)
        return any(said) or bool(self.turned_to or self.removed)
