"""`cybo triage`: what Cybo would do with a mail, without sending anything."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.dialogue.assistant import Assistant
from bot.dialogue.responses import GuidanceResponses
from bot.errors import HelpdeskError
from bot.settings import Settings
from bot.triage.decide import Decision, Helpdesk, Understanding, decide, text_to_understand
from bot.triage.html import html_to_text
from bot.triage.letter import Content, Letter, Office, write_letter
from bot.triage.mail import Mail, Quarantined
from bot.triage.read import read_mail

_TOPIC = "faq/"
_SEVERAL = "several_questions"


class DryRun:
    """Triages mails with the model of the chat; nothing is sent or stored."""

    def __init__(
        self, assistant: Assistant, responses: GuidanceResponses, settings: Settings, today: date
    ) -> None:
        self._assistant = assistant
        self._responses = responses
        self._office = Office(settings.contact_email, settings.contact_phone)
        self._helpdesk = Helpdesk(frozenset({settings.contact_email.lower()}))
        self._today = today

    async def triage(self, raw: bytes) -> dict[str, Any]:
        """Decide on a mail; gives the shape of the contract."""
        try:
            mail = read_mail(raw, html_to_text)
        except Quarantined as error:
            return _quarantined(error)
        parsed = await self._assistant.parse(text_to_understand(mail))
        decision = decide(mail, understanding(parsed), self._helpdesk, today=self._today)
        letter = self._letter(mail, decision) if decision.should_reply else None
        return as_json(decision, letter)

    def _letter(self, mail: Mail, decision: Decision) -> Letter:
        language = decision.language
        is_request = decision.category == "migration_request"
        answers = [self._say(f"utter_{_TOPIC}{topic}", language) for topic in decision.topics]
        if not answers and not is_request:
            answers = [self._say("utter_german_notice", language)]
        refusals = [
            self._say(f"utter_refuse_{error.detail}_{error.reason}", language)
            for error in decision.request.invalid.values()
        ]
        request = decision.request if is_request else None
        return write_letter(mail, language, self._office, Content(answers, request, refusals))

    def _say(self, response: str, language: str) -> str:
        rendered = self._responses.render(response, language, {})
        return str(rendered["text"]) if rendered else ""


def understanding(parsed: Mapping[str, Any]) -> Understanding:
    """Read from Rasa's parse what the core needs."""
    intent = str((parsed.get("intent") or {}).get("name") or "")
    selected = parsed.get("response_selector", {}).get("faq", {}).get("response", {})
    named = parsed.get("topics") or [] if intent == _SEVERAL else []
    if intent == "faq":
        named = [selected["intent_response_key"]]
    topics = tuple(str(name).removeprefix(_TOPIC) for name in named)
    return Understanding(str(parsed.get("language") or ""), intent, topics)


def as_json(decision: Decision, letter: Letter | None) -> dict[str, Any]:
    """Give the shape that `cybo triage --json` prints."""
    is_request = decision.category == "migration_request"
    return {
        "language": decision.language,
        "category": decision.category,
        "topics": list(decision.topics),
        "fields": decision.request.as_dict() if is_request else {},
        "missing": decision.request.missing if is_request else [],
        "should_reply": decision.should_reply,
        "reason": decision.reason,
        "reply": {"subject": letter.subject, "headers": dict(letter.headers), "text": letter.text}
        if letter
        else None,
    }


def read_file(path: Path) -> bytes:
    """Read a mail from a file.

    Raises: HelpdeskError, naming the file and the remedy.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise HelpdeskError(
            f"{path}: cannot be read ({error.strerror}); give the path of a mail saved as .eml"
        ) from error


def _quarantined(error: Quarantined) -> dict[str, Any]:
    return {
        "language": None,
        "category": "other",
        "topics": [],
        "fields": {},
        "missing": [],
        "should_reply": False,
        "reason": f"quarantined: {error.reason}",
        "reply": None,
    }
