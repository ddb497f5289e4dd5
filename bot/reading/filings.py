"""Which filing of a request each value of a message is said of."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot.details.labels import NAMED_FILING
from bot.details.model import FILING_DETAILS, Mention

NUMBER, DATE = KEYS = ("enterprise_number", "closing_date")
"""The details that tell one filing from another."""

_NEXT = 2


@dataclass(frozen=True)
class Filings:
    """The filings of a request.

    ``count``: how many there are; ``in_turn``: which one is being filled in, from 1; ``values``:
    what is known of each, in order.
    """

    count: int = 1
    in_turn: int = 1
    values: tuple[Mapping[str, str], ...] = ()

    @property
    def numbers(self) -> list[str]:
        """Give their enterprise numbers, empty where none is known."""
        return [filing.get(NUMBER, "") for filing in self.values]


def placed(
    found: Sequence[Mention], filings: Filings, *, is_adding: bool, begins: bool = False
) -> list[Mention]:
    """Say of each value which filing it belongs to: 0 for the one that is being filled in.

    ``found``: values with the filing that their words were read to speak of. ``is_adding``: the
    message adds a filing; ``begins``: that one is filled in next. What is said once beside
    several filings is said of all of them that lack it.
    """
    if not is_adding and (named_so := _named_by_number(found, filings)):
        return named_so
    if not are_apart(found, filings, is_adding=is_adding):
        return [replace(mention, filing=0) for mention in found]
    named = sorted({mention.filing for mention in found if mention.filing})
    # "Yes, and the second one is micro" may be said of a third.
    shift = filings.count + 1 - named[0] if is_adding and named[-1] <= filings.count else 0
    in_turn = filings.count + 1 if begins else filings.in_turn
    having = {(mention.detail, mention.filing) for mention in found if mention.filing}
    said = [(m, n + shift if n else 0) for m in found for n in _said_of(m, named, having)]
    return [replace(m, filing=0 if number == in_turn else number) for m, number in said]


def are_apart(found: Sequence[Mention], filings: Filings, *, is_adding: bool) -> bool:
    """Say whether a message was read to speak of one filing and of another.

    One value that a reading gives to a second filing makes none, unless there is one, or one
    is being added.
    """
    numbers = {mention.filing for mention in found if mention.filing}
    values: dict[str, set[str]] = defaultdict(set)
    places: dict[str, set[int]] = defaultdict(set)
    for mention in found:
        if mention.filing:
            values[mention.detail].add(mention.value)
            places[mention.detail].add(mention.filing)
    if any(len(places[detail]) > 1 and len(values[detail]) > 1 for detail in places):
        return True
    if is_adding:
        return max(numbers, default=0) >= _NEXT
    return filings.count > 1 and bool(numbers) and max(numbers) <= filings.count


def has_unplaced_numbers(found: Sequence[Mention]) -> bool:
    """Say whether more firms are named than the reading tells filings apart."""
    numbers = [mention for mention in found if mention.detail == NUMBER]
    return len({m.value for m in numbers}) > len({m.filing for m in numbers}) > 1


def in_sequence(
    found: Sequence[Mention], tellers: Collection[str] = KEYS, *, after: int = 0
) -> list[Mention]:
    """Tell filings apart by numbers or dates in a row, where the reading does not.

    ``tellers``: several values of at least one of these must stand there. ``after``: how many
    filings there are before the first of these. A detail that stands there as often as there are
    filings is said of each in its turn; one between two filings of the one before it; what is
    said once before or behind all of them keeps 0.
    """
    in_order = sorted((replace(m, filing=0) for m in found), key=lambda mention: mention.start)
    values = {name: {m.value for m in in_order if m.detail == name} for name in KEYS}
    listed = [name for name in KEYS if len(values[name]) > 1]
    if not set(listed) & set(tellers):
        return in_order
    keys = _numbered_keys([mention for mention in in_order if mention.detail in listed])
    others = [mention for mention in in_order if mention.detail not in listed]
    numbered = [*keys, *_beside(others, keys)]
    return sorted(
        (replace(m, filing=m.filing + after) if m.filing else m for m in numbered),
        key=lambda mention: mention.start,
    )


def _numbered_keys(keys: Sequence[Mention]) -> list[Mention]:
    """Give the filings that numbers and dates in a row speak of, from 1."""
    rows = _Rows(is_dates_first=keys[0].detail == DATE)
    waiting: list[int] = []
    for detail, group in groupby(keys, key=lambda key: key.detail):
        run = list(group)
        before = len(rows.filings)
        if detail == DATE and len(run) == len(waiting) > 1:
            # "A and B, closed on ... and ...": as many dates as numbers are of one each.
            for key, place in zip(run, waiting, strict=True):
                rows.put(key, place)
        else:
            for key in run:
                rows.take(key)
        waiting = list(range(before, len(rows.filings))) if detail == NUMBER else []
    return rows.numbered


class _Rows:
    """Filings that are told apart key by key."""

    def __init__(self, *, is_dates_first: bool) -> None:
        self.filings: list[dict[str, str]] = []
        self.numbered: list[Mention] = []
        self._is_dates_first = is_dates_first
        self._current = -1
        self._carried: set[int] = set()

    def put(self, key: Mention, place: int) -> None:
        """Say a key of a filing."""
        self._current = place
        self.filings[place][key.detail] = key.value
        self.numbered.append(replace(key, filing=place + 1))

    def take(self, key: Mention) -> None:
        """Say a key of the filing that was spoken of last, or of the next."""
        known = self.filings[self._current].get(key.detail) if self.filings else ""
        back = [n for n, filing in enumerate(self.filings) if filing.get(NUMBER) == key.value]
        if key.detail == NUMBER and self._current in self._carried:
            self._drop_carried()
            self.put(key, self._current)
        elif key.detail == NUMBER and back:
            self.put(key, back[-1])
        elif known is None or known == key.value:
            self.put(key, self._current)
        else:
            self._begin(key)

    def _begin(self, key: Mention) -> None:
        """Begin a filing: another year of the same firm, or another firm."""
        firm = self.filings[self._current].get(NUMBER) if self.filings else None
        self.filings.append({})
        place = len(self.filings) - 1
        if firm and key.detail == DATE:
            self.put(replace(key, detail=NUMBER, value=firm), place)
            # "31/12/2022 for A, 31/12/2023 for B": there the number comes behind.
            self._carried |= {place} if self._is_dates_first else set()
        self.put(key, place)

    def _drop_carried(self) -> None:
        self._carried.discard(self._current)
        carried = (NUMBER, self._current + 1)
        self.numbered = [m for m in self.numbered if (m.detail, m.filing) != carried]


def _beside(others: Sequence[Mention], keys: Sequence[Mention]) -> Iterator[Mention]:
    filings = max(key.filing for key in keys)
    first, last = min(key.start for key in keys), max(key.start for key in keys)
    for detail in dict.fromkeys(mention.detail for mention in others):
        said = [mention for mention in others if mention.detail == detail]
        for turn, mention in enumerate(said, 1):
            before = [key.filing for key in keys if key.start < mention.start]
            if detail not in FILING_DETAILS:
                yield mention
            elif len(said) == filings:
                yield replace(mention, filing=turn)
            elif before and (first < mention.start < last or len(said) > 1):
                yield replace(mention, filing=before[-1])
            else:
                yield mention


def named_before(text: str, found: Sequence[Mention], ordinal: str | None) -> list[Mention]:
    """Let "filing 2: ..." decide which filing the values behind it are said of.

    ``ordinal``: the place that the message names in words, for what no such name precedes.
    """
    names = [(name.start(), int(name[1])) for name in NAMED_FILING.finditer(text)]
    return [
        replace(mention, filing=_named_at(mention.start, names, ordinal) or mention.filing)
        if mention.detail in FILING_DETAILS
        else mention
        for mention in found
    ]


def _named_at(place: int, names: Sequence[tuple[int, int]], ordinal: str | None) -> int:
    before = [number for start, number in names if start < place]
    if before or names:
        return before[-1] if before else names[0][1]
    return int(ordinal or 0)


def _named_by_number(found: Sequence[Mention], filings: Filings) -> list[Mention]:
    """Read "of the one with number ..." beside other values: the number says which filing."""
    numbers = [m for m in found if m.detail == NUMBER and m.value in filings.numbers]
    others = [mention for mention in found if mention not in numbers]
    is_clear = len(numbers) == 1 and filings.numbers.count(numbers[0].value) == 1
    if filings.count < _NEXT or not is_clear or not others:
        return []
    place = filings.numbers.index(numbers[0].value) + 1
    place = 0 if place == filings.in_turn else place
    return [replace(m, filing=place if m.detail in FILING_DETAILS else 0) for m in others]


def _said_of(
    mention: Mention, named: Sequence[int], having: Collection[tuple[str, int]]
) -> Iterable[int]:
    if mention.filing or mention.detail not in FILING_DETAILS:
        return (mention.filing,)
    return [number for number in named if (mention.detail, number) not in having]
