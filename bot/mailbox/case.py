"""A mail on its way to an outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.mailbox.reading import Reading
from bot.tickets.model import Addition
from bot.tickets.telling import Telling
from bot.triage.decide import Decision
from bot.triage.mail import Mail
from bot.triage.records import IGNORED, Settlement, Thread


@dataclass(frozen=True)
class Case:
    """A mail on its way to an outcome. ``told``: how the tickets stand that it asks about."""

    mail_id: int
    reading: Reading
    now: datetime
    told: Sequence[Telling] = ()

    @property
    def mail(self) -> Mail:
        """Give the mail itself."""
        return self.reading.mail

    def addition(self, thread: Thread) -> Addition:
        """Give what the mail adds to the ticket of its thread: its newest words."""
        return Addition(self.reading.news, conversation_of(thread), self.mail_id)

    def settlement(
        self,
        outcome: str,
        reason: str,
        decision: Decision | None = None,
        thread: Thread | None = None,
    ) -> Settlement:
        """Write an outcome with everything that the journal keeps of the mail."""
        reading, mail = self.reading, self.mail
        # Nobody asks for the mails that were ignored.
        is_kept = outcome != IGNORED
        return Settlement(
            outcome,
            reason,
            category=decision.category if decision else "",
            language=decision.language if decision else "",
            topics=decision.topics if decision else (),
            fingerprint=reading.fingerprint,
            message_id=mail.message_id,
            sender=mail.sender,
            subject=reading.subject,
            text=reading.text,
            attachments=reading.attachments,
            raw=reading.kept if is_kept else b"",
            kept_bytes=reading.kept_bytes if is_kept else 0,
            thread_id=thread.id if thread else None,
        )


def conversation_of(thread: Thread) -> str:
    """Name the conversation of a thread as tickets do."""
    return f"mail:{thread.name}"
