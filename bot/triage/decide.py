"""What to do with a mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.language import DEFAULT_LANGUAGE, LANGUAGES
from bot.privacy import MASK, mask_secrets
from bot.tickets.code import without_codes
from bot.tickets.reference import without_reference
from bot.triage.automatic import (
    Helpdesk,
    answer_address,
    automatic_reason,
    needs_person,
    no_answer_reason,
    spam_reason,
)
from bot.triage.details import Read, read_request
from bot.triage.mail import UNDERSTOOD_CHARS, Mail
from bot.triage.newest import forwarded_text, newest_text
from bot.triage.request import Request, merge
from bot.triage.salutation import without_salutation
from bot.triage.secret_only import holds_only_a_secret
from bot.triage.status_question import (
    ASK_STATUS,
    NAMES_TICKET,
    changes_request,
    references_in,
)
from bot.triage.threads import without_tag

CATEGORIES = ("question", "migration_request", "automatic", "spam", "other")
REQUESTING = frozenset({"open_migration_request", "give_details"})
"""Intents of a mail that wants something moved."""

# Whoever lists three details wants something moved, whatever else the mail says.
_DETAILS_OF_A_REQUEST = 3
_SPEAK_GERMAN = "speak_german"
_GIVES_AWAY = "share_secret"
GERMAN = "other"
"""Why a mail in German is answered: with the notice that Cybo does not speak it."""

WARNED = "secret"
"""Why a mail is answered that holds nothing but a secret: with a warning."""

STATUS = "status"
"""Why a mail is answered that asks how a ticket stands."""

MIGRATION_TOPICS = frozenset({"finish_pending", "missing_forms", "required_details"})
"""Whoever asks about these and names a firm wants that firm's forms moved."""

