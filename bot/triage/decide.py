"""What to do with a mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.language import DEFAULT_LANGUAGE, LANGUAGES
from bot.privacy import mask_secrets
from bot.triage.automatic import automatic_reason, no_answer_reason, spam_reason
from bot.triage.mail import Mail
from bot.triage.newest import forwarded_text, newest_text
from bot.triage.request import Request, merge, read_request
from bot.triage.salutation import without_salutation

CATEGORIES = ("question", "migration_request", "automatic", "spam", "other")
_REQUESTING = frozenset({"open_migration_request", "give_details"})
# Whoever lists three details wants something moved, whatever else the mail says.
_DETAILS_OF_A_REQUEST = 3
_GERMAN = "speak_german"
# Whoever asks about these and names a firm wants that firm's forms moved.
_MIGRATION_TOPICS = frozenset({"finish_pending", "missing_forms", "required_details"})
_FORWARD = re.compile(r"\s*(?:fwd?|fw|tr|doorst|wg)\s?:", flags=re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")
# Less than this says nothing: a name, a greeting.
_MIN_WORDS = 3


@dataclass(frozen=True)
class Understanding:
    """What the model makes of a mail's newest text. ``topics``: names of the fact base."""

    language: str
    intent: str
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Helpdesk:
    """Whose mailbox this is. ``trusted_host``: the server whose spam verdict counts."""

    own_addresses: frozenset[str]
    trusted_host: str = ""


@dataclass(frozen=True)
class Decision:
    """What became of a mail; ``reason`` is a word for people and for the counters."""

    language: str
    category: str
    should_reply: bool
    reason: str
    topics: Sequence[str] = ()
    request: Request = field(default_factory=Request)


def text_to_understand(mail: Mail) -> str:
    """Give what the model should read: the newest text without its salutation, or the subject."""
    text = without_salutation(newest_text(mail.text, mail.sender_name))
    text = _without_secrets(text).strip() or mail.subject
    # Capitals carry no meaning here, and hardly any example is written in them.
    return text.lower() if text.isupper() else text


def _without_secrets(text: str) -> str:
    """Leave out the sentences that hold a secret: the model would see nothing but the secret."""
    if not mask_secrets(text).kinds:
        return text
    parts = [part for part in _SENTENCE_END.split(text) if not mask_secrets(part).kinds]
    rest = " ".join(parts)
    return rest if len(rest.split()) >= _MIN_WORDS else text


def _stated_text(mail: Mail) -> str:
    """Give what a request is read from: subject, newest text, and what a forward hands on."""
    newest = newest_text(mail.text, mail.sender_name)
    forwarded = forwarded_text(mail.text) if _FORWARD.match(mail.subject) else ""
    return "\n".join([mail.subject, newest, forwarded if forwarded not in newest else ""])


def decide(
    mail: Mail,
    understood: Understanding,
    helpdesk: Helpdesk,
    *,
    today: date,
    earlier: Request | None = None,
) -> Decision:
    """Decide on a mail. ``earlier``: what the thread's other mails stated."""
    language = understood.language if understood.language in LANGUAGES else DEFAULT_LANGUAGE
    if reason := automatic_reason(mail):
        return Decision(language, "automatic", should_reply=False, reason=reason)
    if reason := spam_reason(mail, helpdesk.trusted_host):
        return Decision(language, "spam", should_reply=False, reason=reason)
    if mail.sealed:
        return Decision(language, "other", should_reply=False, reason=mail.sealed)
    newest = read_request(_stated_text(mail), today=today, own_addresses=helpdesk.own_addresses)
    request = merge(earlier, newest) if earlier else newest
    is_request = (
        understood.intent in _REQUESTING
        or newest.stated >= _DETAILS_OF_A_REQUEST
        or (earlier is not None and newest.stated > 0)
        or (bool(_MIGRATION_TOPICS & set(understood.topics)) and _names_a_firm(newest))
    )
    category = "migration_request" if is_request else "question" if understood.topics else "other"
    silence = no_answer_reason(mail, helpdesk.own_addresses)
    is_understood = category != "other" or understood.intent == _GERMAN
    return Decision(
        language=language,
        category=category,
        should_reply=not silence and is_understood,
        reason=silence or (category if is_understood else understood.intent or "empty"),
        topics=understood.topics,
        request=request if is_request else Request(),
    )


def _names_a_firm(request: Request) -> bool:
    return any("enterprise_number" in filing for filing in request.filings)
