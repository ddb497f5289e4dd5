"""What the intake works with, and what it is told."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.delivery.outbox import Item
from bot.mailbox.reading import Reader
from bot.tickets.code import TicketCodes
from bot.tickets.model import Addition, Draft, Ticket
from bot.tickets.telling import Telling
from bot.triage.mail import Mail
from bot.triage.modes import Modes
from bot.triage.quotas import AnswersSoFar, Quotas
from bot.triage.records import Settlement, Thread
from bot.triage.request import Request
from bot.triage.threads import ThreadMarks


class Mailbox(Protocol):
    """What the intake needs of a mailbox; see ``ImapMailbox``."""

    uid_validity: int

    def find(self, above: int, since: date) -> list[int]:
        """Give the UIDs of new mails."""

    def sizes(self, uids: Sequence[int]) -> Mapping[int, int]:
        """Give their sizes in bytes."""

    def fetch(self, uids: Sequence[int]) -> Mapping[int, bytes]:
        """Give their bytes."""

    def mark(self, uids: Sequence[int]) -> None:
        """Show that they are done."""

    def quarantine(self, uids: Sequence[int]) -> None:
        """Set them aside."""


class Work(Protocol):
    """One mail's transaction; see ``MailWork``."""

    def is_known(self, fingerprint: str) -> bool:
        """Say whether this very mail came before."""

    def find_thread(
        self, names: Sequence[str], message_ids: Sequence[str], sender: str
    ) -> Thread | None:
        """Find the thread of the same sender."""

    def begin_thread(self, name: str, sender: str, language: str) -> Thread:
        """Begin one."""

    def keep_request(self, thread: Thread, request: Request, reference: str) -> None:
        """Keep what it stated."""

    def answers_so_far(
        self, sender: str, recipient: str, thread_id: int, answer_hash: str
    ) -> AnswersSoFar:
        """Count what quotas look at."""

    def bytes_kept(self, sender: str) -> tuple[int, int]:
        """Give how much is kept of the sender's mails of a day, and of all."""

    def open_ticket(self, draft: Draft) -> Ticket:
        """Open the ticket."""

    def find_similar(self, draft: Draft, sender: str | None) -> Ticket | None:
        """Find an open ticket of the sender about the same accounts; None: not verified."""

    def add(self, reference: str, addition: Addition) -> None:
        """Add to a ticket."""

    def queue(self, item: Item) -> None:
        """Queue what has to leave."""

    def settle(self, settlement: Settlement) -> None:
        """Write the outcome."""


class Journal(Protocol):
    """What the intake needs of the journal; see ``SqlMailStore``."""

    def find_thread(
        self, names: Sequence[str], message_ids: Sequence[str], sender: str
    ) -> Thread | None:
        """Find the thread of the same sender, before anything is decided."""

    def register(self, uid_validity: int, uids: Sequence[int], now: datetime) -> int:
        """Note new mails."""

    def highest_uid(self, uid_validity: int) -> int:
        """Give the highest UID noted."""

    def undecided(self, uid_validity: int) -> Sequence[tuple[int, int]]:
        """Give id and UID of mails without outcome."""

    def count_try(self, mail_id: int) -> int:
        """Note that a mail is about to be read; gives how often it was."""

    def forget_try(self, mail_id: int) -> None:
        """Note that it was not read after all."""

    def unmarked(self, uid_validity: int) -> Mapping[str, Sequence[tuple[int, int]]]:
        """Give id and UID, by outcome, of decided mails without mark."""

    def mark(self, ids: Sequence[int], now: datetime) -> None:
        """Note the mark."""

    def close_renumbered(self, uid_validity: int, now: datetime) -> int:
        """Close what an older numbering left open."""

    def note_bounce(self, message_ids: Sequence[str]) -> int:
        """Note answers that did not arrive."""

    def settling(self, mail_id: int, now: datetime) -> AbstractContextManager[Work | None]:
        """Begin a mail's transaction."""


class StatusTeller(Protocol):
    """Tells how tickets stand; see ``StatusDesk``."""

    async def tell(self, mail: Mail, of_thread: str = "") -> Sequence[Telling]:
        """Say how the tickets stand that a mail asks about, as far as its sender may know."""


@dataclass(frozen=True)
class Registers:
    """What the intake reads with, writes to and looks up in."""

    reader: Reader
    journal: Journal
    desk: StatusTeller


@dataclass(frozen=True)
class Policy:
    """What the helpdesk allows. ``address``: the answers' sender; ``marks``: of its threads.

    ``codes``: of its tickets. ``most_kept``: bytes of mails kept of a sender in a day, and in
    all.
    """

    address: str
    marks: ThreadMarks
    codes: TicketCodes
    modes: Modes
    quotas: Quotas
    max_age: timedelta
    most_kept: tuple[int, int]


class Observer(Protocol):
    """Counts for the metrics."""

    def received(self, number: int) -> None:
        """Count new mails."""

    def settled(self, outcome: str, reason: str) -> None:
        """Count an outcome."""
