"""The rule of `access.py` applied to what a message offers, with its wrong tries counted."""

from collections.abc import Callable
from datetime import datetime

from bot.keys import ASKERS, Secret, derived
from bot.tickets.access import NOTHING, Asker, Owned, Proofs, Right, rights_of
from bot.tickets.code import TicketCodes, find_codes
from bot.tickets.tries import WINDOW, Offer, Tally, TryStore

_MOST_ADDRESSES = 2
# What may stand around an address in a sentence.
_AROUND = str.maketrans(dict.fromkeys("<>()[]{},;:=!?\"'“”«»|/\\", " "))


class Gate:
    """Says what an asker may do, by who he is and what he proves.

    ``secret``: of codes and pseudonyms. It reads and writes a database: call it in a thread.
    """

    def __init__(self, secret: Secret, tries: TryStore, now: Callable[[], datetime]) -> None:
        self.codes = TicketCodes(secret)
        self._key = derived(secret, ASKERS)[0]
        self._tries = tries
        self._now = now

    def rights(
        self,
        owned: Owned | None,
        reference: str,
        asker: Asker,
        offer: Offer,
        *,
        known: Proofs = NOTHING,
    ) -> Right:
        """Say what an asker may do with the ticket of a reference; None is an unknown one.

        ``known``: what the asker proved before. A wrong offer counts, and for an unknown
        ticket as for a known one.
        """
        own = rights_of(owned, asker, known) if owned else Right.NONE
        if own or not offer:
            return own
        tally = Tally(
            self._key,
            asker=f"{asker.channel}:{asker.sender or asker.conversation}",
            network=asker.network,
            reference=reference,
            offer=offer,
        )
        now = self._now()
        admitted = tally.admitted(self._tries.counts(tally.subjects, now - WINDOW))
        if not admitted:
            return Right.NONE
        is_code = self.codes.is_among(admitted.codes, reference)
        address = owned.ticket.draft.address if owned else ""
        proofs = Proofs(is_code, address in admitted.addresses)
        proved = rights_of(owned, asker, proofs) if owned else Right.NONE
        if not proved:
            # Two that ask at the very same time may both pass: one more try than allowed.
            self._tries.note(tally.subjects, now)
        return proved


def offer_in(text: str) -> Offer:
    """Find what a chat's message offers as proofs: two codes and two addresses at most."""
    return Offer(find_codes(text), _addresses(text))


def _addresses(text: str) -> tuple[str, ...]:
    words = text.translate(_AROUND).lower().split()
    found = dict.fromkeys(word.strip(".") for word in words if 0 < word.find("@") < len(word) - 1)
    return tuple(found)[:_MOST_ADDRESSES]
