"""Choosing and filling in the responses of `data/responses/`."""

import copy
import os
import re
from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.language import DEFAULT_LANGUAGE, LANGUAGES
from bot.settings import Settings, read_settings
from bot.turns import CUSTOMS

_PLACEHOLDER = re.compile(r"{(\w{1,60})}")
_DISCLOSURE = "utter_disclosure"
_BELOW = "utter_disclosure_below"
_GREETS = "web"
_HELPDESKS = "utter_helpdesks"

Response = dict[str, Any]


class GuidanceResponses(TemplatedNaturalLanguageGenerator):
    """Rasa's templated responses, with three differences.

    The Contact Center's details come from the settings. A value with braces in it is
    inserted as it is (Rasa 3.6 falls back to raw placeholders or raises). The first
    answer of a session says that an automated assistant speaks, as article 50 of the AI
    Act asks, in every channel.
    """

    def __init__(
        self,
        endpoint_config: EndpointConfig | None = None,
        domain: Domain | None = None,
        settings: Settings | None = None,
    ) -> None:
        settings = settings or read_settings(os.environ)
        # Rasa sets ``responses`` again once the model is loaded.
        super().__init__(domain.responses if domain else {})
        self._constants = {
            "contact_email": settings.contact_email,
            "contact_phone": settings.contact_phone,
        }

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> Response | None:
        """Fill in ``utter_action`` in the conversation's language; None when it is unknown."""
        language = tracker.get_slot("language")
        # The helpdesk of what was asked comes first, wherever people are sent to one.
        if _speaks_of_customs(tracker.events):
            kwargs = {"helpdesks": self._helpdesks(language, CUSTOMS), **kwargs}
        response = self.render(utter_action, language, kwargs)
        is_introduced = _has_introduced_itself(tracker.events)
        has_said_so = is_introduced or kwargs.get("is_continued")
        if response and not response["metadata"].get("discloses") and not has_said_so:
            self._introduce(response, language, has_greeted=output_channel == _GREETS)
        return response

    def _introduce(self, response: Response, language: str | None, *, has_greeted: bool) -> None:
        """Say who speaks: above the answer, or below it where the page has greeted already."""
        disclosure = self.render(_BELOW if has_greeted else _DISCLOSURE, language, {})
        if disclosure:
            said = [disclosure["text"], response["text"]]
            response["text"] = "\n\n".join(reversed(said) if has_greeted else said)
            response["metadata"]["introduces"] = True

    def render(
        self, utter_action: str, language: str | None, values: Mapping[str, Any]
    ) -> Response | None:
        """Fill in a response outside a conversation, with ``metadata`` for the channels."""
        variations = self.responses.get(utter_action, [])
        if not variations:
            return None
        response = copy.deepcopy(_variation(variations, language))
        known = {**self._constants, "helpdesks": self._helpdesks(language)}
        known |= {k: v for k, v in values.items() if isinstance(v, str)}
        response["text"] = _fill(response["text"], known)
        for button in response.get("buttons") or []:
            button.update({name: _fill(words, known) for name, words in button.items()})
        metadata = dict(response.get("metadata") or {})
        topic = metadata.get("topic")
        metadata["topics"] = values.get("topics") or ([topic] if topic else [])
        # A notice in a language that Cybo does not speak names that language itself.
        metadata.setdefault("language", language if language in LANGUAGES else DEFAULT_LANGUAGE)
        response["metadata"] = metadata
        return response

    def _helpdesks(self, language: str | None, first: str = "") -> str:
        """Say how people reach a person: the Contact Center first, or who is named ``first``."""
        name = f"{_HELPDESKS}_{first}" if first else _HELPDESKS
        text = _variation(self.responses.get(name, []), language).get("text", "")
        return _fill(text, self._constants)


def _variation(variations: Iterable[Response], language: str | None) -> Response:
    chosen: Response = {}
    for variation in variations:
        condition = variation.get("condition")
        if not condition:
            chosen = chosen or variation
        elif condition[0]["value"] == language:
            return variation
    return chosen


def _fill(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def _has_introduced_itself(events: Iterable[Any]) -> bool:
    """Say whether Cybo spoke before in this session, notices in other languages left aside."""
    session = takewhile(lambda event: not isinstance(event, SessionStarted), reversed(list(events)))
    return any(
        isinstance(event, BotUttered)
        and not (event.metadata.get("metadata") or {}).get("discloses")
        for event in session
    )


def _speaks_of_customs(events: Iterable[Any]) -> bool:
    """Say whether the last answer of this session is one that the customs helpdesk answers for."""
    for event in takewhile(lambda e: not isinstance(e, SessionStarted), reversed(list(events))):
        shown = (event.metadata.get("metadata") or {}) if isinstance(event, BotUttered) else {}
        if shown.get("topics") and shown.get("outcome") == "answer":
            return bool(shown.get("helpdesk") == CUSTOMS)
    return False
