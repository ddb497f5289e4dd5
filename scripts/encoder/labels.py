"""Numbers the intents, moves and kinds of detail that the heads tell apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.reading.decode import OUTSIDE
from scripts.encoder.examples import Example, Span

FILINGS = 6
"""No filing named, the first to the fifth."""


@dataclass(frozen=True)
class Labels:
    """The names, in the order of the heads' outputs.

    ``details``: ``O``, then ``B-`` and ``I-`` of each detail in each role, as in
    ``B-closing_date!wrong``.
    """

    intents: list[str]
    move_names: list[str]
    details: list[str]

    @classmethod
    def of(cls, examples: Sequence[Example]) -> "Labels":
        """Collect the names that stand in the data."""
        kinds = sorted({_kind(span) for example in examples for span in example.spans})
        return cls(
            sorted({example.intent for example in examples if example.intent}),
            sorted({move for example in examples for move in example.moves}),
            ["O", *(f"{place}-{kind}" for kind in kinds for place in "BI")],
        )

    def intent(self, example: Example) -> int:
        """Give the number of an example's intent."""
        return self.intents.index(str(example.intent))

    def moves(self, example: Example) -> list[float]:
        """Give 1 for every move that the example makes, else 0."""
        return [float(name in example.moves) for name in self.move_names]

    def at(self, spans: Sequence[Span], start: int, end: int) -> tuple[int, int]:
        """Give the label and the filing of the token from ``start`` to ``end``."""
        for span in spans:
            if start < span.end and end > span.start:
                place = "B" if start <= span.start else "I"
                label = self.details.index(f"{place}-{_kind(span)}")
                return label, min(span.filing, FILINGS - 1)
        return OUTSIDE, 0


def _kind(span: Span) -> str:
    return span.detail if span.role == "value" else f"{span.detail}!{span.role}"
