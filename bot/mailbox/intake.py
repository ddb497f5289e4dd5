"""From the inbox to the journal: every mail gets exactly one outcome."""

import asyncio
import hashlib
import logging
import traceback
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol

from bot.delivery.outbox import Item
from bot.mailbox.clerk import Clerk
from bot.mailbox.message import Envelope, build_message
from bot.mailbox.targets import DRAFTS, SMTP
from bot.privacy import mask_secrets
from bot.tickets.model import Draft, Ticket
from bot.triage.automatic import answer_address, automatic_reason
from bot.triage.bounces import Bounce, read_bounce
from bot.triage.decide import Decision, Understanding
from bot.triage.letter import Letter
from bot.triage.mail import Mail, Quarantined
from bot.triage.modes import DRAFT, OFF, REQUEST, Modes
from bot.triage.newest import newest_text
from bot.triage.quotas import AnswersSoFar, Quotas, quota_reason
from bot.triage.records import (
    ANSWERED,
    DRAFTED,
    IGNORED,
    LEFT,
    QUARANTINED,
    TICKETED,
    Settlement,
    Thread,
    fingerprint,
)
from bot.triage.request import Request
from bot.triage.threads import ThreadMarks

_LOG = logging.getLogger(__name__)
_BATCH_MAILS = 25
_BATCH_BYTES = 5_000_000
# A machine's mail is never answered; a person's whose answer has to wait may still be complete.
_TICKET_IN_SILENCE = frozenset({"not_addressed", "suppressed"})
# Fewer words tell no language: "OK, merci" answers a Dutch letter too.
_MIN_WORDS = 3
# What an odd mail may raise that the reader did not foresee. A database that is away is
# something else: the mail waits for it.
_ODD = (ValueError, TypeError, LookupError, AttributeError, RecursionError, ArithmeticError)


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

    def answers_so_far(self, sender: str, thread_id: int, answer_hash: str) -> AnswersSoFar:
        """Count what quotas look at."""

    def open_ticket(self, draft: Draft) -> Ticket:
        """Open the ticket."""

    def queue(self, item: Item) -> None:
        """Queue what has to leave."""

    def settle(self, settlement: Settlement) -> None:
        """Write the outcome."""


class Journal(Protocol):
    """What the intake needs of the journal; see ``SqlMailStore``."""

    def register(self, uid_validity: int, uids: Sequence[int], now: datetime) -> int:
        """Note new mails."""

    def highest_uid(self, uid_validity: int) -> int:
        """Give the highest UID noted."""

    def undecided(self, uid_validity: int) -> Sequence[tuple[int, int]]:
        """Give id and UID of mails without outcome."""

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


@dataclass(frozen=True)
class Policy:
    """What the helpdesk allows. ``address``: the answers' sender; ``marks``: of its threads."""

    address: str
    marks: ThreadMarks
    modes: Modes
    quotas: Quotas
    max_age: timedelta


class Observer(Protocol):
    """Counts for the metrics."""

    def received(self, number: int) -> None:
        """Count new mails."""

    def settled(self, outcome: str, reason: str) -> None:
        """Count an outcome."""


