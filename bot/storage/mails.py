"""The journal of the mailbox: every mail, its thread, and what became of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.engine import Connection, Engine

from bot.delivery.outbox import Item
from bot.figures import MAIL, Count
from bot.storage.additions import add_to_ticket, similar_tickets
from bot.storage.counters import count
from bot.storage.engine import insert_into, to_column, writing
from bot.storage.outbox import queue
from bot.storage.tables import MAILS
from bot.storage.threads import begin_thread, find_thread, keep_request
from bot.storage.tickets import open_ticket
from bot.tickets.access import EMAIL, Asker, Right, rights_of
from bot.tickets.model import Addition, Draft, Ticket
from bot.triage.quotas import AnswersSoFar
from bot.triage.records import (
    ANSWERED,
    DRAFTED,
    IGNORED,
    TICKETED,
    Settlement,
    Thread,
)
from bot.triage.request import Request

_HOUR = timedelta(hours=1)
_SAME_ANSWER = timedelta(days=7)  # RFC 3834 §2
_BOUNCED = timedelta(days=30)
_WITH_ANSWER = (ANSWERED, DRAFTED, TICKETED)


class SqlMailStore:
    """Keeps the journal of one account in SQLite or PostgreSQL.

    ``targets``: where the tickets that mails become are delivered.
    """

    def __init__(self, engine: Engine, account: str, targets: Sequence[str] = ()) -> None:
        self._engine = engine
        self._account = account
        self._targets = targets

    def register(self, uid_validity: int, uids: Sequence[int], now: datetime) -> int:
        """Note new mails before anything else happens to them; gives how many were new."""
        if not uids:
            return 0
        place = and_(MAILS.c.account == self._account, MAILS.c.uid_validity == uid_validity)
        with writing(self._engine) as connection:
            known = {
                row.uid
                for row in connection.execute(
                    select(MAILS.c.uid).where(place, MAILS.c.uid.between(min(uids), max(uids)))
                )
            }
            new = [uid for uid in uids if uid not in known]
            if new:
                row = {
                    "account": self._account,
                    "uid_validity": uid_validity,
                    "received_at": to_column(now),
                    "bounced": False,
                }
                # Another process that watches the same mailbox may be a moment ahead.
                of_new = insert_into(connection, MAILS).on_conflict_do_nothing(
                    index_elements=["account", "uid_validity", "uid"]
                )
                connection.execute(of_new, [{**row, "uid": uid} for uid in new])
        return len(new)

    def highest_uid(self, uid_validity: int) -> int:
        """Give the highest UID that was registered; 0 before the first."""
        query = select(func.max(MAILS.c.uid)).where(
            MAILS.c.account == self._account, MAILS.c.uid_validity == uid_validity
        )
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def undecided(self, uid_validity: int) -> Sequence[tuple[int, int]]:
        """Give id and UID of the mails that nothing became of yet, oldest first."""
        return self._pairs(uid_validity, MAILS.c.outcome.is_(None))

    def unmarked(self, uid_validity: int) -> Mapping[str, Sequence[tuple[int, int]]]:
        """Give id and UID, by outcome, of the decided mails that bear no mark on the server."""
        query = select(MAILS.c.id, MAILS.c.uid, MAILS.c.outcome).where(
            MAILS.c.account == self._account,
            MAILS.c.uid_validity == uid_validity,
            MAILS.c.outcome.is_not(None),
            MAILS.c.marked_at.is_(None),
        )
        found: dict[str, list[tuple[int, int]]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                found.setdefault(row.outcome, []).append((row.id, row.uid))
        return found

    def mark(self, ids: Sequence[int], now: datetime) -> None:
        """Note that the server shows these mails as done."""
        if ids:
            with writing(self._engine) as connection:
                connection.execute(
                    update(MAILS).where(MAILS.c.id.in_(ids)).values(marked_at=to_column(now))
                )

    def close_renumbered(self, uid_validity: int, now: datetime) -> int:
        """Close mails of an older numbering: the server shows them under new numbers."""
        with writing(self._engine) as connection:
            closed = connection.execute(
                update(MAILS)
                .where(
                    MAILS.c.account == self._account,
                    MAILS.c.uid_validity != uid_validity,
                    MAILS.c.outcome.is_(None),
                )
                .values(
                    outcome=IGNORED,
                    reason="renumbered",
                    decided_at=to_column(now),
                    marked_at=to_column(now),
                )
            )
            return int(closed.rowcount)

    def note_bounce(self, message_ids: Sequence[str]) -> int:
        """Note that answers did not arrive; gives how many were ours."""
        if not message_ids:
            return 0
        with writing(self._engine) as connection:
            changed = connection.execute(
                update(MAILS).where(MAILS.c.answer_id.in_(message_ids)).values(bounced=True)
            )
            return int(changed.rowcount)

    def find_thread(
        self, names: Sequence[str], message_ids: Sequence[str], sender: str
    ) -> Thread | None:
        """Find the thread by our marks, else by its mails; only that of the same sender."""
        with self._engine.connect() as connection:
            return find_thread(connection, names, message_ids, sender)

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Count the mails by outcome and reason; without an outcome they are under way."""
        query = (
            select(MAILS.c.outcome, MAILS.c.reason, func.count())
            .where(MAILS.c.account == self._account)
            .group_by(MAILS.c.outcome, MAILS.c.reason)
        )
        with self._engine.connect() as connection:
            return {
                (outcome or "", reason or ""): int(number)
                for outcome, reason, number in connection.execute(query)
            }

    @contextmanager
    def settling(self, mail_id: int, now: datetime) -> Iterator["MailWork | None"]:
        """Decide on a mail in one transaction; None when somebody else already did."""
        with writing(self._engine) as connection:
            free = select(MAILS.c.id).where(MAILS.c.id == mail_id, MAILS.c.outcome.is_(None))
            is_free = connection.execute(free.with_for_update()).first() is not None
            yield MailWork(connection, mail_id, now, self._targets) if is_free else None

    def _pairs(self, uid_validity: int, condition: Any) -> Sequence[tuple[int, int]]:
        query = (
            select(MAILS.c.id, MAILS.c.uid)
            .where(
                MAILS.c.account == self._account, MAILS.c.uid_validity == uid_validity, condition
            )
            .order_by(MAILS.c.uid)
        )
        with self._engine.connect() as connection:
            return [(row.id, row.uid) for row in connection.execute(query)]


