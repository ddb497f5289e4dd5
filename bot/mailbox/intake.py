"""From the inbox to the journal: every mail gets exactly one outcome."""

import asyncio
import hashlib
import logging
import traceback
from asyncio import to_thread
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.delivery.outbox import Item
from bot.mailbox.case import Case, conversation_of, references_of
from bot.mailbox.clerk import Clerk, Opened, TicketNews
from bot.mailbox.fetch import fetched
from bot.mailbox.keep import keep_mail
from bot.mailbox.message import Envelope, build_message
from bot.mailbox.ports import Journal, Mailbox, Observer, Policy, Registers, Work
from bot.mailbox.targets import DRAFTS, SMTP
from bot.tickets.model import Addition, Draft
from bot.tickets.summary import summarise_draft
from bot.triage.automatic import automatic_reason
from bot.triage.bounces import Bounce, read_bounce
from bot.triage.decide import Decision, Understanding, asks, reply_address
from bot.triage.letter import Letter
from bot.triage.mail import Mail, Quarantined
from bot.triage.modes import DRAFT, OFF, REQUEST, TICKET_STATUS
from bot.triage.newest import newest_text
from bot.triage.quotas import quota_reason
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

_LOG = logging.getLogger(__name__)
ADDED = "added"
"""Reason of a mail that was added to an earlier ticket instead of opening one."""

Settle = Callable[[], Coroutine[Any, Any, None]]
"""Brings one mail to its outcome."""

# A machine's mail is never answered; a person's whose answer has to wait may still be complete.
_TICKET_IN_SILENCE = frozenset({"not_addressed", "suppressed"})
# Thanks in the thread of a ticket are nothing that the desk has to read.
_POLITE = frozenset({"affirm", "chitchat"})
# Fewer words tell no language: "OK, merci" answers a Dutch letter too.
_MIN_WORDS = 3
# What an odd mail may raise that the reader did not foresee. A database that is away is
# something else: the mail waits for it.
_ODD = (ValueError, TypeError, LookupError, AttributeError, RecursionError, ArithmeticError)


