"""The migration request that a mail states: one or several filings and a certificate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS, InvalidDetail
from bot.tickets.brand import OTHER

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
    certificate = with_its_brand({**earlier.certificate, **newest.certificate})
    return Request(tuple(filings), certificate, dict(newest.invalid))


def with_its_brand(certificate: Mapping[str, str]) -> dict[str, str]:
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
