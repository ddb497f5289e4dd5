"""Tickets in the database, each written in one transaction."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, case, func, insert, select, update
from sqlalchemy.engine import Connection, Engine

from bot.audit import Entry
from bot.delivery.ticket import item_for
from bot.figures import TICKET, Count
from bot.storage.additions import add_to_ticket, similar_tickets
from bot.storage.counters import count
from bot.storage.engine import insert_into, to_column, writing
from bot.storage.outbox import queue
from bot.storage.requesters import find_owned, sender_of
from bot.storage.steps import take_step
from bot.storage.tables import FILINGS, TICKET_NUMBERS, TICKETS
from bot.storage.ticket_rows import FILING_COLUMNS, find_ticket, read_ticket
from bot.tickets.access import EMAIL, Owned
from bot.tickets.caps import ADDRESS, ALL, CONVERSATION, NETWORK, WITHIN, Caps
from bot.tickets.check import check_draft
from bot.tickets.model import CERTIFICATE_VALUES, Addition, Draft, Ticket
from bot.tickets.reference import make_reference
from bot.tickets.status import CLOSED, StatusChange, steps_between

_TOOL = "Request Tracker"
"""Who changed the status of a ticket that people closed there."""


class SqlTicketStore:
    """Keeps tickets in SQLite or PostgreSQL.

    ``targets``: where new ones are delivered. ``caps``: how many may be opened; None for any
    number. ``may_lack``: details that may be missing.
    """

    def __init__(
        self,
        engine: Engine,
        targets: Sequence[str] = (),
        caps: Caps | None = None,
        may_lack: Collection[str] = (),
    ) -> None:
        self._engine = engine
        self._targets = targets
        self._caps = caps
        self._may_lack = may_lack

    def open(self, draft: Draft, *, now: datetime) -> tuple[Ticket, bool]:
        """Store ``draft`` under a new reference, unless it is an open ticket already.

        Raises: InvalidDraft, TooManyTickets; nothing is written then.
        """
        with writing(self._engine) as connection:
            check_draft(draft, today=now.date(), may_lack=self._may_lack)
            return _open(connection, draft, now, self._targets, self._caps)

    def look_up(self, reference: str) -> Owned | None:
        """Look a ticket up by its reference, with whose it is."""
        with self._engine.connect() as connection:
            return find_owned(connection, TICKETS.c.reference == reference)

    def find(self, reference: str) -> Ticket | None:
        """Look a ticket up by its reference."""
        with self._engine.connect() as connection:
            return find_ticket(connection, TICKETS.c.reference == reference)

    def similar(self, draft: Draft, *, now: datetime) -> Sequence[Owned]:
        """Give the open tickets of the same address about the same accounts, newest first."""
        with self._engine.connect() as connection:
            return similar_tickets(connection, draft, now)

    def add(self, reference: str, addition: Addition, *, now: datetime) -> Ticket | None:
        """Add to a ticket; its delivery is queued in the same transaction."""
        with writing(self._engine) as connection:
            return add_to_ticket(connection, reference, addition, now, self._targets)

    def open_references(self) -> Sequence[str]:
        """Name the tickets that are not closed, oldest first."""
        query = (
            select(TICKETS.c.reference)
            .where(TICKETS.c.status.not_in(CLOSED))
            .order_by(TICKETS.c.id)
        )
        with self._engine.connect() as connection:
            return [row.reference for row in connection.execute(query)]

    def take_over(self, reference: str, status: str, *, now: datetime) -> bool:
        """Note how a ticket stands in the desk's tool, step by step, as people would.

        False when it stays as it was: it stood so already, or no step leads there. Nothing
        leads back to new: what was taken up here stays so, though nobody told the tool.
        """
        with writing(self._engine) as connection:
            query = select(TICKETS.c.status).where(TICKETS.c.reference == reference)
            before = connection.execute(query.with_for_update()).scalar()
            steps = steps_between(before, status) if before else ()
            for after in steps:
                entry = Entry(now, _TOOL, "ticket_status_changed", reference, f"{before} > {after}")
                take_step(connection, reference, StatusChange(before, after), entry)
                before = after
            return bool(steps)

    def list(self) -> Sequence[Ticket]:
        """Give all tickets, newest first."""
        newest_first = select(TICKETS).order_by(TICKETS.c.created_at.desc(), TICKETS.c.id.desc())
        with self._engine.connect() as connection:
            return [read_ticket(connection, row) for row in connection.execute(newest_first).all()]


def open_ticket(
    connection: Connection,
    draft: Draft,
    now: datetime,
    targets: Sequence[str],
) -> tuple[Ticket, bool]:
    """Store ``draft``, which lacks nothing, in a transaction of the caller's.

    Returns: the ticket, and whether this call made it. Raises: InvalidDraft.
    """
    check_draft(draft, today=now.date())
    return _open(connection, draft, now, targets, None)


def _open(
    connection: Connection,
    draft: Draft,
    now: datetime,
    targets: Sequence[str],
    caps: Caps | None,
) -> tuple[Ticket, bool]:
    """Store a draft that was checked, unless it is an open ticket already.

    Its delivery to each of ``targets`` is queued in the same transaction; it names the
    open tickets that it may be the same as.

    The year's counter is changed first: that row is the lock behind which two equal drafts
    cannot both be new, and no ticket slips in while they are counted.
    Raises: TooManyTickets.
    """
    number = _next_number(connection, now.year)
    known = find_ticket(connection, TICKETS.c.fingerprint == draft.fingerprint())
    if known and known.status not in CLOSED:
        _give_back(connection, now.year)
        return known, False
    if known:
        _let_go(connection, known)
    if caps:
        caps.check(draft, _recent(connection, draft, now))
    similar = [owned.ticket.reference for owned in similar_tickets(connection, draft, now)]
    row = {
        "reference": make_reference(now.year, number),
        "fingerprint": draft.fingerprint(),
        "status": "new",
        "created_at": to_column(now),
        "conversation": draft.conversation,
        "channel": draft.channel,
        "language": draft.language,
        **{name: getattr(draft, name) for name in CERTIFICATE_VALUES},
        "network": draft.network,
    }
    ticket_id = connection.execute(insert(TICKETS).values(row)).inserted_primary_key[0]
    connection.execute(
        insert(FILINGS),
        [
            {
                "ticket_id": ticket_id,
                "position": position,
                **{column: filing.get(column) for column in FILING_COLUMNS},
            }
            for position, filing in enumerate(draft.filings, start=1)
        ],
    )
    ticket = find_ticket(connection, TICKETS.c.id == ticket_id)
    assert ticket is not None  # noqa: S101 (written two statements ago)
    count(connection, Count(now.date(), draft.language, TICKET, draft.channel))
    requester = sender_of(connection, draft)
    for target in targets:
        queue(connection, item_for(ticket, target, requester, similar), now)
    return ticket, True


def _let_go(connection: Connection, closed: Ticket) -> None:
    """Give a closed ticket another fingerprint: the same request made again is a new one."""
    released = hashlib.sha256(f"{closed.draft.fingerprint()}:{closed.reference}".encode())
    connection.execute(
        update(TICKETS)
        .where(TICKETS.c.reference == closed.reference)
        .values(fingerprint=released.hexdigest())
    )


def _recent(connection: Connection, draft: Draft, now: datetime) -> dict[str, int]:
    """Count the tickets of the last day that chats opened, in all and like ``draft``."""
    address = func.lower(TICKETS.c.certificate_email) == draft.address
    is_same_network = and_(TICKETS.c.network == draft.network, TICKETS.c.network != "")
    conditions = {
        ALL: TICKETS.c.id.is_not(None),
        CONVERSATION: TICKETS.c.conversation == draft.conversation,
        ADDRESS: address,
        NETWORK: is_same_network,
    }
    counts = [func.count(case((c, 1))).label(name) for name, c in conditions.items()]
    by_chat = and_(TICKETS.c.created_at > to_column(now - WITHIN), TICKETS.c.channel != EMAIL)
    return dict(connection.execute(select(*counts).where(by_chat)).one()._mapping)


def _give_back(connection: Connection, year: int) -> None:
    """Take the number back that a known draft did not need; the lock stays ours."""
    connection.execute(
        update(TICKET_NUMBERS)
        .where(TICKET_NUMBERS.c.year == year)
        .values(last_number=TICKET_NUMBERS.c.last_number - 1)
    )


def _next_number(connection: Connection, year: int) -> int:
    connection.execute(
        insert_into(connection, TICKET_NUMBERS)
        .values(year=year, last_number=1)
        .on_conflict_do_update(
            index_elements=["year"], set_={"last_number": TICKET_NUMBERS.c.last_number + 1}
        )
    )
    of_year = select(TICKET_NUMBERS.c.last_number).where(TICKET_NUMBERS.c.year == year)
    return int(connection.execute(of_year).scalar_one())
