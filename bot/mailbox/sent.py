"""What people made of Cybo's drafts: the Sent folder tells.

Clients give an edited draft a new Message-ID but keep what it answers, so a sent mail is
found by In-Reply-To, by the last of its References, or by the draft's own Message-ID.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from email import message_from_bytes
from typing import Protocol

from bot.mailbox.imap import MailboxUnreachable
from bot.mailbox.reading import ReadingFailed
from bot.review import ToReview
from bot.review.drafts import OpenDraft, draft_review, is_changed
from bot.triage.mail import UNDERSTOOD_CHARS, Mail, Quarantined

_LOG = logging.getLogger(__name__)
_EVERY_S = 300.0
# A draft that was not sent after two weeks is not going to be.
_WAIT = timedelta(days=14)
_HEADERS = ("message-id", "in-reply-to", "references")


class Drafts(Protocol):
    """What is known of the drafts; see ``SqlDrafts``."""

    def unsent(self, since: datetime) -> Sequence[OpenDraft]:
        """Give the drafts that nobody is known to have sent."""

    def note_sent(self, mail_id: int, now: datetime, review: ToReview | None) -> None:
        """Note that one was sent, and what an editor should look at."""


class SentFolder(Protocol):
    """What people sent; see ``open_sent``."""

    def headers(self, since: date) -> Mapping[int, bytes]:
        """Give the headers of what was sent since a day, by UID."""

    def fetch(self, uid: int) -> bytes:
        """Give one mail."""


OpenSent = Callable[[], AbstractContextManager[SentFolder | None]]


class SentWatch:
    """Compares what people send with what Cybo had drafted, every five minutes.

    ``open_sent``: opens the folder, None when there is none. ``read``: parses a mail.
    """

    def __init__(
        self,
        drafts: Drafts,
        open_sent: OpenSent,
        read: Callable[[bytes], Mail],
        now: Callable[[], datetime],
    ) -> None:
        self._drafts = drafts
        self._open_sent = open_sent
        self._read = read
        self._now = now
        self._unreadable: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop looking."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def run_once(self) -> int:
        """Look for drafts that were sent; gives how many were. Raises: MailboxUnreachable."""
        since = self._now() - _WAIT
        drafts = self._drafts.unsent(since)
        if not drafts:
            return 0
        with self._open_sent() as folder:
            if folder is None:
                return 0
            found = dict(_matches(folder.headers(since.date()), drafts))
            return sum(self._settle(draft, folder.fetch(uid)) for uid, draft in found.items())

    def _settle(self, draft: OpenDraft, raw: bytes) -> bool:
        if draft.mail_id in self._unreadable:
            return False
        try:
            sent = self._read(raw)
        except (Quarantined, ReadingFailed) as error:
            self._unreadable.add(draft.mail_id)
            _LOG.info("draft.unreadable id=%s reason=%s", draft.mail_id, error.reason)
            return False
        text = sent.text[:UNDERSTOOD_CHARS]
        changed, now = is_changed(draft.draft, text), self._now()
        self._drafts.note_sent(draft.mail_id, now, draft_review(draft, now) if changed else None)
        _LOG.info("draft.sent id=%s changed=%s", draft.mail_id, changed)
        return True

    async def _run(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self.run_once)
            except MailboxUnreachable as error:
                _LOG.warning("sent.unreachable %s", error)
            except Exception:  # noqa: BLE001 (a database that is away comes back)
                _LOG.exception("sent.failed")
            await asyncio.sleep(_EVERY_S)


def _matches(
    headers: Mapping[int, bytes], drafts: Sequence[OpenDraft]
) -> Iterator[tuple[int, OpenDraft]]:
    """Pair what was sent with the drafts, each draft once."""
    by_id = {d.message_id: d for d in drafts if d.message_id}
    by_id |= {d.answer_id: d for d in drafts if d.answer_id}
    for uid in sorted(headers):
        draft = next((by_id[name] for name in _names(headers[uid]) if name in by_id), None)
        if draft:
            by_id = {name: d for name, d in by_id.items() if d is not draft}
            yield uid, draft


def _names(headers: bytes) -> Iterator[str]:
    """Name the mail itself and the one that it answers."""
    message = message_from_bytes(headers)
    for name in _HEADERS:
        yield from str(message[name] or "").split()[-1:]
