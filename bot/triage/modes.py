"""What may happen with an answer, by topic and language: nothing, a draft, or sending."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.errors import HelpdeskError
from bot.language import LANGUAGES

OFF, DRAFT, SEND = "off", "draft", "send"
_ORDER = (OFF, DRAFT, SEND)
REQUEST = "migration_request"
"""What the modes call the answers to a migration request, beside the topics."""

TICKET_STATUS = "ticket_status"
"""What the modes call the answers to how a ticket stands."""

_RULE = re.compile(
    r"(?:(?P<what>[a-z0-9_]{1,60}(?:\.[a-z]{2})?)\s{0,9}=\s{0,9})?(?P<mode>[a-z]{1,20})"
)


class ModeUnknown(HelpdeskError):
    """A rule of the modes cannot be read."""


@dataclass(frozen=True)
class Modes:
    """Rules from general to special: everything, a language, a topic, a topic in a language."""

    default: str = DRAFT
    rules: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "Modes":
        """Read ``draft, nl=send, fees=send, fees.fr=off``.

        Raises: ModeUnknown, naming the rule and how to write one.
        """
        default, rules = DRAFT, {}
        for rule in filter(None, (part.strip() for part in text.lower().split(","))):
            match = _RULE.fullmatch(rule)
            if not match or match["mode"] not in _ORDER:
                raise ModeUnknown(
                    f"{rule!r} is no rule; write off, draft or send, alone or after a topic, a "
                    "language or both, as in: draft, nl=send, fees=send, fees.fr=off"
                )
            if match["what"]:
                rules[match["what"]] = match["mode"]
            else:
                default = match["mode"]
        return cls(default, rules)

    @property
    def may_send(self) -> bool:
        """Say whether any rule lets an answer leave by itself."""
        return SEND in {self.default, *self.rules.values()}

    def mode(self, topics: Sequence[str], language: str) -> str:
        """Give the strictest mode of everything that an answer speaks of."""
        modes = [self._of(topic, language) for topic in topics] or [self._of("", language)]
        return min(modes, key=_ORDER.index)

    def unknown(self, topics: Iterable[str]) -> list[str]:
        """Name the rules that speak of no topic or language there is."""
        known = {*topics, REQUEST, TICKET_STATUS}
        return [
            name
            for name in self.rules
            if name not in LANGUAGES
            and not (name.partition(".")[0] in known and name.partition(".")[2] in {"", *LANGUAGES})
        ]

    def _of(self, topic: str, language: str) -> str:
        for name in (f"{topic}.{language}", topic, language):
            if name in self.rules:
                return self.rules[name]
        return self.default
