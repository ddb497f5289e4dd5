"""Wrong tries to prove that a ticket is one's own, counted so that nobody finds a way in.

They count for a day, for whoever asks (conversation and network), for the ticket, and for
what was tried (code or address). Each limit stops something else:

- a conversation and a network: guessing at all;
- a code or an address: trying the same one on one reference after the other;
- a ticket: guessing its code from everywhere. It stops only askers who were wrong before, so
  that strangers cannot close a ticket for who comes with the right code.

Who opened the ticket, in that chat or by mail, proves nothing and is never stopped.
"""

import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

WINDOW = timedelta(days=1)
"""For so long a wrong try counts."""

PER_CONVERSATION, PER_NETWORK, PER_TICKET, PER_PROOF = 5, 50, 20, 10
"""Wrong tries a day after which nothing more opens."""


class TryStore(Protocol):
    """Where wrong tries are counted; see ``SqlWrongTries``."""

    def counts(self, subjects: Sequence[str], since: datetime) -> Mapping[str, int]:
        """Count the wrong tries of each subject since a moment."""

    def note(self, subjects: Sequence[str], at: datetime) -> None:
        """Count one more for each subject."""


@dataclass(frozen=True)
class Offer:
    """What a message offers as proofs: codes, and addresses in lower case."""

    codes: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Say whether anything is offered."""
        return bool(self.codes or self.addresses)


class Tally:
    """The wrong tries that bear on one offer.

    ``key``: of the pseudonyms under which they are counted; no address is stored. ``asker``:
    names the conversation, or the sender of a mail. ``network``: empty when not known.
    """

    def __init__(
        self, key: bytes, *, asker: str, network: str, reference: str, offer: Offer
    ) -> None:
        self._key = key
        self._asker = self._subject("asker", asker)
        self._network = self._subject("network", network) if network else ""
        self._ticket = self._subject("ticket", reference)
        self._codes = {code: self._subject("code", code) for code in offer.codes}
        self._addresses = {name: self._subject("address", name) for name in offer.addresses}

    @property
    def subjects(self) -> Sequence[str]:
        """Name everything that is counted, in an order that is the same for everybody."""
        tried = (*self._codes.values(), *self._addresses.values())
        named = {self._asker, self._network, self._ticket, *tried} - {""}
        return sorted(named)

    def admitted(self, counts: Mapping[str, int]) -> Offer:
        """Give what of the offer is looked at; nothing once there were too many tries."""
        by_asker = counts.get(self._asker, 0)
        by_network = counts.get(self._network, 0)
        was_wrong = bool(by_asker or by_network)
        is_guessed_at = counts.get(self._ticket, 0) >= PER_TICKET
        if (
            by_asker >= PER_CONVERSATION
            or by_network >= PER_NETWORK
            or (is_guessed_at and was_wrong)
        ):
            return Offer()

        def unspent(tried: Mapping[str, str]) -> tuple[str, ...]:
            return tuple(proof for proof, name in tried.items() if counts.get(name, 0) < PER_PROOF)

        return Offer(unspent(self._codes), unspent(self._addresses))

    def _subject(self, kind: str, value: str) -> str:
        content = f"wrong-try:{kind}:{value}".encode(errors="replace")
        return f"{kind}:{hmac.new(self._key, content, 'sha256').hexdigest()[:32]}"


class MemoryTries:
    """Counts in memory, for as long as the process lives: for a dry run."""

    def __init__(self) -> None:
        self._noted: list[tuple[datetime, str]] = []

    def counts(self, subjects: Sequence[str], since: datetime) -> Mapping[str, int]:
        """Count the wrong tries of each subject since a moment."""
        return Counter(name for at, name in self._noted if at >= since and name in subjects)

    def note(self, subjects: Sequence[str], at: datetime) -> None:
        """Count one more for each subject."""
        self._noted += [(at, name) for name in subjects]
