"""What the model is asked about a mail, and how its answers are put together."""

from typing import Any

import pytest

from bot.mailbox.understand import understand
from bot.reading.model import Reading
from bot.triage.decide import Understanding
from bot.triage.html import html_to_text
from bot.triage.read import read_mail

REFERENCE = "CYB-2026-000187-7"


class Reader:
    """Answers each text as told, the reference's own way where it stands; notes what it read.

    A sentence with a question mark asks.
    """

    def __init__(self, intents: dict[str, str]) -> None:
        self._intents = intents
        self.parsed: list[str] = []

    def read(self, text: str) -> Reading:
        return Reading({"ask": float(text.endswith("?"))}, ())

    async def parse(self, text: str) -> dict[str, Any]:
        self.parsed.append(text)
        intent = "ask_ticket_status" if REFERENCE in text else self._intents.get(text, "")
        name, _, topic = intent.partition("/")
        parsed: dict[str, Any] = {"language": "nl", "intent": {"name": name, "confidence": 0.95}}
        if topic:
            parsed["response_selector"] = {"faq": {"response": {"intent_response_key": intent}}}
        return parsed


async def understood(body: str, **intents: str) -> Understanding:
    raw = f"From: an@x.be\nSubject: vraag\n\n{body}".encode()
    return await understand(Reader(intents), read_mail(raw, html_to_text))


async def test_a_mail_that_names_no_ticket_is_read_once() -> None:
    reader = Reader({"wat kost het allemaal": "faq/fees"})
    mail = read_mail(b"From: an@x.be\nSubject: x\n\nwat kost het allemaal", html_to_text)

    assert (await understand(reader, mail)).topics == ("fees",)
    assert reader.parsed == ["wat kost het allemaal"]


@pytest.mark.parametrize(
    ("named", "intent"), [("ask_ticket_status", "ask_ticket_status"), ("cancel", "names_ticket")]
)
async def test_a_reference_alone_makes_no_question(named: str, intent: str) -> None:
    body = f"Wat gebeurt er nu met {REFERENCE}"

    found = await understood(body, **{"Wat gebeurt er nu met ticket": named})

    assert found.intent == intent


async def test_an_action_beside_the_question_is_for_people() -> None:
    body = f"Hoe ver staat {REFERENCE} nu? Bel mij eens op."

    found = await understood(
        body,
        **{"Hoe ver staat ticket nu?": "ask_ticket_status", "Bel mij eens op.": "request_human"},
    )

    assert found.intent == "names_ticket"


async def test_a_question_about_a_ticket_among_others_is_heard() -> None:
    body = "Wat kost dat? Is mijn aanvraag al klaar?"

    found = await understood(
        body,
        **{body: "faq/fees", "Is mijn aanvraag al klaar?": "ask_ticket_status"},
    )

    assert (found.topics, found.asks_status) == (("fees",), True)


async def test_each_question_of_a_mail_is_answered_in_its_order() -> None:
    body = (
        "Wij zijn een klein kantoor. 1. Wat kost een neerlegging?\n2. Welke browser mag het zijn?"
    )

    found = await understood(
        body,
        **{
            body: "out_of_scope",
            "Wat kost een neerlegging?": "faq/fees",
            "Welke browser mag het zijn?": "faq/browsers",
        },
    )

    assert (found.intent, found.topics) == ("faq", ("fees", "browsers"))


async def test_a_request_with_a_question_stays_one() -> None:
    body = "Gelieve onze neerlegging over te zetten. Wat kost dat allemaal?"

    found = await understood(
        body, **{body: "open_migration_request", "Wat kost dat allemaal?": "faq/fees"}
    )

    assert (found.intent, found.topics) == ("open_migration_request", ("fees",))


async def test_whoever_asks_for_a_move_is_not_told_how_to_ask_for_one() -> None:
    body = "Gelieve ons te helpen. Kunt u onze formulieren terugzetten?"
    sentence = "Kunt u onze formulieren terugzetten?"

    found = await understood(
        body, **{body: "open_migration_request", sentence: "faq/missing_forms"}
    )

    assert found.topics == ()