class MailWork:
    """What one mail changes; all of it is kept, or nothing."""

    def __init__(
        self, connection: Connection, mail_id: int, now: datetime, targets: Sequence[str]
    ) -> None:
        self._connection = connection
        self._targets = targets
        self._mail_id = mail_id
        self._now = now

    def is_known(self, fingerprint: str) -> bool:
        """Say whether this very mail came before under another number."""
        query = select(MAILS.c.id).where(
            MAILS.c.fingerprint == fingerprint,
            MAILS.c.outcome.is_not(None),
            MAILS.c.id != self._mail_id,
        )
        return self._connection.execute(query).first() is not None

    def find_thread(
        self, names: Sequence[str], message_ids: Sequence[str], sender: str
    ) -> Thread | None:
        """Find the thread by our marks, else by its mails; only that of the same sender."""
        return find_thread(self._connection, names, message_ids, sender)

    def begin_thread(self, name: str, sender: str, language: str) -> Thread:
        """Begin a thread."""
        return begin_thread(self._connection, name, sender, language, self._now)

    def keep_request(self, thread: Thread, request: Request, reference: str) -> None:
        """Keep what a thread has stated, and the ticket that came of it."""
        keep_request(self._connection, thread, request, reference)

    def answers_so_far(self, sender: str, thread_id: int, answer_hash: str) -> AnswersSoFar:
        """Count the answers that quotas look at."""
        now = to_column(self._now)
        answered = and_(MAILS.c.outcome.in_(_WITH_ANSWER), MAILS.c.answer_id.is_not(None))
        in_hour = MAILS.c.decided_at > now - _HOUR
        is_sender = MAILS.c.sender == sender
        is_same = and_(is_sender, MAILS.c.answer_hash == answer_hash)
        # In one statement: this runs for every answer.
        conditions = {
            "to_sender_hour": and_(in_hour, is_sender),
            "in_thread": MAILS.c.thread_id == thread_id,
            "in_hour": in_hour,
            "same_to_sender": and_(is_same, MAILS.c.decided_at > now - _SAME_ANSWER),
            "bounced": and_(is_sender, MAILS.c.bounced, MAILS.c.decided_at > now - _BOUNCED),
        }
        counts = [func.count(case((c, 1))).label(name) for name, c in conditions.items()]
        relevant = or_(in_hour, is_sender, MAILS.c.thread_id == thread_id)
        row = self._connection.execute(select(*counts).where(answered, relevant)).one()
        return AnswersSoFar(**row._mapping)

    def open_ticket(self, draft: Draft) -> Ticket:
        """Open the ticket of a complete request."""
        return open_ticket(self._connection, draft, self._now, self._targets)[0]

    def find_similar(self, draft: Draft, sender: str | None) -> Ticket | None:
        """Find an open ticket about the same accounts that the mail may be added to.

        ``sender``: None when nobody verified it.
        """
        asker = Asker(EMAIL, draft.conversation, sender or "", is_verified=sender is not None)
        for owned in similar_tickets(self._connection, draft, self._now):
            if Right.ADD in rights_of(owned, asker):
                return owned.ticket
        return None

    def add(self, reference: str, addition: Addition) -> None:
        """Add to a ticket."""
        add_to_ticket(self._connection, reference, addition, self._now, self._targets)

    def queue(self, item: Item) -> None:
        """Queue what has to leave."""
        queue(self._connection, item, self._now)

    def settle(self, settlement: Settlement) -> None:
        """Write what became of the mail."""
        day = self._now.date()
        count(self._connection, Count(day, settlement.language, MAIL, settlement.outcome))
        self._connection.execute(
            update(MAILS)
            .where(MAILS.c.id == self._mail_id)
            .values(
                outcome=settlement.outcome,
                reason=settlement.reason,
                category=settlement.category,
                language=settlement.language,
                topics=",".join(settlement.topics),
                fingerprint=settlement.fingerprint or None,
                message_id=settlement.message_id or None,
                sender=settlement.sender,
                subject=settlement.subject,
                text=settlement.text,
                attachments=json.dumps(list(settlement.attachments), ensure_ascii=False),
                raw=settlement.raw or None,
                thread_id=settlement.thread_id,
                answer_id=settlement.answer_id or None,
                answer_hash=settlement.answer_hash or None,
                answer_text=settlement.answer_text or None,
                decided_at=to_column(self._now),
            )
        )
