"""`cybo triage`: what Cybo would do with mails, without sending or keeping anything."""

import mailbox
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any

from bot.channels.sessions import signing_key
from bot.delivery.desk_status import status_of
from bot.errors import HelpdeskError
from bot.keys import Secret
from bot.mailbox.build import status_desk
from bot.mailbox.clerk import Clerk, TicketNews
from bot.mailbox.ports import StatusTeller
from bot.mailbox.reading import ReaderHere, ReadingFailed
from bot.mailbox.status_desk import StatusDesk
from bot.settings import Settings
from bot.storage import open_database
from bot.storage.backup import CYBO_DB
from bot.tickets.access import Owned
from bot.tickets.gate import Gate
from bot.tickets.tries import MemoryTries
from bot.triage.decide import Decision
from bot.triage.letter import Letter
from bot.triage.mail import Quarantined


class DryRun:
    """Triages mails with the model of the chat; nothing is sent or stored.

    ``desk``: tells how tickets stand; without one no ticket is known.
    """

    def __init__(self, clerk: Clerk, today: date, desk: StatusTeller | None = None) -> None:
        self._clerk = clerk
        self._reader = ReaderHere(clerk)
        self._today = today
        self._desk = desk or _desk_without_tickets()

    async def triage(self, raw: bytes) -> dict[str, Any]:
        """Decide on a mail; gives the shape of the contract."""
        try:
            reading = await self._reader.read(raw, self._today)
        except (Quarantined, ReadingFailed) as error:
            return _quarantined(error.reason)
        mail = reading.mail
        decision = self._clerk.decide(mail, reading.understood, reading.stated)
        if not decision.should_reply:
            return as_json(decision, None)
        told = await self._desk.tell(mail) if decision.asks_status else ()
        return as_json(decision, self._clerk.write(mail, decision, news=TicketNews(told=told)))

    def explained(self, raw: bytes) -> list[dict[str, Any]]:
        """Give what was read from which words of a mail, and how sure that is.

        Raises: Quarantined.
        """
        return [
            {
                "words": words,
                "detail": mark.detail,
                "role": mark.role,
                "filing": mark.filing or None,
                "certainty": round(mark.certainty, 2),
            }
            for words, mark in self._clerk.marks(self._clerk.read(raw))
        ]


def as_json(decision: Decision, letter: Letter | None) -> dict[str, Any]:
    """Give the shape that `cybo triage --json` prints."""
    is_request = decision.category == "migration_request"
    return {
        "language": decision.language,
        "category": decision.category,
        "topics": list(decision.topics),
        "fields": decision.request.as_dict() if is_request else {},
        "missing": decision.request.missing if is_request else [],
        "should_reply": decision.should_reply,
        "reason": decision.reason,
        "reply": {"subject": letter.subject, "headers": dict(letter.headers), "text": letter.text}
        if letter
        else None,
    }


def read_file(path: Path) -> bytes:
    """Read a mail from a file.

    Raises: HelpdeskError, naming the file and the remedy.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise HelpdeskError(
            f"{path}: cannot be read ({error.strerror}); give the path of a mail saved as .eml"
        ) from error


def mails_in_folder(folder: Path) -> list[tuple[str, bytes]]:
    """Read every .eml file of a folder and its subfolders, by name.

    Raises: HelpdeskError, when there is none.
    """
    paths = sorted(folder.rglob("*.eml")) if folder.is_dir() else []
    if not paths:
        raise HelpdeskError(f"{folder}: holds no .eml files; give the folder of saved mails")
    return [(str(path.relative_to(folder)), read_file(path)) for path in paths]


def mails_in_mbox(path: Path) -> list[tuple[str, bytes]]:
    """Read every mail of an mbox file, named by its number.

    Raises: HelpdeskError, when there is none.
    """
    read_file(path)
    mails = list(_raw_mails(path))
    if not mails:
        raise HelpdeskError(f"{path}: holds no mails; give a file in mbox format")
    return mails


def counted(results: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Count mails by category and whether they would be answered, the most frequent first."""
    kinds = Counter(
        (r["category"], "answer" if r["should_reply"] else f"no answer: {r['reason']}")
        for r in results
    )
    return [(category, answer, str(number)) for (category, answer), number in kinds.most_common()]


def desk_of(settings: Settings) -> StatusTeller | None:
    """Open the tickets of this installation; None when there were none yet."""
    if not settings.database_url and not (settings.data_dir / CYBO_DB).exists():
        return None
    engine = open_database(settings.tickets_url)
    return status_desk(settings, engine, _gate(signing_key(settings)))


class _NoTickets:
    """A desk that never opened a ticket."""

    def look_up(self, reference: str) -> Owned | None:
        return None

    def open_of(self, sender: str, limit: int) -> Sequence[Owned]:
        return ()


def _desk_without_tickets() -> StatusDesk:
    return StatusDesk(_NoTickets(), _gate(b""), partial(status_of, tool=None))


def _gate(key: Secret) -> Gate:
    # A dry run counts nothing against anybody.
    return Gate(key, MemoryTries(), lambda: datetime.now(timezone.utc))


def _raw_mails(path: Path) -> Iterator[tuple[str, bytes]]:
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.iterkeys(), start=1):
            yield str(number), box.get_bytes(key)
    finally:
        box.close()


def _quarantined(reason: str) -> dict[str, Any]:
    return {
        "language": None,
        "category": "other",
        "topics": [],
        "fields": {},
        "missing": [],
        "should_reply": False,
        "reason": f"quarantined: {reason}",
        "reply": None,
    }
