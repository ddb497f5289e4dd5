"""The letter that tells a requester how a ticket stands."""

from bot.texts import texts
from bot.tickets.model import Ticket
from bot.triage.automatic import LOOP_HEADER
from bot.triage.letter import Letter, Office

_WORDS = texts("status_letter")


def write_status_letter(ticket: Ticket, status: str, added: str, office: Office) -> Letter:
    """Write in the ticket's language. ``added``: a member's own words, or nothing."""
    language = ticket.draft.language
    words = _WORDS[language]
    paragraphs = [words["greeting"], words[status].format(reference=ticket.reference)]
    if added:
        paragraphs.append(f"{words['words']}\n\n{added}")
    paragraphs += [
        words["person"].format(email=office.email, phone=office.phone),
        words["secrets"],
        words["closing"],
        words["automatic"],
    ]
    headers = {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        LOOP_HEADER.title(): "1",
        "Content-Language": language,
    }
    subject = words["subject"].format(reference=ticket.reference)
    return Letter(subject, headers, "\n\n".join(paragraphs) + "\n", language)
