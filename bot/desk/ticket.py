"""One ticket: everything about it, notes, and its next step."""

import asyncio
from dataclasses import replace

from aiohttp import web

from bot.accounts import Role
from bot.audit import Entry
from bot.delivery.outbox import Item
from bot.desk.parts import Parts
from bot.desk.visit import Visit
from bot.errors import HelpdeskError
from bot.language import DEFAULT_LANGUAGE, LANGUAGES
from bot.mailbox.message import Envelope, build_message
from bot.mailbox.targets import SMTP
from bot.privacy import mask_secrets
from bot.storage import SqlOutbox
from bot.storage.desk_tickets import LETTER, DeskTickets
from bot.tickets.model import Ticket
from bot.tickets.search import Note, TicketFile
from bot.tickets.status import NEXT, StatusChange, StepRefused
from bot.triage.letter import Office
from bot.triage.status_letter import write_status_letter

_PATH = "/desk/tickets/{reference}"
_MAX_NOTE_CHARS = 10_000
_MAX_WORDS_CHARS = 4_000
# Somebody waits for the page; the desk's own tool answers in well under a second.
_PATIENCE_S = 4


def routes(parts: Parts) -> list[web.RouteDef]:
    """List the routes."""
    page = _TicketPage(parts)
    return [
        parts.guard.get(_PATH, Role.AGENT, page.show),
        parts.guard.post(f"{_PATH}/notes", Role.AGENT, page.add_note),
        parts.guard.post(f"{_PATH}/status", Role.AGENT, page.change_status),
        parts.guard.post(f"{_PATH}/retry", Role.ADMIN, page.retry),
    ]


class _TicketPage:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._tickets = DeskTickets(parts.engine)
        settings = parts.settings
        self._office = Office(settings.contact_email, settings.contact_phone)
        self._sender = settings.mail_address or settings.desk_email or settings.contact_email

    async def show(self, visit: Visit) -> web.StreamResponse:
        file = await self._file(visit)
        reference = file.ticket.reference
        await asyncio.to_thread(self._parts.note, visit.member.name, "ticket_viewed", reference)
        return visit.page(
            "ticket.html.j2",
            file=file,
            ticket=file.ticket,
            draft=file.ticket.draft,
            lines=await self._parts.transcripts(file.ticket.draft.conversation),
            changes=[_change(note) for note in file.notes],
            next_statuses=NEXT.get(file.ticket.status, ()),
            can_mail=self._parts.settings.smtp_host is not None and bool(file.requester),
            tool_status=await self._tool_status(reference),
            has_tool=self._parts.tracker is not None,
        )

    async def add_note(self, visit: Visit) -> web.StreamResponse:
        reference = (await self._file(visit)).ticket.reference
        text = _text(visit.form.get("text", ""), _MAX_NOTE_CHARS)
        if not text:
            raise web.HTTPBadRequest
        name = visit.member.name
        entry = Entry(self._parts.now(), name, "ticket_noted", reference)
        await asyncio.to_thread(self._tickets.add_note, reference, name, text, entry)
        return visit.redirect(f"/desk/tickets/{reference}", "tickets.noted")

    async def change_status(self, visit: Visit) -> web.StreamResponse:
        file = await self._file(visit)
        reference, form = file.ticket.reference, visit.form
        is_informed = form.get("inform") == "yes"
        words = _text(form.get("words", ""), _MAX_WORDS_CHARS) if is_informed else ""
        change = StatusChange(form.get("before", ""), form.get("after", ""), is_informed, words)
        if is_informed and not (self._parts.settings.smtp_host and file.requester):
            raise web.HTTPBadRequest
        entry = Entry(
            self._parts.now(),
            visit.member.name,
            "ticket_status_changed",
            reference,
            f"{change.before} > {change.after}"[:100] + (", mail" if is_informed else ""),
        )

        def letter(number: int) -> Item:
            return self._letter(file, change, number)

        try:
            await asyncio.to_thread(
                self._tickets.change_status,
                reference,
                change,
                entry,
                letter if is_informed else None,
            )
        except StepRefused as error:
            raise web.HTTPConflict from error
        self._parts.wake()
        notice = "tickets.changed_and_mailed" if is_informed else "tickets.changed"
        return visit.redirect(f"/desk/tickets/{reference}", notice)

    async def retry(self, visit: Visit) -> web.StreamResponse:
        reference = (await self._file(visit)).ticket.reference
        number = visit.form.get("item", "")
        item = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        if not await asyncio.to_thread(self._tickets.delivers, reference, item):
            raise web.HTTPNotFound
        outbox = SqlOutbox(self._parts.engine)
        if not await asyncio.to_thread(outbox.retry, item, self._parts.now()):
            raise web.HTTPConflict
        await asyncio.to_thread(
            self._parts.note, visit.member.name, "delivery_retried", reference, f"item {item}"
        )
        self._parts.wake()
        return visit.redirect(f"/desk/tickets/{reference}", "tickets.retried")

    async def _file(self, visit: Visit) -> TicketFile:
        reference = visit.request.match_info["reference"].strip().upper()
        file = await asyncio.to_thread(self._tickets.file, reference)
        if file is None:
            raise web.HTTPNotFound
        return file

    async def _tool_status(self, reference: str) -> str | None:
        """Ask the desk's own tool; None when there is none, it does not know or answer."""
        if self._parts.tracker is None:
            return None
        try:
            return await asyncio.wait_for(self._parts.tracker.status(reference), _PATIENCE_S)
        except (HelpdeskError, asyncio.TimeoutError):
            return None

    def _letter(self, file: TicketFile, change: StatusChange, number: int) -> Item:
        reference = file.ticket.reference
        letter = write_status_letter(
            _readable(file.ticket), change.after, change.words, self._office
        )
        envelope = Envelope(
            self._sender,
            file.requester,
            f"<{reference.lower()}.{number}@{self._sender.partition('@')[2]}>",
            self._parts.now(),
        )
        message = build_message(letter, envelope)
        key = f"{LETTER}{number}:{reference}"
        return Item(SMTP, key, file.requester, message, reference=reference, note_id=number)


def _change(note: Note) -> StatusChange | None:
    """Read the step that a note tells; None when it tells none that can be read."""
    try:
        return StatusChange.from_text(note.text) if note.kind == "status" else None
    except (ValueError, TypeError):
        return None


def _readable(ticket: Ticket) -> Ticket:
    """Give a ticket of a language that letters can be written in."""
    draft = ticket.draft
    language = draft.language if draft.language in LANGUAGES else DEFAULT_LANGUAGE
    return replace(ticket, draft=replace(draft, language=language))


def _text(typed: str, max_chars: int) -> str:
    """Take what somebody typed; secrets are never kept, whoever writes them."""
    if len(typed) > max_chars:
        raise web.HTTPRequestEntityTooLarge(max_chars, len(typed))
    return mask_secrets(typed.replace("\r\n", "\n").replace("\0", "").strip()).text
