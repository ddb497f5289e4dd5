"""What to do with a mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.language import DEFAULT_LANGUAGE, LANGUAGES
from bot.triage.automatic import automatic_reason, no_answer_reason, spam_reason
from bot.triage.mail import Mail
from bot.triage.newest import newest_text
from bot.triage.request import Request, merge, read_request

CATEGORIES = ("question", "migration_request", "automatic", "spam", "other")
_REQUESTING = frozenset({"open_migration_request", "give_details"})
# Whoever lists three details wants something moved, whatever else the mail says.
_DETAILS_OF_A_REQUEST = 3
_GERMAN = "speak_german"
_SALUTATION = re.compile(
    r"^(?:geachte|beste|dag|hallo|goede(?:morgen|middag|dag|navond)|bonjour|bonsoir|madame|monsieur|"
    r"ch[eè]re?s?|dear|hello|hi|good (?:morning|afternoon|day)|sehr geehrte\w*|guten tag)\b"
    r"[^\n?.!]{0,60}[,:!]?\s*\n",
    flags=re.IGNORECASE,
)


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
    return _SALUTATION.sub("", newest_text(mail.text)).strip() or mail.subject


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
    newest = read_request(
        f"{mail.subject}\n{newest_text(mail.text)}",
        today=today,
        own_addresses=helpdesk.own_addresses,
    )
    request = merge(earlier, newest) if earlier else newest
    is_request = (
        understood.intent in _REQUESTING
        or newest.stated >= _DETAILS_OF_A_REQUEST
        or (earlier is not None and newest.stated > 0)
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
