"""A message in its situation: all that is weighed to settle what a turn does."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.details.model import Mention
from bot.reading.filings import Filings
from bot.reading.model import Reading


@dataclass(frozen=True)
class Thresholds:
    """How sure a reading must be, 0 to 1; `config.yml` says why.

    ``move``: to do what a move says; ``discard``: to throw away what was filled in; ``detail``:
    to take words for a detail.
    """

    move: float = 0.5
    discard: float = 0.6
    detail: float = 0.4


@dataclass(frozen=True)
class Situation:
    """Where in the dialogue a message stands.

    ``requested``: the slot that the form asks for, None outside the form. ``offered``: the
    intent that Cybo's last words offered to go on with. ``known``: the values that are written
    down, of the filing that is being filled in and of the certificate. ``answered``: the topics
    that Cybo answered in the last turns; ``has_handed_over``: its last words named people to turn
    to. ``is_association``: the visitor said so.
    """

    today: date
    requested: str | None = None
    offered: str | None = None
    filings: Filings = field(default_factory=Filings)
    known: Mapping[str, str] = field(default_factory=dict)
    answered: frozenset[str] = frozenset()
    has_handed_over: bool = False
    is_association: bool = False


@dataclass(frozen=True)
class Decided:
    """The intent that the topics alone suggest, and how sure that is.

    ``topic``: the guidance's name of it, empty where it is none.
    """

    intent: str
    confidence: float
    topic: str = ""

    @property
    def kind(self) -> str:
        """Name the intent without its topic."""
        return self.intent.partition("/")[0]


@dataclass(frozen=True)
class Settled:
    """What a turn does: the intent that its rule acts on, and what is filled in."""

    intent: str
    confidence: float
    mentions: tuple[Mention, ...] = field(default=())


@dataclass(frozen=True)
class Turn:
    """A message, what was read in it, and where it stands."""

    text: str
    reading: Reading
    decided: Decided
    situation: Situation
    thresholds: Thresholds

    @property
    def requested(self) -> str:
        """Name the slot that the form asks for; empty outside the form."""
        return self.situation.requested or ""

    def likely(self, move: str) -> float:
        """Say how likely a move is."""
        return self.reading.moves.get(move, 0.0)

    def does(self, move: str) -> bool:
        """Say whether a move is likely, or half so and likelier than every other."""
        likely = self.likely(move)
        half = self.thresholds.move / 2
        return likely >= self.thresholds.move or half <= likely == max(self.reading.moves.values())

    def first(self, moves: Collection[str]) -> str | None:
        """Give the likeliest of some moves, when it is likely enough."""
        best = max(moves, key=self.likely)
        return best if self.does(best) else None

    def mention(self, detail: str, value: str, filing: int = 0) -> Mention:
        """Say something of the message as a whole."""
        return Mention(detail, value, 0, len(self.text), filing)
