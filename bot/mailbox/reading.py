"""Everything that a mail's bytes say, worked out once.

What costs time stands here: parsing, the model, the details of a request, the search for
secrets, compressing. What is left for the process that serves is to look up and to decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from bot.errors import HelpdeskError
from bot.mailbox.clerk import Clerk
from bot.mailbox.keep import keep_mail
from bot.mailbox.notes import Note, note
from bot.privacy import mask_secrets
from bot.triage.automatic import automatic_reason
from bot.triage.bounces import Bounce, read_bounce
from bot.triage.decide import Understanding
from bot.triage.mail import UNDERSTOOD_CHARS, Mail, Quarantined
from bot.triage.newest import newest_text
from bot.triage.records import fingerprint
from bot.triage.request import Request

# Fewer words tell no language: "OK, merci" answers a Dutch letter too.
_MIN_WORDS = 3
_MAX_REFERENCES = 50


@dataclass(frozen=True)
class Reading:
    """What a mail says. Texts come with their secrets masked, but for those of ``mail``.

    ``automatic``: why a machine wrote it, empty for a person; ``bounce``: what it reports.
    ``stated``: the details in its newest text. ``news``: that text, as an addition to a
    ticket. ``has_few_words``: too few to tell its language. ``kept``: as ``keep_mail`` gives
    it, ``kept_bytes`` its size before compression.
    """

    mail: Mail
    fingerprint: str
    automatic: str = ""
    bounce: Bounce | None = None
    understood: Understanding = field(default_factory=lambda: Understanding("", ""))
    stated: Request = field(default_factory=Request)
    news: str = ""
    has_few_words: bool = False
    subject: str = ""
    text: str = ""
    attachments: Sequence[Mapping[str, object]] = ()
    kept: bytes = b""
    kept_bytes: int = 0


class ReaderAway(HelpdeskError):
    """Nothing can be read at the moment, through no fault of any mail."""


class ReadingFailed(HelpdeskError):
    """A mail that could not be read; ``reason`` is a word for the log and the counter.

    ``may_pass``: the reader died of it or took too long, which may have another cause.
    """

    def __init__(self, reason: str, where: str = "", *, may_pass: bool = False) -> None:
        self.reason = reason
        self.where = where
        self.may_pass = may_pass
        super().__init__(f"{reason} {where}".strip())


class Reader(Protocol):
    """Reads mails one by one."""

    async def ready(self) -> None:
        """Wait until mails can be read. Raises: ReaderAway."""

    async def read(self, raw: bytes, today: date) -> Reading:
        """Read a mail. Raises: Quarantined, ReadingFailed or ReaderAway."""

    def read_now(self, raw: bytes) -> Mail:
        """Parse a mail for who waits in a thread. Raises: as ``read``."""


class ReaderHere:
    """Reads in the process that asks: for commands, benchmarks and tests."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk

    async def ready(self) -> None:
        """Give at once."""

    async def read(self, raw: bytes, today: date) -> Reading:
        """Read a mail. Raises: Quarantined or ReadingFailed."""
        return await read_whole(self._clerk, raw, today)

    def read_now(self, raw: bytes) -> Mail:
        """Parse a mail. Raises: Quarantined."""
        return self._clerk.read(raw)


async def read_whole(clerk: Clerk, raw: bytes, today: date) -> Reading:
    """Work out everything that a mail says.

    Raises: Quarantined; ReadingFailed, for whatever else it raises inside.
    """
    try:
        return await _reading(clerk, clerk.read(raw), raw, today)
    except (Quarantined, MemoryError):
        raise
    except Exception as error:
        raise _failure(error) from error


def _failure(error: BaseException) -> ReadingFailed:
    """Name an error and its place, never its words: they may be words of the mail.

    Rasa wraps what a component raises; what it was stands behind it.
    """
    cause = error.__cause__ or error
    trace = cause.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return ReadingFailed(f"failed_{type(cause).__name__}", where)


async def _reading(clerk: Clerk, mail: Mail, raw: bytes, today: date) -> Reading:
    name = fingerprint(mail, raw)
    subject = mask_secrets(mail.subject).text
    text = mask_secrets(mail.text).text
    attachments = [
        {
            "name": mask_secrets(a.name).text,
            "content_type": a.content_type,
            "size_bytes": a.size_bytes,
        }
        for a in mail.attachments
    ]
    if automatic := automatic_reason(mail):
        # What a machine says needs no understanding, which is half of a mail's cost.
        bounce = read_bounce(raw, clerk.limits) if mail.report else None
        return Reading(
            mail, name, automatic, bounce, subject=subject, text=text, attachments=attachments
        )
    understood = await clerk.understand(mail)
    newest = newest_text(mail.text)[:UNDERSTOOD_CHARS]
    kept, kept_bytes = keep_mail(mail, raw, understood.language, clerk.limits)
    notes: list[Note] = ["text_cut"] if mail.is_cut else []
    notes += [] if kept else ["text_only"]
    return Reading(
        mail,
        name,
        understood=understood,
        stated=clerk.stated(mail, today),
        news=mask_secrets(newest).text.strip() or subject or "-",
        has_few_words=len(newest.split()) < _MIN_WORDS,
        subject=subject,
        text="\n\n".join([text, *(note(words, understood.language) for words in notes)]),
        attachments=attachments,
        kept=kept,
        kept_bytes=kept_bytes,
    )


def references_of(mail: Mail) -> list[str]:
    """Name the mails that a mail answers, the sender's own among them."""
    words = f"{mail.header('references')} {mail.header('in-reply-to')}".split()
    return [word for word in dict.fromkeys(words) if word.startswith("<")][-_MAX_REFERENCES:]
