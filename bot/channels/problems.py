"""What a caller did wrong, in the caller's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.language import DEFAULT_LANGUAGE, LANGUAGES
from bot.texts import texts

_MESSAGES = texts("problems")

CODES = frozenset(_MESSAGES[DEFAULT_LANGUAGE])


@dataclass(frozen=True)
class Problem(Exception):
    """A request that cannot be answered as it is. ``values`` fill the message's placeholders."""

    status: int
    code: str
    values: Mapping[str, object] | None = None
    headers: Mapping[str, str] | None = None

    def message(self, language: str | None) -> str:
        """Say what is wrong and what to do, in the caller's language."""
        known = language if language in LANGUAGES else DEFAULT_LANGUAGE
        return str(_MESSAGES[known][self.code]).format(**(self.values or {}))

    def as_json(self, language: str | None) -> dict[str, dict[str, str]]:
        """Give the body of the error response."""
        return {"error": {"code": self.code, "message": self.message(language)}}


def preferred_language(accept_language: str) -> str | None:
    """Read the first of our languages in an Accept-Language header (RFC 9110 §12.5.4)."""
    weighted = []
    for position, part in enumerate(accept_language.split(",")):
        tag, _, parameters = part.strip().partition(";")
        language = tag.split("-")[0].lower()
        try:
            weight = float(parameters.partition("=")[2] or 1)
        except ValueError:
            continue
        if language in LANGUAGES and weight > 0:
            weighted.append((-weight, position, language))
    return min(weighted)[2] if weighted else None
