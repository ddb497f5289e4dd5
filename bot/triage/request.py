"""The migration request that a mail states: one or several filings and a certificate."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS, InvalidDetail, Mention, parse_detail
from bot.details.answers import Situation
from bot.details.choices import parse_model_code
from bot.details.find import find_details
from bot.details.labels import named_detail, named_filing
from bot.understanding.signals import is_question

_CELLS = re.compile(r"\s*[|\t;]\s*|\s{3,}")
# A line of a form: few words, a colon, the value. What it holds is meant for that detail,
# so a wrong value is refused by name, never overlooked.
_ENTRY = re.compile(r"^[\s>*•-]*(?P<label>[^:=\n]{2,60}?)\s*[:=]\s*(?P<value>[^:=\s?][^?]{0,150})$")
_MIN_COLUMNS = 2
_MAX_FILINGS = 50
_MAX_LINE_CHARS = 1000

Filing = dict[str, str]


@dataclass(frozen=True)
class Request:
    """What is known of a request. ``invalid``: stated values that break a rule, by detail."""

    filings: tuple[Mapping[str, str], ...] = ()
    certificate: Mapping[str, str] = field(default_factory=dict)
    invalid: Mapping[str, InvalidDetail] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        """Name what is still needed, in the form's order; no filing at all lacks everything."""
        filings = self.filings or ({},)
        lacking = [name for name in FILING_DETAILS if any(name not in f for f in filings)]
        return lacking + [name for name in CERTIFICATE_DETAILS if name not in self.certificate]

    @property
    def stated(self) -> int:
        """Count the different details that were stated, rightly or wrongly."""
        names = {n for f in self.filings for n in f if n in FILING_DETAILS} | set(self.certificate)
        return len(names | set(self.invalid))

    def as_dict(self) -> dict[str, object]:
        """Give the shape that `cybo triage --json` prints."""
        return {"filings": [dict(filing) for filing in self.filings], **self.certificate}


def merge(earlier: Request, newest: Request) -> Request:
    """Add what a later mail states; the newest statement wins."""
    filings = [dict(filing) for filing in earlier.filings]
    for number, filing in enumerate(newest.filings):
        place = _place(filings, filing, number)
        if place is None:
            filings.append(dict(filing))
        else:
            filings[place].update(filing)
    return Request(
        tuple(filings), {**earlier.certificate, **newest.certificate}, dict(newest.invalid)
    )


def _place(filings: Sequence[Filing], filing: Mapping[str, str], number: int) -> int | None:
    """Find the filing that a later mail speaks of: the same year, else the same place."""
    for place, known in enumerate(filings):
        same = [
            known.get(name) == filing.get(name) for name in ("enterprise_number", "closing_date")
        ]
        if all(same) and filing.get("closing_date"):
            return place
    return number if number < len(filings) else None


def read_request(text: str, *, today: date, own_addresses: frozenset[str]) -> Request:
    """Read the details of one or several filings from a mail's newest text.

    Understands tables with a line of headings, lists with a label a line, and prose. A
    repeated detail with another value begins the next filing, which keeps the enterprise
    number unless it states its own.
    """
    reader = _Reader(today, own_addresses)
    lines = [line[:_MAX_LINE_CHARS] for line in text.split("\n")]
    for line in reader.take_tables(lines):
        reader.take_line(line)
    return reader.request()


class _Reader:
    def __init__(self, today: date, own_addresses: frozenset[str]) -> None:
        self._today = today
        self._own = own_addresses
        self._filings: list[Filing] = [{}]
        self._certificate: dict[str, str] = {}
        self._invalid: dict[str, InvalidDetail] = {}

    def request(self) -> Request:
        filings = [filing for filing in self._filings if filing][:_MAX_FILINGS]
        known = {name for filing in filings for name in filing} | set(self._certificate)
        invalid = {name: error for name, error in self._invalid.items() if name not in known}
        return Request(tuple(filings), self._certificate, invalid)

    def take_tables(self, lines: Sequence[str]) -> Iterator[str]:
        """Take the rows of tables; gives the lines outside them."""
        columns: list[str | None] = []
        for line in lines:
            cells = [cell.strip() for cell in _CELLS.split(line.strip(" |\t"))]
            names = [named_detail(cell) if len(cell) < 50 else None for cell in cells]
            if len(set(filter(None, names))) >= _MIN_COLUMNS and not any(map(str.isdigit, line)):
                columns = names
            elif columns and len(cells) == len(columns):
                self._take_row(columns, cells)
            elif not set(line) <= set(" -+|=:\t"):
                columns = []
                yield line

    def _take_row(self, columns: Sequence[str | None], cells: Sequence[str]) -> None:
        if any(cells) and any(self._filings[-1]):
            self._filings.append({})
        for name, words in zip(columns, cells, strict=True):
            if name and words:
                self._take(name, words)

    def take_line(self, line: str) -> None:
        """Take every detail that a line of a list or of prose states."""
        if named_filing(line) and len(line.split()) <= 4 and self._filings[-1]:
            self._filings.append({})
            return
        entry = _ENTRY.match(line)
        if entry and (name := named_detail(entry["label"])):
            self._take(name, entry["value"].strip())
            return
        situation = Situation(is_request=not is_question(line), today=self._today)
        mentions = find_details(line, situation)
        for mention in mentions:
            self._take(mention.detail, mention.value)
        self._take_further(line, mentions)

    def _take_further(self, line: str, mentions: Sequence[Mention]) -> None:
        """Take a second closing date or enterprise number in the same sentence."""
        for detail in ("enterprise_number", "closing_date"):
            first = next((m for m in mentions if m.detail == detail), None)
            if first is None:
                continue
            rest = line[first.end :]
            situation = Situation(requested=detail, today=self._today)
            following = [m for m in find_details(rest, situation) if m.detail == detail]
            if following and following[0].value != rest.strip():
                self._take(detail, following[0].value)

    def _take(self, name: str, words: str) -> None:
        try:
            value = parse_detail(name, words, today=self._today)
        except InvalidDetail as error:
            self._invalid[name] = error
            return
        if name == "certificate_email" and value in self._own:
            return
        if name in CERTIFICATE_DETAILS:
            self._certificate[name] = value
        elif name in FILING_DETAILS:
            self._take_of_filing(name, value, words)

    def _take_of_filing(self, name: str, value: str, words: str) -> None:
        filing = self._filings[-1]
        if filing.get(name, value) != value and name in {"enterprise_number", "closing_date"}:
            number = filing.get("enterprise_number")
            filing = {"enterprise_number": number} if number else {}
            self._filings.append(filing)
        filing[name] = value
        code = parse_model_code(words) if name == "filing_model" else None
        if code:
            filing["filing_model_code"] = code
