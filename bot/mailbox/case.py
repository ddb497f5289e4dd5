"""A mail on its way to an outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.privacy import mask_secrets
from bot.tickets.model import Addition
from bot.tickets.telling import Telling
from bot.triage.decide import Decision
from bot.triage.mail import Mail
from bot.triage.newest import newest_text
from bot.triage.records import IGNORED, QUARANTINED, Settlement, Thread


@dataclass(frozen=True)
class Case:
    """A mail on its way to an outcome.

    ``kept``: as ``keep_mail`` gives it. ``told``: how the tickets stand that it asks about.
    """

    mail_id: int
    mail: Mail
    fingerprint: str
    now: datetime
    kept: bytes = b""
    told: Sequence[Telling] = ()

    def addition(self, thread: Thread) -> Addition:
        """Give what the mail adds to the ticket of its thread: its newest words."""
        mail = self.mail
        words = mask_secrets(newest_text(mail.text)).text.strip()
        text = words or mask_secrets(mail.subject).text or "-"
        return Addition(text, conversation_of(thread), self.mail_id)

    def settlement(
        self,
        outcome: str,
        reason: str,
        decision: Decision | None = None,
        thread: Thread | None = None,
    ) -> Settlement:
        """Write an outcome with everything that the journal keeps of the mail."""
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
                {
                    "name": mask_secrets(a.name).text,
                    "content_type": a.content_type,
                    "size_bytes": a.size_bytes,
                }
                for a in mail.attachments
            ],
            # What is quarantined lies in its folder, and nobody looked for secrets in it.
            raw=b"" if outcome in (IGNORED, QUARANTINED) else self.kept,
            thread_id=thread.id if thread else None,
        )


def references_of(mail: Mail) -> list[str]:
    """Name the mails that a mail answers, the sender's own among them."""
    words = f"{mail.header('references')} {mail.header('in-reply-to')}".split()
    return [word for word in dict.fromkeys(words) if word.startswith("<")][-50:]


def conversation_of(thread: Thread) -> str:
    """Name the conversation of a thread as tickets do."""
    return f"mail:{thread.name}"
