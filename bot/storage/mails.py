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
from bot.keeping.subject import ERASED, erased_marks
from bot.keys import Secret
from bot.storage.additions import add_to_ticket, similar_tickets
from bot.storage.counters import count
from bot.storage.engine import insert_into, to_column, writing
from bot.storage.history import left_for_people, takes_mail
from bot.storage.outbox import queue
from bot.storage.tables import INSTALLATION, MAILS, TICKETS
from bot.storage.threads import begin_thread, find_thread, keep_request
from bot.storage.tickets import open_ticket
from bot.tickets.access import EMAIL, Asker, Right, rights_of
from bot.tickets.model import Addition, Draft, Ticket
from bot.triage.quotas import AnswersSoFar, domain_of
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
_DAY = timedelta(days=1)
_WITH_ANSWER = (ANSWERED, DRAFTED, TICKETED)


class SqlMailStore:
    """Keeps the journal of one account in SQLite or PostgreSQL.

    ``targets``: where the tickets that mails become are delivered. ``secret``: by which a
    mail is known that was erased.
    """

    def __init__(
        self,
        engine: Engine,
        account: str,
        targets: Sequence[str] = (),
        secret: Secret = b"",
    ) -> None:
        self._engine = engine
        self._account = account
        self._targets = targets
        self._secret = secret

    def register(self, uid_validity: int, uids: Sequence[int], now: datetime) -> int:
        """Note new mails before anything else happens to them; gives how many were new.

        After a restore those that lie there already are left to people: they may have been
        answered before.
        """
        if not uids and not self._was_restored():
            return 0
        place = and_(MAILS.c.account == self._account, MAILS.c.uid_validity == uid_validity)
        with writing(self._engine) as connection:
            is_usual = takes_mail(connection)
            if not uids:
                return 0
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
                    **({} if is_usual else left_for_people(now)),
                }
                # Another process that watches the same mailbox may be a moment ahead.
                of_new = insert_into(connection, MAILS).on_conflict_do_nothing(
                    index_elements=["account", "uid_validity", "uid"]
                )
                connection.execute(of_new, [{**row, "uid": uid} for uid in new])
        return len(new)

    def _was_restored(self) -> bool:
        with self._engine.connect() as connection:
            return bool(connection.execute(select(INSTALLATION.c.leaves_mail)).scalar())

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

    def count_try(self, mail_id: int) -> int:
        """Note that a mail is about to be read; gives how often it was, this time included.

        Before it is read: whatever the mail does to its reader, the number stays.
        """
        with writing(self._engine) as connection:
            of_mail = MAILS.c.id == mail_id
            connection.execute(update(MAILS).where(of_mail).values(tries=MAILS.c.tries + 1))
            return int(connection.execute(select(MAILS.c.tries).where(of_mail)).scalar() or 0)

    def forget_try(self, mail_id: int) -> None:
        """Note that a mail was not read after all, through no fault of its own."""
        with writing(self._engine) as connection:
            had_some = and_(MAILS.c.id == mail_id, MAILS.c.tries > 0)
            connection.execute(update(MAILS).where(had_some).values(tries=MAILS.c.tries - 1))

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
            work = MailWork(connection, mail_id, now, self._targets, self._secret)
            yield work if is_free else None

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
        self,
        connection: Connection,
        mail_id: int,
        now: datetime,
        targets: Sequence[str],
        secret: Secret,
    ) -> None:
        self._secret = secret
        self._connection = connection
        self._targets = targets
        self._mail_id = mail_id
        self._now = now

    def is_known(self, fingerprint: str) -> bool:
        """Say whether this very mail came before under another number."""
        names = [fingerprint, *erased_marks(self._secret, fingerprint)]
        query = select(MAILS.c.id).where(
            MAILS.c.fingerprint.in_(names),
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

    def answers_so_far(
        self, sender: str, recipient: str, thread_id: int, answer_hash: str
    ) -> AnswersSoFar:
        """Count the answers that quotas look at: ``sender`` wrote, ``recipient`` is answered."""
        now = to_column(self._now)
        answered = and_(MAILS.c.outcome.in_(_WITH_ANSWER), MAILS.c.answer_id.is_not(None))
        in_hour = MAILS.c.decided_at > now - _HOUR
        is_sender, is_recipient = MAILS.c.sender == sender, MAILS.c.answer_to == recipient
        is_either = or_(is_sender, is_recipient)
        is_same = and_(is_recipient, MAILS.c.answer_hash == answer_hash)
        in_domain = MAILS.c.answer_domain == domain_of(recipient)
        # In one statement: this runs for every answer.
        conditions = {
            "to_sender_hour": and_(in_hour, is_sender),
            "to_recipient_hour": and_(in_hour, is_recipient),
            "to_domain_hour": and_(in_hour, in_domain),
            "in_thread": MAILS.c.thread_id == thread_id,
            "in_hour": in_hour,
            "same_to_recipient": and_(is_same, MAILS.c.decided_at > now - _SAME_ANSWER),
            "bounced": and_(is_either, MAILS.c.bounced, MAILS.c.decided_at > now - _BOUNCED),
            "before": and_(is_recipient, MAILS.c.decided_at <= now - _HOUR),
        }
        counts = [func.count(case((c, 1))).label(name) for name, c in conditions.items()]
        relevant = or_(in_hour, is_either, MAILS.c.thread_id == thread_id)
        row = self._connection.execute(select(*counts).where(answered, relevant)).one()
        found = dict(row._mapping)
        is_known = found.pop("before") > 0 or self._has_ticket(recipient)
        return AnswersSoFar(**found, is_known=is_known)

    def _has_ticket(self, address: str) -> bool:
        is_owner = func.lower(TICKETS.c.certificate_email) == address
        return self._connection.execute(select(TICKETS.c.id).where(is_owner)).first() is not None

    def bytes_kept(self, sender: str) -> tuple[int, int]:
        """Give how many bytes are kept of a sender's mails of a day, and of all mails."""
        since = to_column(self._now) - _DAY
        of_day = and_(MAILS.c.sender == sender, MAILS.c.decided_at > since)
        total = func.coalesce(func.sum(MAILS.c.kept_bytes), 0)
        of_sender = self._connection.execute(select(total).where(of_day)).scalar()
        return int(of_sender or 0), int(self._connection.execute(select(total)).scalar() or 0)

    def _was_erased(self, marks: Sequence[str]) -> bool:
        query = select(MAILS.c.id).where(MAILS.c.fingerprint.in_(marks))
        return self._connection.execute(query).first() is not None

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
        """Write what became of the mail; of one that was erased before, only that."""
        marks = erased_marks(self._secret, settlement.fingerprint)
        if settlement.fingerprint and self._was_erased(marks):
            settlement = Settlement(IGNORED, ERASED, fingerprint=marks[0])
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
                kept_bytes=settlement.kept_bytes or None,
                thread_id=settlement.thread_id,
                answer_id=settlement.answer_id or None,
                answer_to=settlement.answer_to or None,
                answer_domain=domain_of(settlement.answer_to) or None,
                answer_hash=settlement.answer_hash or None,
                answer_text=settlement.answer_text or None,
                decided_at=to_column(self._now),
            )
        )
