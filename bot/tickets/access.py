"""Who may know of a ticket, and who may add to it: the one rule.

Chat, mail, the desk's pages and the stores ask here; nothing else decides.

| who asks | state | add | reference | code |
| --- | --- | --- | --- | --- |
| somebody at the desk | yes | yes | yes | no |
| the chat that opened it | yes | yes | yes | yes |
| whoever gives its code, by chat or mail | yes | yes | yes | yes |
| the sender of the mail that opened it, verified | yes | yes | yes | yes |
| mail from the certificate's address, verified | yes | yes | yes | no |
| either sender, not verified | yes | no | yes | no |
| a chat that names it and the certificate's address | yes | no | no | no |
| anybody else | no | no | no | no |

A sender that nobody verified may be forged; but what is told goes to that address alone, so
whoever forged it learns nothing. He must not write into the ticket. An address typed in a
chat proves little, since colleagues and clients know it: it opens the state, with a reference
that the visitor already has, and nothing else.
"""

from dataclasses import dataclass
from enum import Flag, auto

from bot.tickets.model import Ticket

DESK, EMAIL = "desk", "email"
"""Channels of an asker that are no chats."""


class Right(Flag):
    """What an asker may do with a ticket."""

    NONE = 0
    STATE = auto()
    ADD = auto()
    REFERENCE = auto()
    CODE = auto()


_ALL = Right.STATE | Right.ADD | Right.REFERENCE | Right.CODE


@dataclass(frozen=True)
class Owned:
    """A ticket, and ``sender``: the address whose mail opened it, empty for a chat."""

    ticket: Ticket
    sender: str = ""


@dataclass(frozen=True)
class Asker:
    """Who asks.

    ``channel``: ``desk`` or one of `CHANNELS`. ``sender``: the address that a mail comes
    from, in lower case, and the only one that its answer goes to; empty in a chat.
    ``is_verified``: that sender is no forgery. ``network``: where a chat comes from, as
    `origin.py` names it; it counts tries and proves nothing.
    """

    channel: str
    conversation: str = ""
    sender: str = ""
    is_verified: bool = False
    network: str = ""


@dataclass(frozen=True)
class Proofs:
    """What somebody knows of a ticket: its code, or the certificate's e-mail address."""

    has_code: bool = False
    has_address: bool = False


NOTHING = Proofs()


def rights_of(owned: Owned, asker: Asker, proofs: Proofs = NOTHING) -> Right:
    """Say what an asker may do with a ticket."""
    if asker.channel == DESK:
        return Right.STATE | Right.ADD | Right.REFERENCE
    if proofs.has_code:
        return _ALL
    if asker.channel == EMAIL:
        return _by_mail(owned, asker)
    draft = owned.ticket.draft
    if (asker.channel, asker.conversation) == (draft.channel, draft.conversation):
        return _ALL
    return Right.STATE if proofs.has_address else Right.NONE


def _by_mail(owned: Owned, asker: Asker) -> Right:
    is_opener = bool(asker.sender) and asker.sender == owned.sender
    is_certificate = bool(asker.sender) and asker.sender == owned.ticket.draft.address
    if not (is_opener or is_certificate):
        return Right.NONE
    if not asker.is_verified:
        return Right.STATE | Right.REFERENCE
    return _ALL if is_opener else Right.STATE | Right.ADD | Right.REFERENCE