_FORWARD = re.compile(r"\s{0,9}(?:fwd?|fw|tr|doorst|wg)\s?:", flags=re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s{1,9}|\n")
# Less than this says nothing: a name, a greeting.
_MIN_WORDS = 3
_WORD = re.compile(r"[^\W\d_]{2,64}")
_MAX_LANGUAGE_CHARS = 1000


@dataclass(frozen=True)
class Understanding:
    """What the model makes of a mail's newest text.

    ``topics``: names of the fact base. ``asks_status``: it asks, besides anything else, how
    a ticket stands.
    """

    language: str
    intent: str
    topics: tuple[str, ...] = ()
    asks_status: bool = False


@dataclass(frozen=True)
class Decision:
    """What became of a mail; ``reason`` is a word for people and for the counters.

    ``asks_status``: the answer tells how tickets stand. ``needs_person``: the answer may be
    prepared, but a person decides whether it leaves.
    """

    language: str
    category: str
    should_reply: bool
    reason: str
    topics: Sequence[str] = ()
    request: Request = field(default_factory=Request)
    asks_status: bool = False
    needs_person: bool = False


def text_to_understand(mail: Mail) -> str:
    """Give what the model should read: the newest text without its salutation, or the subject."""
    text = without_salutation(newest_text(mail.text, mail.sender_name))[:UNDERSTOOD_CHARS]
    subject = without_tag(mail.subject)
    text = _without_secrets(text).strip() or subject
    if len(text.split()) < _MIN_WORDS and mask_secrets(subject).kinds:
        text = f"{subject}\n{text}"
    # Capitals carry no meaning here, and hardly any example is written in them.
    return text.lower() if text.isupper() else text


def language_text(mail: Mail, text: str) -> str:
    """Give more to tell the language by, where a reference or secret is about all of ``text``.

    Empty when ``text`` has words enough.
    """
    masked = mask_secrets(text).text
    rest = without_codes(without_reference(masked)).replace(MASK, " ")
    if rest == text or len(_WORD.findall(rest)) > _MIN_WORDS:
        return ""
    whole = mask_secrets(f"{mail.subject}\n{mail.text[:_MAX_LANGUAGE_CHARS]}").text
    return without_reference(whole).replace(MASK, " ").strip()


def _without_secrets(text: str) -> str:
    """Leave out the sentences that hold a secret: the model would see nothing but the secret."""
    if not mask_secrets(text).kinds:
        return text
    parts = [part for part in _SENTENCE_END.split(text) if not mask_secrets(part).kinds]
    rest = " ".join(parts)
    return rest if len(rest.split()) >= _MIN_WORDS else text


def stated_request(mail: Mail, helpdesk: Helpdesk, *, read: Read, today: date) -> Request:
    """Read the details of a request that a mail states; the costly part of deciding."""
    own = helpdesk.own_addresses
    return read_request(stated_text(mail), read=read, today=today, own_addresses=own)


def stated_text(mail: Mail) -> str:
    """Give what a request is read from: subject, newest text, and what a forward hands on."""
    newest = newest_text(mail.text, mail.sender_name, as_form=True)
    forwarded = forwarded_text(mail.text) if _FORWARD.match(mail.subject) else ""
    forwarded = "" if forwarded in newest else forwarded[:UNDERSTOOD_CHARS]
    stated = "\n\n".join([mail.subject, newest[:UNDERSTOOD_CHARS], forwarded])
    stated = mask_secrets(stated).text
    # Ten of a reference's digits look like an enterprise number; a tag and a code look like a
    # certificate's.
    return without_tag(without_codes(without_reference(stated)))


def decide(
    mail: Mail,
    understood: Understanding,
    helpdesk: Helpdesk,
    *,
    newest: Request,
    earlier: Request | None = None,
) -> Decision:
    """Decide on a mail. ``newest``: what it states; ``earlier``: what its thread stated."""
    language = understood.language if understood.language in LANGUAGES else DEFAULT_LANGUAGE
    if reason := automatic_reason(mail):
        return Decision(language, "automatic", should_reply=False, reason=reason)
    if reason := spam_reason(mail, helpdesk.trusted_host):
        return Decision(language, "spam", should_reply=False, reason=reason)
    if mail.sealed:
        return Decision(language, "other", should_reply=False, reason=mail.sealed)
    request = merge(earlier, newest) if earlier else newest
    is_request = _is_request(understood, newest, earlier)
    asks_status = _asks_status(mail, understood, newest, is_request=is_request)
    is_question = bool(understood.topics) or asks_status
    category = "migration_request" if is_request else "question" if is_question else "other"
    silence = no_answer_reason(mail, helpdesk)
    recipient = mail.sender if asks_status else answer_address(mail)
    answered = category if category != "other" else _answered_otherwise(mail, understood, newest)
    return Decision(
        language=language,
        category=category,
        should_reply=bool(answered) and not silence,
        reason=silence
        or (STATUS if asks_status and not is_request else answered)
        or (NAMES_TICKET if asks(understood) else understood.intent)
        or "empty",
        topics=understood.topics,
        request=request if is_request else Request(),
        asks_status=asks_status,
        needs_person=needs_person(mail, recipient, helpdesk),
    )


def reply_address(mail: Mail, decision: Decision) -> str:
    """Name the one address that the answer goes to.

    How a ticket stands is told to the address that asks, and to no other that the mail
    names: whoever forges a requester's address then learns nothing, not even whether it
    is the requester's.
    """
    return mail.sender if decision.asks_status else answer_address(mail)


def _is_request(understood: Understanding, newest: Request, earlier: Request | None) -> bool:
    if newest.stated >= _DETAILS_OF_A_REQUEST or (earlier is not None and newest.stated > 0):
        return True
    # Nothing was registered yet: how it stands is what is still missing.
    waits = earlier is not None and earlier.stated > 0 and asks(understood)
    names_topic = bool(MIGRATION_TOPICS & set(understood.topics)) and _names_a_firm(newest)
    return understood.intent in REQUESTING or waits or names_topic


def asks(understood: Understanding) -> bool:
    """Say whether a mail asks, besides anything else, how a ticket stands."""
    return understood.asks_status or understood.intent == ASK_STATUS


def _asks_status(
    mail: Mail, understood: Understanding, newest: Request, *, is_request: bool
) -> bool:
    """Say whether the answer tells how tickets stand; what changes one is for people."""
    # The subject that a scanner gives sounds like news of something; what counts is attached.
    says_nothing = bool(mail.attachments) and not mail.text.strip()
    if not asks(understood) or (says_nothing and not references_in(mail)):
        return False
    return bool(references_in(mail)) if is_request else not changes_request(newest.names)


def _answered_otherwise(mail: Mail, understood: Understanding, newest: Request) -> str:
    """Say why a mail is answered that asks nothing Cybo knows; empty when it is not."""
    if understood.intent == _SPEAK_GERMAN:
        return GERMAN
    is_bare = understood.intent == _GIVES_AWAY and newest.stated == 0
    return WARNED if is_bare and holds_only_a_secret(text_to_understand(mail)) else ""


def _names_a_firm(request: Request) -> bool:
    return any("enterprise_number" in filing for filing in request.filings)