class Intake:
    """Registers, reads, decides, queues, marks: in this order, each step safe to repeat."""

    def __init__(
        self,
        clerk: Clerk,
        journal: Journal,
        policy: Policy,
        observer: Observer,
        now: Callable[[], datetime],
    ) -> None:
        self._clerk = clerk
        self._journal = journal
        self._policy = policy
        self._observer = observer
        self._now = now

    async def run_once(self, mailbox: Mailbox) -> int:
        """Handle everything that is in the inbox; gives how many mails were decided on."""
        validity = mailbox.uid_validity
        closed = self._journal.close_renumbered(validity, self._now())
        for _ in range(closed):
            self._observer.settled(IGNORED, "renumbered")
        since = (self._now() - self._policy.max_age).date()
        above = self._journal.highest_uid(validity)
        uids = await asyncio.to_thread(mailbox.find, above, since)
        new = self._journal.register(validity, uids, self._now())
        self._observer.received(new)
        undecided = self._journal.undecided(validity)
        await self._handle_all(self._fetched(mailbox, undecided))
        await self._mark(mailbox, validity)
        return len(undecided)

    async def _fetched(
        self, mailbox: Mailbox, undecided: Sequence[tuple[int, int]]
    ) -> AsyncIterator[tuple[int, bytes | int | None]]:
        """Give each mail's bytes; its size when it is too large, None when it is gone."""
        for start in range(0, len(undecided), _BATCH_MAILS):
            batch = undecided[start : start + _BATCH_MAILS]
            sizes = await asyncio.to_thread(mailbox.sizes, [uid for _, uid in batch])
            limit = self._clerk.limits.max_bytes
            wanted = [uid for _, uid in batch if sizes.get(uid, limit + 1) <= limit]
            is_small = sum(sizes[uid] for uid in wanted) <= _BATCH_BYTES
            together = await asyncio.to_thread(mailbox.fetch, wanted) if is_small else {}
            for mail_id, uid in batch:
                if uid in wanted and not is_small:
                    yield mail_id, (await asyncio.to_thread(mailbox.fetch, [uid])).get(uid)
                else:
                    yield mail_id, together.get(uid) if uid in wanted else sizes.get(uid)

    async def _handle_all(self, mails: AsyncIterator[tuple[int, bytes | int | None]]) -> None:
        """Settle one mail in a thread while the next one is being understood."""
        settling: asyncio.Task[None] | None = None
        try:
            async for mail_id, raw in mails:
                settle = await self._understood(mail_id, raw)
                # In the order they came: a reply may follow its own first mail closely.
                if settling:
                    await settling
                settling = asyncio.create_task(asyncio.to_thread(settle))
        finally:
            if settling:
                await settling

    async def _understood(self, mail_id: int, raw: bytes | int | None) -> Callable[[], None]:
        """Read and understand a mail; gives what settles it."""
        if raw is None:
            return partial(self._settle, mail_id, Settlement(IGNORED, "gone"))
        try:
            if isinstance(raw, int):
                raise Quarantined("too_large", f"{raw} bytes")
            mail = self._clerk.read(raw)
            case = _Case(mail_id, mail, fingerprint(mail, raw), self._now())
            if reason := automatic_reason(mail):
                # What a machine says needs no understanding, which is half of a mail's cost.
                bounce = read_bounce(raw) if mail.report else None
                return partial(self._settle_automatic, case, reason, bounce)
            return partial(self._decide, case, await self._clerk.understand(mail))
        except Quarantined as error:
            return partial(self._settle, mail_id, Settlement(QUARANTINED, error.reason))
        except _ODD as error:
            return partial(self._set_aside, mail_id, error)

    def _set_aside(self, mail_id: int, error: Exception) -> None:
        # The words of the error may be words of the mail.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{frame.filename}:{frame.lineno}"
        _LOG.error("mail.failed id=%s error=%s at=%s", mail_id, type(error).__name__, where)
        self._settle(mail_id, Settlement(QUARANTINED, f"failed_{type(error).__name__}"))

    def _settle_automatic(self, case: "_Case", reason: str, bounce: Bounce | None) -> None:
        if bounce and bounce.is_permanent:
            self._journal.note_bounce(bounce.message_ids)
        settled = replace(case.settlement(IGNORED, reason), category="automatic")
        self._settle(case.mail_id, settled)

    def _decide(self, case: "_Case", understood: Understanding) -> None:
        try:
            with self._journal.settling(case.mail_id, case.now) as work:
                if work is None:
                    return
                settlement = self._settlement(work, case, understood)
                work.settle(settlement)
        except _ODD as error:
            self._set_aside(case.mail_id, error)
            return
        self._report(case.mail_id, settlement)

    def _settlement(self, work: Work, case: "_Case", understood: Understanding) -> Settlement:
        if work.is_known(case.fingerprint):
            return case.settlement(IGNORED, "duplicate")
        mail = case.mail
        thread = work.find_thread(
            self._policy.marks.threads_of(mail), _references(mail), mail.sender
        )
        earlier = thread.request if thread and not thread.ticket_reference else None
        decision = self._clerk.decide(mail, understood, case.now.date(), earlier)
        if thread and len(newest_text(mail.text).split()) < _MIN_WORDS:
            decision = replace(decision, language=thread.language)
        if decision.category == "spam":
            return case.settlement(IGNORED, decision.reason, decision)
        thread = thread or work.begin_thread(
            self._policy.marks.new_name(), mail.sender, decision.language
        )
        is_request = decision.category == REQUEST
        if is_request and thread.ticket_reference:
            # People hold the request now: what changes it is for them to read.
            return case.settlement(LEFT, "ticket_exists", decision, thread)
        reference = self._ticket(work, case, decision, thread) if is_request else ""
        if is_request:
            work.keep_request(thread, decision.request, reference)
        return self._answered(work, case, decision, thread, reference)

    def _ticket(self, work: Work, case: "_Case", decision: Decision, thread: Thread) -> str:
        """Open the ticket when the request is complete; gives its reference, or nothing."""
        request = decision.request
        may = decision.should_reply or decision.reason in _TICKET_IN_SILENCE
        if not may or request.missing or self._mode(decision) == OFF:
            return ""
        draft = Draft(
            conversation=f"mail:{thread.name}",
            channel="email",
            language=decision.language,
            filings=request.filings,
            **request.certificate,
        )
        ticket = work.open_ticket(draft)
        _LOG.info("ticket.opened reference=%s mail=%s", ticket.reference, case.mail_id)
        return ticket.reference

    def _answered(
        self, work: Work, case: "_Case", decision: Decision, thread: Thread, reference: str
    ) -> Settlement:
        mode = self._mode(decision)
        silence = "" if decision.should_reply else decision.reason
        silence = silence or ("mode_off" if mode == OFF else "")
        if silence:
            return case.settlement(TICKETED if reference else LEFT, silence, decision, thread)
        letter = self._clerk.write(
            case.mail,
            decision,
            reference=reference,
            tag=self._policy.marks.tag(thread.name),
            is_draft=mode == DRAFT,
        )
        answer_hash = hashlib.sha256(letter.text.encode()).hexdigest()
        so_far = work.answers_so_far(case.mail.sender, thread.id, answer_hash)
        if reason := quota_reason(so_far, self._policy.quotas):
            return case.settlement(TICKETED if reference else LEFT, reason, decision, thread)
        message_id = self._policy.marks.message_id(thread.name)
        self._queue(work, case, letter, message_id, DRAFTS if mode == DRAFT else SMTP)
        outcome = TICKETED if reference else DRAFTED if mode == DRAFT else ANSWERED
        settled = case.settlement(outcome, decision.reason, decision, thread)
        return replace(
            settled, answer_id=message_id, answer_hash=answer_hash, answer_text=letter.text
        )

    def _queue(
        self, work: Work, case: "_Case", letter: Letter, message_id: str, target: str
    ) -> None:
        recipient = answer_address(case.mail)
        envelope = Envelope(self._policy.address, recipient, message_id, case.now)
        work.queue(Item(target, f"mail:{case.mail_id}", recipient, build_message(letter, envelope)))
        _LOG.info("mail.queued id=%s target=%s", case.mail_id, target)

    def _mode(self, decision: Decision) -> str:
        is_request = decision.category == REQUEST
        spoken_of = [*decision.topics, *([REQUEST] if is_request else [])]
        return self._policy.modes.mode(spoken_of, decision.language)

    def _settle(self, mail_id: int, settlement: Settlement) -> None:
        with self._journal.settling(mail_id, self._now()) as work:
            if work is None:
                return
            work.settle(settlement)
        self._report(mail_id, settlement)

    def _report(self, mail_id: int, settlement: Settlement) -> None:
        self._observer.settled(settlement.outcome, settlement.reason)
        _LOG.info(
            "mail.settled id=%s outcome=%s reason=%s category=%s language=%s topics=%s",
            mail_id,
            settlement.outcome,
            settlement.reason,
            settlement.category,
            settlement.language,
            ",".join(settlement.topics),
        )

    async def _mark(self, mailbox: Mailbox, validity: int) -> None:
        for outcome, mails in self._journal.unmarked(validity).items():
            move_or_mark = mailbox.quarantine if outcome == QUARANTINED else mailbox.mark
            await asyncio.to_thread(move_or_mark, [uid for _, uid in mails])
            self._journal.mark([mail_id for mail_id, _ in mails], self._now())


@dataclass(frozen=True)
class _Case:
    """A mail on its way to an outcome."""

    mail_id: int
    mail: Mail
    fingerprint: str
    now: datetime

    def settlement(
        self,
        outcome: str,
        reason: str,
        decision: Decision | None = None,
        thread: Thread | None = None,
    ) -> Settlement:
        mail = self.mail
        return Settlement(
            outcome,
            reason,
            category=decision.category if decision else "",
            language=decision.language if decision else "",
            topics=decision.topics if decision else (),
            fingerprint=self.fingerprint,
            message_id=mail.message_id,
            sender=mail.sender,
            subject=mask_secrets(mail.subject).text,
            text=mask_secrets(mail.text).text,
            attachments=[
                {"name": a.name, "content_type": a.content_type, "size_bytes": a.size_bytes}
                for a in mail.attachments
            ],
            thread_id=thread.id if thread else None,
        )


def _references(mail: Mail) -> list[str]:
    """Name the mails that a mail answers, the sender's own among them."""
    words = f"{mail.header('references')} {mail.header('in-reply-to')}".split()
    return [word for word in dict.fromkeys(words) if word.startswith("<")][-50:]
