"""The details of a request that a mail states, passage by passage."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS, InvalidDetail, Mention, parse_detail
from bot.details.choices import listed_brands, parse_model_code
from bot.details.labels import named_filing
from bot.reading.filings import KEYS, in_sequence
from bot.reading.model import WRONG, Reading, Stated
from bot.reading.same import same_mentions, taken_over
from bot.reading.values import marked_values
from bot.tickets.brand import certificate_stated
from bot.triage.entries import entries
from bot.triage.passages import passages
from bot.triage.request import Filing, Request, with_its_brand
from bot.triage.tables import Table, restacked, tables_and_lines

Read = Callable[[str, str | None], Reading]
"""Reads a passage, or an answer to the question for a detail: its moves, and what it states."""

CERTAIN = 0.55
"""How sure a mark must be: a little surer than in a chat, whose summary shows a mistake at once."""

_BRAND = "certificate_brand"
_MAX_FILINGS = 50
_MAX_LINE_CHARS = 1000
_WORDS_OF_A_HEADING = 4
_WORDS_OF_A_VALUE = 4
_LIKELY = 0.5
_TWO = 2


def read_request(
    text: str, *, read: Read, today: date, own_addresses: frozenset[str], certain: float = CERTAIN
) -> Request:
    """Read the details of one or several filings from a mail's newest text.

    A value of another filing than the one spoken of last begins the next filing, which keeps the
    enterprise number unless it states its own; what is said once of several filings counts for
    all; of what is said twice the later counts.
    """
    passage_reader = _Passages(read, today, certain)
    stated = _Stated(today, own_addresses)
    prose: list[str] = []

    def take_prose() -> None:
        for values, same in passage_reader.values("\n".join(prose)):
            stated.take(values, same)
        prose.clear()

    lines = restacked([line[:_MAX_LINE_CHARS] for line in text.split("\n")])
    for part in tables_and_lines(lines):
        if not isinstance(part, str):
            take_prose()
            stated.take_table(part)
        elif _is_heading(part):
            take_prose()
            stated.begin()
        elif entered := passage_reader.entered(part):
            take_prose()
            stated.enter(entered)
        else:
            prose.append(part)
    take_prose()
    return stated.request(listed_brands(text))


class _Passages:
    """Reads prose passage by passage, and what stands behind a label as an answer to it."""

    def __init__(self, read: Read, today: date, certain: float) -> None:
        self._read = read
        self._today = today
        self._certain = certain

    def values(self, prose: str) -> Iterator[tuple[list[Mention], list[Mention]]]:
        """Give the values of each passage, and what it says to be as before."""
        for passage in passages(prose):
            reading = self._read(passage, None)
            marks = [mark for mark in reading.stated if not _is_signature(passage, mark)]
            values = marked_values(passage, marks, self._certain, self._today)
            yield self._corrected(passage, values, reading), same_mentions(marks, self._certain)

    def _corrected(self, passage: str, values: list[Mention], reading: Reading) -> list[Mention]:
        """Leave out what the passage itself takes back: of two values of a detail one counts."""
        wrong = [mark for mark in reading.stated if mark.role == WRONG]
        refused = {
            (mark.detail, value)
            for mark in wrong
            if (value := self._value(mark.detail, passage[mark.start : mark.end]))
        }
        corrects = reading.moves.get("correct", 0.0) >= _LIKELY
        left: list[Mention] = []
        for detail, mentions in groupby(sorted(values, key=_by_detail), lambda m: m.detail):
            stated = list(mentions)
            kept = [m for m in stated if (detail, self._value(detail, m.value)) not in refused]
            if corrects and len(kept) == _TWO and not any(m.filing for m in kept):
                kept = kept[1:]
            left += kept or stated
        return sorted(left, key=lambda mention: mention.start)

    def entered(self, line: str) -> list[Mention]:
        """Give what a line of a form states; nothing where it is none."""
        return [mention for name, words in entries(line) for mention in self._answer(name, words)]

    def _answer(self, name: str, words: str) -> list[Mention]:
        as_it_stands = [Mention(name, words, 0, len(words))]
        if _is_bare(name, words) and self._value(name, words):
            return as_it_stands
        found = marked_values(words, self._read(words, name).stated, self._certain, self._today)
        if found:
            return found
        # A wrong value is refused by name; a sentence without any is no answer.
        return as_it_stands if _is_bare(name, words) else []

    def _value(self, name: str, words: str) -> str | None:
        try:
            return parse_detail(name, words, today=self._today)
        except (InvalidDetail, KeyError):
            return None


def _by_detail(mention: Mention) -> tuple[str, int]:
    return mention.detail, mention.start


def _is_bare(name: str, words: str) -> bool:
    """Say whether words behind a label are a value alone: "first one, not a correction" is more.

    "Isabel, 7719 2205" is more than a certificate's number, which any letters may be part of.
    """
    parts = words.split()
    has_digits = [any(map(str.isdigit, part)) for part in parts]
    if name == "certificate_number":
        return all(has_digits)
    return len(parts) <= _WORDS_OF_A_VALUE or any(has_digits)


def _is_signature(passage: str, mark: Stated) -> bool:
    """Say whether a name is a single word on a line of its own: so people sign."""
    start, end = passage.rfind("\n", 0, mark.start) + 1, passage.find("\n", mark.end)
    line = passage[start : end if end >= 0 else None].strip()
    words = passage[mark.start : mark.end]
    return mark.detail == "certificate_owner" and line == words and len(words.split()) == 1


def _is_heading(line: str) -> bool:
    """Say whether a line is nothing but the number of a filing: "Neerlegging 2"."""
    return len(line.split()) <= _WORDS_OF_A_HEADING and named_filing(line) is not None


class _Stated:
    """What is known so far."""

    def __init__(self, today: date, own_addresses: frozenset[str]) -> None:
        self._today = today
        self._own = own_addresses
        self._filings: list[Filing] = [{}]
        # What follows is said of all of these.
        self._spoken_of: list[Filing] = self._filings[-1:]
        self._certificate: dict[str, str] = {}
        self._invalid: dict[str, InvalidDetail] = {}
        self._entered: set[str] = set()

    def request(self, brands: Collection[str] = ()) -> Request:
        """Give what is known; ``brands``: those that the mail names anywhere.

        "Since my Isabel card was renewed": a brand that is named alone is the certificate's.
        """
        filings = [filing for filing in self._filings if filing][:_MAX_FILINGS]
        if len(brands) == 1 and (filings or self._certificate):
            self._certificate.setdefault("certificate_type", *brands)
        known = {name for filing in filings for name in filing} | set(self._certificate)
        invalid = {name: error for name, error in self._invalid.items() if name not in known}
        return Request(tuple(filings), with_its_brand(self._certificate), invalid)

    def begin(self) -> None:
        """Go on to the next filing."""
        self._begin()
        self._spoken_of = self._filings[-1:]

    def enter(self, entered: Sequence[Mention]) -> None:
        """Take a line of a form: what it holds is meant for the detail that its label names."""
        for mention in self._checked(entered):
            self._take_in_order(mention)
            self._entered.add(mention.detail)

    def take_table(self, table: Table) -> None:
        """Take a table: a filing a row, and what follows is said of all of them."""
        rows: list[Filing] = []
        for row in table.rows:
            self.begin()
            for name, words in zip(table.columns, row, strict=True):
                if name and words and (mention := self._check(Mention(name, words, 0, 1))):
                    self._take_in_order(mention)
            rows.append(self._filings[-1])
        self._spoken_of = rows or self._spoken_of

    def take(self, found: Sequence[Mention], same: Sequence[Mention] = ()) -> None:
        """Take a passage of prose; ``same``: what it says is as in the filing before.

        "Voor vragen: an@example.be" below a form does not correct the form.
        """
        values = [
            mention
            for mention in self._checked(found)
            if mention.detail not in self._entered or mention.detail not in CERTIFICATE_DETAILS
        ]
        groups = _told_apart(values)
        if not groups:
            values = in_sequence(sorted(values, key=lambda mention: mention.start))
            groups = _told_apart(values)
        filings = self._filings_for(groups)
        for mention in values:
            if mention.detail not in FILING_DETAILS or not groups:
                self._take_in_order(mention)
            elif not mention.filing:
                for filing in filings.values():
                    if mention.detail not in filing:
                        self._put(mention, filing)
        self._spoken_of = list(filings.values()) or self._spoken_of
        for mention in same:
            self._take_over(mention.detail, filings.get(mention.filing, self._spoken_of[-1]))

    def _take_over(self, detail: str, filing: Filing) -> None:
        """Take from the filing before what is said to be the same."""
        place = next(n for n, known in enumerate(self._filings) if known is filing)
        for earlier in self._filings[max(0, place - 1) : place]:
            for name, value in taken_over(detail, earlier, filing).items():
                self._put(Mention(name, value, 0, 0), filing)

    def _filings_for(self, groups: Mapping[int, Sequence[Mention]]) -> dict[int, Filing]:
        """Give each filing of a passage its place: among those spoken of, or after them."""
        known = self._spoken_of if len(self._spoken_of) >= len(groups) else self._spoken_of[-1:]
        placed: dict[int, Filing] = {}
        for row, (number, mentions) in enumerate(sorted(groups.items())):
            if row < len(known) and _fits(mentions, known[row]):
                placed[number] = known[row]
            else:
                firm = self._filings[-1].get("enterprise_number")
                self._begin()
                placed[number] = self._filings[-1]
                if firm:
                    self._filings[-1]["enterprise_number"] = firm
            for mention in mentions:
                self._put(mention, placed[number])
        return placed

    def _checked(self, found: Iterable[Mention]) -> list[Mention]:
        """Give the values that keep to the rules, and note the others."""
        values = []
        for mention in found:
            if checked := self._check(mention):
                values.append(checked)
        return values

    def _check(self, mention: Mention) -> Mention | None:
        if mention.detail == _BRAND:
            return mention
        try:
            parse_detail(mention.detail, mention.value, today=self._today)
        except InvalidDetail as error:
            self._invalid[mention.detail] = error
            return None
        is_own = mention.detail == "certificate_email" and mention.value in self._own
        return None if is_own else mention

    def _take_in_order(self, mention: Mention) -> None:
        """Take a value that names no filing: of the one spoken of, or of the next."""
        if mention.detail not in FILING_DETAILS:
            self._put_certificate(mention)
            return
        name, value = mention.detail, self._canonical(mention)
        lacking = [filing for filing in self._spoken_of if name not in filing]
        if not lacking and name in KEYS and self._spoken_of[-1][name] != value:
            firm = self._spoken_of[-1].get("enterprise_number")
            self._begin()
            self._spoken_of = self._filings[-1:]
            if firm:
                self._filings[-1]["enterprise_number"] = firm
        elif not lacking and len(self._spoken_of) > 1:
            # One stray word must not overrule a whole table.
            return
        for filing in lacking or self._spoken_of:
            self._put(mention, filing)

    def _put(self, mention: Mention, filing: Filing) -> None:
        filing[mention.detail] = self._canonical(mention)
        if mention.detail == "filing_model":
            filing.pop("filing_model_code", None)
            if code := parse_model_code(mention.value):
                filing["filing_model_code"] = code

    def _canonical(self, mention: Mention) -> str:
        return parse_detail(mention.detail, mention.value, today=self._today)

    def _put_certificate(self, mention: Mention) -> None:
        if mention.detail == _BRAND:
            self._certificate.update(certificate_stated({_BRAND: mention.value}))
        else:
            self._certificate[mention.detail] = self._canonical(mention)

    def _begin(self) -> None:
        if self._filings[-1]:
            self._filings.append({})


def _told_apart(values: Sequence[Mention]) -> dict[int, list[Mention]]:
    """Give the values of each filing, where a passage speaks of several; none where of one."""
    groups: dict[int, list[Mention]] = defaultdict(list)
    different: dict[str, dict[int, str]] = defaultdict(dict)
    for mention in values:
        if mention.filing:
            groups[mention.filing].append(mention)
            different[mention.detail].setdefault(mention.filing, mention.value)
    is_apart = any(len(by_filing) > 1 for by_filing in different.values())
    # Of three dates the first and the last alone may be numbered: then their order tells more.
    listed = set(KEYS) & different.keys()
    is_apart = is_apart and all(m.filing for m in values if m.detail in listed)
    return dict(groups) if is_apart and all(map(_is_one_filing, groups.values())) else {}


def _is_one_filing(mentions: Iterable[Mention]) -> bool:
    """Say whether values may be of one filing: no number and no date stands there twice."""
    keys = {(mention.detail, mention.value) for mention in mentions if mention.detail in KEYS}
    return len(keys) == len({detail for detail, _ in keys})


def _fits(mentions: Iterable[Mention], filing: Mapping[str, str]) -> bool:
    """Say whether values may belong to a filing: they change none of its keys."""
    return all(
        filing.get(mention.detail, mention.value) == mention.value
        for mention in mentions
        if mention.detail in KEYS
    )
