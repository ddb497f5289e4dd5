"""What somebody at the desk looks for among the conversations."""

from dataclasses import dataclass
from datetime import datetime

OUTCOMES = ("answer", "clarify", "out_of_scope", "handoff", "smalltalk", "form", "error")


@dataclass(frozen=True)
class ConversationQuery:
    """Filters on turns; what is empty or None filters nothing.

    ``since`` and ``until``: timezone-aware, the second not included. ``text``: part of a
    message.
    """

    language: str = ""
    outcome: str = ""
    channel: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""


@dataclass(frozen=True)
class Overview:
    """A conversation in an export, without what was said.

    ``id``: number of its latest turn that fits, by which the desk opens it. ``outcome``: of
    that turn. ``told_at``: when a reply first said that an automated assistant answers.
    """

    id: int
    first_at: datetime
    last_at: datetime
    channel: str
    language: str
    turns: int
    outcome: str
    told_at: datetime | None


@dataclass(frozen=True)
class Found:
    """A conversation in a list: its latest turn that fits, and how many fit.

    ``id``: number of that turn, by which the conversation is opened. ``text``: the message,
    secrets masked.
    """

    id: int
    conversation: str
    at: datetime
    channel: str
    language: str
    text: str
    outcome: str
    topics: tuple[str, ...]
    turns: int
