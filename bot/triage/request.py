"""The migration request that a mail states: one or several filings and a certificate."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS, InvalidDetail, Mention, parse_unmarked
from bot.details.answers import Situation
from bot.details.choices import parse_model_code
from bot.details.find import find_details
from bot.details.labels import named_detail, named_filing
from bot.tickets.brand import OTHER, certificate_stated
from bot.triage.statements import entries, sentences, stated_keys
from bot.triage.tables import restacked
from bot.understanding.signals import is_question

_CELLS = re.compile(r"\s{0,999}[|\t;]\s{0,999}|\s{3,999}")
_KEYS = ("enterprise_number", "closing_date")
_MIN_COLUMNS = 2
_MAX_FILINGS = 50
_MAX_LINE_CHARS = 1000

Filing = dict[str, str]


@dataclass(frozen=True)
class Request:
    """What is known of a request.

    ``certificate``: its details, and ``certificate_brand`` where the type is an unlisted one.
    ``invalid``: stated values that break a rule, by detail.
    """

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
    def names(self) -> frozenset[str]:
        """Name the details that were stated, rightly or wrongly."""
        of_filings = {n for f in self.filings for n in f if n in FILING_DETAILS}
        of_certificate = set(self.certificate) - {"certificate_brand"}
        return frozenset(of_filings | of_certificate | set(self.invalid))

    @property
    def stated(self) -> int:
        """Count the different details that were stated."""
        return len(self.names)

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
    certificate = _with_its_brand({**earlier.certificate, **newest.certificate})
    return Request(tuple(filings), certificate, dict(newest.invalid))


def _with_its_brand(certificate: Mapping[str, str]) -> dict[str, str]:
    """Keep the name of a brand beside the type ``other`` alone."""
    is_other = certificate.get("certificate_type") == OTHER
    return {n: v for n, v in certificate.items() if n != "certificate_brand" or is_other}


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
    number unless it states its own. What is said once of several filings counts for all.
    """
    reader = _Reader(today, own_addresses)
    lines = [line[:_MAX_LINE_CHARS] for line in text.split("\n")]
    for line in reader.take_tables(restacked(lines)):
        reader.take_line(line)
    return reader.request()


class _Reader:
    def __init__(self, today: date, own_addresses: frozenset[str]) -> None:
        self._today = today
        self._own = own_addresses
        self._filings: list[Filing] = [{}]
        # The filings that one sentence or table listed: what follows is said of all of them.
        self._listed: list[Filing] = self._filings[-1:]
        self._rows: list[Filing] = []
        self._certificate: dict[str, str] = {}
        self._entered: set[str] = set()
        self._invalid: dict[str, InvalidDetail] = {}

    def request(self) -> Request:
        filings = [filing for filing in self._filings if filing][:_MAX_FILINGS]
        known = {name for filing in filings for name in filing} | set(self._certificate)
        invalid = {name: error for name, error in self._invalid.items() if name not in known}
        return Request(tuple(filings), _with_its_brand(self._certificate), invalid)

    def take_tables(self, lines: Sequence[str]) -> Iterator[str]:
        """Take the rows of tables; gives the lines outside them."""
        columns: list[str | None] = []
        for line in lines:
            cells = [cell.strip() for cell in _CELLS.split(line.strip(" |\t"))]
            names = [named_detail(cell) if len(cell) < 50 else None for cell in cells]
            if len(set(filter(None, names))) >= _MIN_COLUMNS and not any(map(str.isdigit, line)):
                columns = names
                self._rows = []
            elif columns and len(cells) == len(columns):
                self._take_row(columns, cells)
            elif not set(line) <= set(" -+|=:\t"):
                columns = []
                yield line

    def _take_row(self, columns: Sequence[str | None], cells: Sequence[str]) -> None:
        if any(cells) and any(self._filings[-1]):
            self._filings.append({})
        self._listed = self._filings[-1:]
        for name, words in zip(columns, cells, strict=True):
            if name and words:
                self._take(name, words)
        if len(self._rows) < _MAX_FILINGS:
            self._rows.append(self._filings[-1])
        self._listed = list(self._rows)

    def take_line(self, line: str) -> None:
        """Take every detail that a line of a list or of prose states."""
        if named_filing(line) and len(line.split()) <= 4 and self._filings[-1]:
            self._open()
            return
        form = entries(line)
        for name, value in form:
            self._take(name, value)
            self._entered.add(name)
        for sentence in [] if form else sentences(line):
            self._take_sentence(sentence)

    def _take_sentence(self, text: str) -> None:
        situation = Situation(is_request=not is_question(text), today=self._today)
        mentions = find_details(text, situation)
        keys = sorted(stated_keys(text, mentions), key=lambda mention: mention.start)
        repeated = {m.detail for m in keys if sum(k.detail == m.detail for k in keys) > 1}
        if not repeated:
            for mention in mentions:
                self._take_prose(mention)
            return
        listing = [mention for mention in keys if mention.detail in repeated]
        listed: list[Filing] = []
        for mention in listing:
            self._take_prose(mention)
            if all(filing is not self._filings[-1] for filing in listed):
                listed.append(self._filings[-1])
        between = range(listing[0].start, listing[-1].end)
        for mention in mentions:
            if mention.detail not in repeated:
                self._listed = listed[:1] if mention.start in between else listed
                self._take_prose(mention)
        self._listed = listed

    def _open(self) -> None:
        self._filings.append({})
        self._listed = self._filings[-1:]

    def _take_prose(self, mention: Mention) -> None:
        # "Voor vragen: an@example.be" below a form does not correct the form.
        if mention.detail in CERTIFICATE_DETAILS and mention.detail in self._entered:
            return
        self._take(mention.detail, mention.value)

    def _take(self, name: str, words: str) -> None:
        if name == "certificate_brand":
            stated = certificate_stated({name: words})
            if brand := stated.get(name):
                self._certificate[name] = brand
            name, words = "certificate_type", stated.get("certificate_type", "")
        try:
            value = parse_unmarked(name, words, today=self._today)
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
        lacking = [filing for filing in self._listed if name not in filing]
        if not lacking and name in _KEYS and self._listed[-1][name] != value:
            self._open_another()
        elif not lacking and len(self._listed) > 1:
            # One stray word must not overrule a whole table.
            return
        code = parse_model_code(words) if name == "filing_model" else None
        for filing in lacking or self._listed:
            filing[name] = value
            if code:
                filing["filing_model_code"] = code

    def _open_another(self) -> None:
        """Begin a filing of the same firm, as long as it names no other."""
        number = self._listed[-1].get("enterprise_number")
        self._open()
        if number:
            self._listed[-1]["enterprise_number"] = number
