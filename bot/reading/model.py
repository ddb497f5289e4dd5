"""What a message says, as the encoder's heads read it: its moves, and the details it states."""

from dataclasses import dataclass

VALUE, WRONG, SAME = "value", "wrong", "same"
"""Roles of a detail: stated, taken back, and said to be as in the filing before; the others are
``sender`` and ``other``."""


@dataclass(frozen=True)
class Names:
    """The names of the heads' outputs, in their order.

    ``details``: ``O``, then ``B-`` and ``I-`` of each detail in each role, as in
    ``B-closing_date!wrong``. ``values``: those of the closed lists, as in ``filing_model=micro``.
    ``asked``: the questions that may stand in front of a message.
    """

    moves: tuple[str, ...]
    details: tuple[str, ...]
    values: tuple[str, ...]
    asked: tuple[str, ...]


@dataclass(frozen=True)
class Stated:
    """A detail in a message, from ``start`` up to ``end``.

    ``filing``: 1 for the first one named, 0 where none is. ``certainty``: 0 to 1. ``meant``: the
    value of a closed list that the words most likely mean, empty where that is unclear.
    """

    detail: str
    role: str
    start: int
    end: int
    filing: int
    certainty: float
    meant: str = ""


@dataclass(frozen=True)
class Reading:
    """``moves``: how likely each is, 0 to 1, independently; ``stated``: in their order."""

    moves: dict[str, float]
    stated: tuple[Stated, ...]

    @property
    def asks(self) -> bool:
        """Say whether something is asked, more likely than not."""
        return self.moves.get("ask", 0.0) >= 0.5


NOTHING_READ = Reading({}, ())
