"""What was erased, and what people have to erase elsewhere."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

BEGUN, DONE = "begun", "done"

ERASED_KINDS = (
    "conversations",
    "turns",
    "reviews",
    "feedback",
    "tickets",
    "notes",
    "mails",
    "threads",
    "deliveries",
)


@dataclass(frozen=True)
class Elsewhere:
    """Something that Cybo cannot erase. ``where``: a target, the mailbox, the audit log.

    ``reference``: by which people find it there; it names nobody.
    """

    where: str
    reference: str


@dataclass(frozen=True)
class Traces:
    """What is known of a person: the primary keys, by kind, and what is known elsewhere.

    ``senders``: every conversation that is meant, whether Rasa knows it or not.
    """

    found: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    elsewhere: Sequence[Elsewhere] = ()
    senders: frozenset[str] = frozenset()

    def counts(self) -> dict[str, int]:
        """Count, by kind."""
        return {kind: len(self.found.get(kind, ())) for kind in ERASED_KINDS}

    def __add__(self, later: "Traces") -> "Traces":
        """Put together what was found twice."""
        found = {
            kind: [*self.found.get(kind, ()), *later.found.get(kind, ())] for kind in ERASED_KINDS
        }
        elsewhere = tuple(dict.fromkeys((*self.elsewhere, *later.elsewhere)))
        return Traces(found, elsewhere, self.senders | later.senders)

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to erase here."""
        return not any(self.counts().values())


@dataclass(frozen=True)
class Receipt:
    """Proof of an erasure. ``subject``: a pseudonym, never the address.

    ``state``: BEGUN until everything is gone; ``erased`` is until then what was to go.
    """

    number: str
    erased_at: datetime
    subject: str
    erased: Mapping[str, int]
    elsewhere: Sequence[Elsewhere]
    state: str = DONE

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON that is kept and printed."""
        return {
            "receipt": self.number,
            "state": self.state,
            "erased_at": self.erased_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "subject": self.subject,
            "erased": dict(self.erased),
            "elsewhere": [
                {"where": item.where, "reference": item.reference} for item in self.elsewhere
            ],
        }


def new_number(now: datetime) -> str:
    """Make the number of a receipt."""
    return f"ERA-{now:%Y%m%d}-{secrets.token_hex(4).upper()}"
