"""Mails that ask how a ticket stands, told from those that only name one.

The chat takes any message with a reference for a question about its status: whoever meant
something else says so. A mail has one turn, and "please cancel CYB-..." is for people. So the
model also reads what stands around the reference.
"""

import re
from dataclasses import dataclass

from bot.tickets.code import without_codes
from bot.tickets.reference import find_references, without_reference
from bot.triage.mail import Mail
from bot.triage.newest import newest_text

ASK_STATUS = "ask_ticket_status"
NAMES_TICKET = "names_ticket"
"""What a mail does that names a ticket without asking how it stands: people read it."""

_TICKET = "ticket"
"""Stands for a reference, in a word of all three languages that says nothing of its status."""

_MAX_TOLD = 5
# With hardly a word beside the reference the model goes by that word alone.
_FEW_WORDS = 2
ACTIONS = frozenset(
    {
        "cancel",
        "change_detail",
        "chitchat",
        "give_details",
        "open_migration_request",
        "request_human",
        "share_secret",
    }
)
"""Intents that want something else done with a ticket than telling how it stands."""

# Where the subject names the ticket, what the text says for sure is what is meant.
_SAYS_LITTLE = frozenset(
    {ASK_STATUS, "explain_detail", "nlu_fallback", "out_of_scope", "repeat_answer"}
)
_MAY_SPEAK_OF_ONE = re.compile(
    r"ticket|aanvra|verzoek|dossier|demande|requ[eê]|case|transfer|migrati", flags=re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{2,64}")
# What tells which request is meant; everything else that is stated changes it.
_IDENTIFYING = frozenset(
    {"enterprise_number", "closing_date", "certificate_email", "certificate_owner"}
)


@dataclass(frozen=True)
class Wordings:
    """A mail's text with a word in the place of its references, and with nothing there."""

    named: str
    bare: str


def references_in(mail: Mail) -> list[str]:
    """Name the tickets that a mail speaks of, in its subject or its newest text."""
    text = f"{mail.subject}\n{newest_text(mail.text, mail.sender_name)}"
    return find_references(text)[:_MAX_TOLD]


def wordings(mail: Mail, text: str) -> Wordings | None:
    """Give what the model has to read besides ``text``; None when no ticket is named."""
    if find_references(text):
        bare = without_reference(text).strip()
        return Wordings(without_reference(text, _TICKET), bare)
    if find_references(mail.subject) and not mail.attachments:
        return Wordings(f"{_TICKET} {text}", text)
    return None


def asks_status(text: str, *, named: str, bare: str) -> bool:
    """Say whether a mail that names a ticket asks how it stands.

    ``text``: what the model read; ``named`` and ``bare``: the intents of its ``Wordings``.
    """
    if not find_references(text):
        return named == ASK_STATUS and bare in _SAYS_LITTLE
    words = _WORD.findall(without_codes(without_reference(text)))
    if len(words) <= _FEW_WORDS:
        return bare not in ACTIONS
    return named == ASK_STATUS and bare != "request_human"


def may_ask_besides(text: str) -> bool:
    """Say whether one of several questions may be about a ticket; the model decides."""
    return bool(_MAY_SPEAK_OF_ONE.search(text))


def as_of_a_ticket(question: str) -> str:
    """Word a question so that it is about a ticket if it can be."""
    return f"{_TICKET} {question}"


def changes_request(stated: frozenset[str]) -> bool:
    """Say whether what a mail states is more than which request it means."""
    return bool(stated - _IDENTIFYING)