class Intake:
    """Registers, reads, decides, queues, marks: in this order, each step safe to repeat."""

    def __init__(
        self,
        clerk: Clerk,
        registers: Registers,
        policy: Policy,
        observer: Observer,
        now: Callable[[], datetime],
    ) -> None:
        self._clerk = clerk
        self._journal = registers.journal
        self._desk = registers.desk
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
        uids = await to_thread(mailbox.find, above, since)
        new = self._journal.register(validity, uids, self._now())
        self._observer.received(new)
        undecided = self._journal.undecided(validity)
        await self._handle_all(fetched(mailbox, undecided, self._clerk.limits.max_bytes))
        await self._mark(mailbox, validity)
        return len(undecided)

    async def _handle_all(self, mails: AsyncIterator[tuple[int, bytes | int | None]]) -> None:
        """Settle one mail in a thread while the next one is being understood."""
        settling: asyncio.Task[None] | None = None
        try:
            async for mail_id, raw in mails:
                settle = await self._understood(mail_id, raw)
                # In the order they came: a reply may follow its own first mail closely.
                if settling:
                    await settling
                settling = asyncio.create_task(settle())
        finally:
            if settling:
                await settling

    async def _understood(self, mail_id: int, raw: bytes | int | None) -> Settle:
        """Read and understand a mail; gives what settles it."""
        if raw is None:
            return partial(to_thread, self._settle, mail_id, Settlement(IGNORED, "gone"))
        try:
            if isinstance(raw, int):
                raise Quarantined("too_large", f"{raw} bytes")
            mail = self._clerk.read(raw)
            case = Case(mail_id, mail, fingerprint(mail, raw), self._now())
            if reason := automatic_reason(mail):
                # What a machine says needs no understanding, which is half of a mail's cost.
                bounce = read_bounce(raw) if mail.report else None
                return partial(to_thread, self._settle_automatic, case, reason, bounce)
            return partial(self._look_up, case, raw, await self._clerk.understand(mail))
        except Quarantined as error:
            settlement = Settlement(QUARANTINED, error.reason)
            return partial(to_thread, self._settle, mail_id, settlement)
        except _ODD as error:
            return partial(to_thread, self._set_aside, mail_id, error)

    def _set_aside(self, mail_id: int, error: Exception) -> None:
        # The words of the error may be words of the mail.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{frame.filename}:{frame.lineno}"
        _LOG.error("mail.failed id=%s error=%s at=%s", mail_id, type(error).__name__, where)
        self._settle(mail_id, Settlement(QUARANTINED, f"failed_{type(error).__name__}"))

    def _settle_automatic(self, case: Case, reason: str, bounce: Bounce | None) -> None:
        if bounce and bounce.is_permanent:
            self._journal.note_bounce(bounce.message_ids)
        settled = replace(case.settlement(IGNORED, reason), category="automatic")
        self._settle(case.mail_id, settled)

    async def _look_up(self, case: Case, raw: bytes, understood: Understanding) -> None:
        """Ask how tickets stand where the mail asks that, then decide on it."""
        try:
            if asks(understood):
                # The desk's tool may take seconds, and a transaction would hold up others.
                thread = await to_thread(self._thread, self._journal, case.mail)
                of_thread = thread.ticket_reference if thread else ""
                case = replace(case, told=await self._desk.tell(case.mail, of_thread))
        except _ODD as error:
            await to_thread(self._set_aside, case.mail_id, error)
            return
        await to_thread(self._decide, case, raw, understood)

    def _thread(self, threads: Journal | Work, mail: Mail) -> Thread | None:
        names = self._policy.marks.threads_of(mail)
        return threads.find_thread(names, references_of(mail), mail.sender)

    def _decide(self, case: Case, raw: bytes, understood: Understanding) -> None:
        try:
            # Before the transaction: others wait for it.
            kept = keep_mail(case.mail, raw, understood.language)
            case = replace(case, kept=kept)
            with self._journal.settling(case.mail_id, case.now) as work:
                if work is None:
                    return
                settlement = self._settlement(work, case, understood)
                work.settle(settlement)
        except _ODD as error:
            self._set_aside(case.mail_id, error)
            return
        self._report(case.mail_id, settlement)

    def _settlement(self, work: Work, case: Case, understood: Understanding) -> Settlement:
        if work.is_known(case.fingerprint):
            return case.settlement(IGNORED, "duplicate")
        mail = case.mail
        thread = self._thread(work, mail)
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
        is_silent = not decision.should_reply and decision.reason not in _POLITE
        is_news = is_request or (is_silent and not decision.asks_status)
        if thread.ticket_reference and is_news:
            # People hold the request now: what changes it is for them to read.
            work.add(thread.ticket_reference, case.addition(thread))
            return case.settlement(LEFT, "ticket_exists", decision, thread)
        opened = self._ticket(work, case, decision, thread) if is_request else None
        if is_request:
            work.keep_request(thread, decision.request, opened.reference if opened else "")
        return self._answered(work, case, decision, thread, opened)

    def _ticket(self, work: Work, case: Case, decision: Decision, thread: Thread) -> Opened | None:
        """Open the ticket of a complete request, or add it to the sender's earlier one."""
        request = decision.request
        may = decision.should_reply or decision.reason in _TICKET_IN_SILENCE
        if not may or request.missing or self._mode(decision) == OFF:
            return None
        draft = Draft(
            conversation=conversation_of(thread),
            channel="email",
            language=decision.language,
            filings=request.filings,
            **request.certificate,
        )
        if earlier := work.find_similar(draft, case.mail.sender):
            text = summarise_draft(draft, earlier.draft.language)
            work.add(earlier.reference, Addition(text, draft.conversation, case.mail_id))
            _LOG.info("ticket.added reference=%s mail=%s", earlier.reference, case.mail_id)
            return Opened(earlier.reference, "", is_added=True)
        ticket = work.open_ticket(draft)
        _LOG.info("ticket.opened reference=%s mail=%s", ticket.reference, case.mail_id)
        return Opened(ticket.reference, self._policy.codes.code(ticket.reference))

    def _answered(
        self,
        work: Work,
        case: Case,
        decision: Decision,
        thread: Thread,
        opened: Opened | None,
    ) -> Settlement:
        mode = self._mode(decision)
        silence = "" if decision.should_reply else decision.reason
        silence = silence or ("mode_off" if mode == OFF else "")
        if silence:
            return case.settlement(TICKETED if opened else LEFT, silence, decision, thread)
        letter = self._clerk.write(
            case.mail,
            decision,
            news=TicketNews(opened, case.told if decision.asks_status else ()),
            tag=self._policy.marks.tag(thread.name),
            is_draft=mode == DRAFT,
        )
        answer_hash = hashlib.sha256(letter.text.encode()).hexdigest()
        so_far = work.answers_so_far(case.mail.sender, thread.id, answer_hash)
        if reason := quota_reason(so_far, self._policy.quotas):
            return case.settlement(TICKETED if opened else LEFT, reason, decision, thread)
        message_id = self._policy.marks.message_id(thread.name)
        recipient = reply_address(case.mail, decision)
        envelope = Envelope(self._policy.address, recipient, message_id, case.now)
        self._queue(work, case, letter, envelope, DRAFTS if mode == DRAFT else SMTP)
        outcome = TICKETED if opened else DRAFTED if mode == DRAFT else ANSWERED
        reason = ADDED if opened and opened.is_added else decision.reason
        settled = case.settlement(outcome, reason, decision, thread)
        return replace(
            settled, answer_id=message_id, answer_hash=answer_hash, answer_text=letter.text
        )

    def _queue(
        self, work: Work, case: Case, letter: Letter, envelope: Envelope, target: str
    ) -> None:
        message = build_message(letter, envelope)
        key = f"mail:{case.mail_id}"
        work.queue(Item(target, key, envelope.recipient, message, mail_id=case.mail_id))
        _LOG.info("mail.queued id=%s target=%s", case.mail_id, target)

    def _mode(self, decision: Decision) -> str:
        is_request = decision.category == REQUEST
        spoken_of = [
            *decision.topics,
            *([REQUEST] if is_request else []),
            *([TICKET_STATUS] if decision.asks_status else []),
        ]
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
            await to_thread(move_or_mark, [uid for _, uid in mails])
            self._journal.mark([mail_id for mail_id, _ in mails], self._now())
