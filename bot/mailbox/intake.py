"""From the inbox to the journal: every mail gets exactly one outcome."""

import asyncio
import hashlib
import logging
import traceback
from asyncio import CancelledError, shield, to_thread
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.delivery.outbox import Item
from bot.mailbox.case import Case, conversation_of
from bot.mailbox.clerk import Clerk, Opened, TicketNews
from bot.mailbox.fetch import fetched
from bot.mailbox.message import Envelope, build_message
from bot.mailbox.notes import note
from bot.mailbox.ports import Journal, Mailbox, Observer, Policy, Registers, Work
from bot.mailbox.reading import ReaderAway, Reading, ReadingFailed, references_of
from bot.mailbox.targets import DRAFTS, SMTP
from bot.storage.away import is_away
from bot.tickets.model import Addition, Draft
from bot.tickets.summary import summarise_draft
from bot.triage.decide import Decision, asks, reply_address
from bot.triage.letter import Letter
from bot.triage.mail import Mail, Quarantined
from bot.triage.modes import DRAFT, OFF, REQUEST, SEND, TICKET_STATUS
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
# A mail that ended its reader twice, or took it too long, is not read a third time.
_MOST_TRIES = 2
_MAX_REASON_CHARS = 60


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
        self._reader = registers.reader
        self._journal = registers.journal
        self._desk = registers.desk
        self._policy = policy
        self._observer = observer
        self._now = now
        # Read without harm, yet without an outcome: the database was away.
        self._sound: set[int] = set()

    async def run_once(self, mailbox: Mailbox) -> int:
        """Handle everything that is in the inbox; gives how many mails were decided on."""
        validity = mailbox.uid_validity
        closed = await to_thread(self._journal.close_renumbered, validity, self._now())
        for _ in range(closed):
            self._observer.settled(IGNORED, "renumbered")
        since = (self._now() - self._policy.max_age).date()
        above = await to_thread(self._journal.highest_uid, validity)
        uids = await to_thread(mailbox.find, above, since)
        new = await to_thread(self._journal.register, validity, uids, self._now())
        self._observer.received(new)
        undecided = await to_thread(self._journal.undecided, validity)
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
            case = Case(mail_id, await self._read(mail_id, raw), self._now())
        except Quarantined as error:
            settlement = Settlement(QUARANTINED, error.reason)
            return partial(to_thread, self._settle, mail_id, settlement)
        except ReadingFailed as error:
            return partial(to_thread, self._set_aside, mail_id, error.reason, error.where)
        if case.reading.automatic:
            return partial(to_thread, self._settle_automatic, case)
        return partial(self._look_up, case)

    async def _read(self, mail_id: int, raw: bytes) -> Reading:
        """Read a mail, once more when its reader died of it.

        Raises: Quarantined; ReadingFailed, also before reading what was tried too often;
        ReaderAway, and then the mail waits.
        """
        await self._reader.ready()
        while True:
            tries = await self._count_try(mail_id)
            if tries > _MOST_TRIES:
                raise ReadingFailed("reader_died")
            try:
                reading = await self._reader.read(raw, self._now().date())
            except (CancelledError, ReaderAway):
                await shield(to_thread(self._journal.forget_try, mail_id))
                raise
            except ReadingFailed as error:
                _LOG.warning("mail.unread id=%s tries=%s %s", mail_id, tries, error)
                if not error.may_pass or tries >= _MOST_TRIES:
                    raise
            else:
                self._sound.add(mail_id)
                return reading

    async def _count_try(self, mail_id: int) -> int:
        return 0 if mail_id in self._sound else await to_thread(self._journal.count_try, mail_id)

    def _set_aside(self, mail_id: int, reason: str, where: str) -> None:
        # The words of the error may be words of the mail.
        _LOG.error("mail.failed id=%s reason=%s at=%s", mail_id, reason, where)
        self._settle(mail_id, Settlement(QUARANTINED, reason[:_MAX_REASON_CHARS]))

    def _set_aside_for(self, mail_id: int, error: Exception) -> None:
        """Set a mail aside that could not be settled. Raises: ``error``, when it may wait."""
        if is_away(error):
            raise error
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{frame.filename}:{frame.lineno}"
        self._set_aside(mail_id, f"failed_{type(error).__name__}", where)

    def _settle_automatic(self, case: Case) -> None:
        bounce = case.reading.bounce
        if bounce and bounce.is_permanent:
            self._journal.note_bounce(bounce.message_ids)
        settled = replace(case.settlement(IGNORED, case.reading.automatic), category="automatic")
        self._settle(case.mail_id, settled)

    async def _look_up(self, case: Case) -> None:
        """Ask how tickets stand where the mail asks that, then decide on it."""
        try:
            if asks(case.reading.understood) and not self._clerk.doubt(case.mail):
                # The desk's tool may take seconds, and a transaction would hold up others.
                thread = await to_thread(self._thread, self._journal, case.mail)
                of_thread = thread.ticket_reference if thread else ""
                case = replace(case, told=await self._desk.tell(case.mail, of_thread))
        except Exception as error:  # noqa: BLE001 (whatever it is, the next mail is read)
            await to_thread(self._set_aside_for, case.mail_id, error)
            return
        await to_thread(self._decide, case)

    def _thread(self, threads: Journal | Work, mail: Mail) -> Thread | None:
        """Find a mail's thread; one whose sender is in doubt joins none."""
        if self._clerk.doubt(mail):
            return None
        names = self._policy.marks.threads_of(mail)
        return threads.find_thread(names, references_of(mail), mail.sender)

    def _decide(self, case: Case) -> None:
        try:
            with self._journal.settling(case.mail_id, case.now) as work:
                if work is None:
                    return
                settlement = self._as_far_as_kept(work, self._settlement(work, case))
                work.settle(settlement)
        except Exception as error:  # noqa: BLE001 (whatever it is, the next mail is read)
            self._set_aside_for(case.mail_id, error)
            return
        self._sound.discard(case.mail_id)
        self._report(case.mail_id, settlement)

    def _as_far_as_kept(self, work: Work, settlement: Settlement) -> Settlement:
        """Keep no more than the text where a sender, or all of them, sent too much."""
        if not settlement.raw:
            return settlement
        kept = work.bytes_kept(settlement.sender)
        limits = self._policy.most_kept
        if all(k + settlement.kept_bytes <= limit for k, limit in zip(kept, limits, strict=True)):
            return settlement
        text = f"{settlement.text}\n\n{note('text_only', settlement.language)}"
        return replace(settlement, raw=b"", kept_bytes=0, text=text)

    def _settlement(self, work: Work, case: Case) -> Settlement:
        mail, reading = case.mail, case.reading
        if work.is_known(reading.fingerprint):
            return case.settlement(IGNORED, "duplicate")
        thread = self._thread(work, mail)
        earlier = thread.request if thread and not thread.ticket_reference else None
        decision = self._clerk.decide(mail, reading.understood, reading.stated, earlier)
        if thread and reading.has_few_words:
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
        sender = None if self._clerk.doubt(case.mail) else case.mail.sender
        if earlier := work.find_similar(draft, sender):
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
        recipient = reply_address(case.mail, decision)
        so_far = work.answers_so_far(case.mail.sender, recipient, thread.id, answer_hash)
        if reason := quota_reason(so_far, self._policy.quotas, recipient):
            return case.settlement(TICKETED if opened else LEFT, reason, decision, thread)
        message_id = self._policy.marks.message_id(thread.name)
        envelope = Envelope(self._policy.address, recipient, message_id, case.now)
        self._queue(work, case, letter, envelope, DRAFTS if mode == DRAFT else SMTP)
        outcome = TICKETED if opened else DRAFTED if mode == DRAFT else ANSWERED
        reason = ADDED if opened and opened.is_added else decision.reason
        settled = case.settlement(outcome, reason, decision, thread)
        return replace(
            settled,
            answer_id=message_id,
            answer_to=recipient,
            answer_hash=answer_hash,
            answer_text=letter.text,
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
        mode = self._policy.modes.mode(spoken_of, decision.language)
        return DRAFT if mode == SEND and decision.needs_person else mode

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
        unmarked = await to_thread(self._journal.unmarked, validity)
        for outcome, mails in unmarked.items():
            move_or_mark = mailbox.quarantine if outcome == QUARANTINED else mailbox.mark
            await to_thread(move_or_mark, [uid for _, uid in mails])
            await to_thread(self._journal.mark, [mail_id for mail_id, _ in mails], self._now())
