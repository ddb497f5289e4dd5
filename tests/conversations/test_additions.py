"""A second request about the same accounts, played through the real assistant."""

from datetime import datetime, timezone
from typing import Any

import pytest
from sqlalchemy import select

from actions.services import Services
from bot.dialogue.assistant import Incoming
from bot.language import LANGUAGES
from bot.storage import SqlTicketStore
from bot.storage.tables import TICKET_NOTES
from tests.conversations.script import ANSWERS, NEW_REQUEST
from tests.conversations.test_migration_request import EARLIER, reach

pytestmark = [pytest.mark.trained, pytest.mark.asyncio(loop_scope="session")]
every_language = pytest.mark.parametrize("language", LANGUAGES)

ADD = {"en": "please add it", "fr": "ajoute-le à la demande existante", "nl": "voeg maar toe"}
SEPARATE = {"en": "no, a new one", "fr": "non, une nouvelle", "nl": "nee, een nieuwe"}


def additions(store: SqlTicketStore) -> list[str]:
    with store._engine.connect() as connection:
        return list(connection.execute(select(TICKET_NOTES.c.text)).scalars())


@every_language
@pytest.mark.parametrize("way", ["button", "yes", "words"])
async def test_the_details_join_the_earlier_ticket(
    talk: Any, ticket_store: SqlTicketStore, language: str, way: str
) -> None:
    conversation = talk(language)
    await reach(conversation, "add_to_ticket")
    [earlier] = ticket_store.list()
    asked = await conversation.say("?")
    button = asked[-1].buttons[0]["payload"]
    answer = {"button": button, "yes": ANSWERS["add_to_ticket"], "words": ADD}[way]

    replies = await conversation.say(answer if isinstance(answer, str) else answer[language])

    [added] = additions(ticket_store)
    assert earlier.reference in button
    assert earlier.reference in asked[-1].text
    assert earlier.reference in replies[-1].text
    assert ticket_store.list() == [earlier]
    assert "numéro du certificat\xa0: 4A:7F:02" in added, "in the language of the ticket"
    assert await conversation.requested() is None
    again = await conversation.say(ANSWERS["confirm_ticket"][language])
    assert len(additions(ticket_store)) == 1
    assert again


@every_language
@pytest.mark.parametrize("way", ["button", "no", "words"])
async def test_a_new_ticket_is_opened_when_the_visitor_wants_one(
    talk: Any, ticket_store: SqlTicketStore, language: str, way: str
) -> None:
    conversation = talk(language)
    await reach(conversation, "add_to_ticket")
    answer = {"button": NEW_REQUEST, "no": ANSWERS["add_filing"], "words": SEPARATE}[way]

    replies = await conversation.say(answer[language])

    newest, _ = ticket_store.list()
    assert newest.reference in replies[-1].text
    assert newest.draft.certificate_number == "4A:7F:02"
    assert additions(ticket_store) == []


@every_language
async def test_nothing_is_told_of_somebody_elses_ticket_about_the_same_accounts(
    talk: Any, ticket_store: SqlTicketStore, language: str
) -> None:
    ticket_store.open(EARLIER, now=datetime.now(timezone.utc))
    conversation = talk(language)
    await reach(conversation, "confirm_ticket")

    replies = await conversation.say(ANSWERS["confirm_ticket"][language])

    newest, earlier = ticket_store.list()
    assert earlier.reference not in replies[-1].text
    assert newest.reference in replies[-1].text
    assert additions(ticket_store) == []


@every_language
async def test_who_gives_the_code_of_an_earlier_ticket_may_add_to_it(
    talk: Any, ticket_store: SqlTicketStore, services: Services, language: str
) -> None:
    earlier, _ = ticket_store.open(EARLIER, now=datetime.now(timezone.utc))
    conversation = talk(language)
    code = services.gate.codes.code(earlier.reference)
    await conversation.say(f"status {earlier.reference} {code}")
    await reach(conversation, "confirm_ticket")
    await conversation.say(ANSWERS["confirm_ticket"][language])

    replies = await conversation.say(ANSWERS["add_to_ticket"][language])

    assert earlier.reference in replies[-1].text
    assert ticket_store.list() == [earlier]
    assert len(additions(ticket_store)) == 1


@every_language
async def test_nothing_is_asked_without_an_earlier_ticket(
    talk: Any, ticket_store: SqlTicketStore, language: str
) -> None:
    conversation = talk(language)
    await reach(conversation, "confirm_ticket")

    await conversation.say(ANSWERS["confirm_ticket"][language])

    assert len(ticket_store.list()) == 1
    assert await conversation.requested() is None


async def test_a_ticket_keeps_the_network_that_its_last_turn_came_from(
    talk: Any, ticket_store: SqlTicketStore
) -> None:
    conversation = talk("nl")
    await reach(conversation, "confirm_ticket")
    yes = Incoming(conversation.sender, ANSWERS["confirm_ticket"]["nl"], origin="office")

    await conversation.assistant.handle(yes)

    assert [ticket.draft.network for ticket in ticket_store.list()] == ["office"]


@every_language
async def test_a_correction_that_makes_it_another_request_opens_a_ticket(
    talk: Any, ticket_store: SqlTicketStore, language: str
) -> None:
    conversation = talk(language)
    await reach(conversation, "add_to_ticket")
    await conversation.say("0203.201.340")
    assert await conversation.requested() == "confirm_ticket"

    await conversation.say(ANSWERS["confirm_ticket"][language])

    assert len(ticket_store.list()) == 2
    assert await conversation.requested() is None


@every_language
async def test_a_stranger_gets_the_state_with_the_code(
    talk: Any, ticket_store: SqlTicketStore, language: str
) -> None:
    owner = talk(language)
    await reach(owner, "confirm_ticket")
    opened = (await owner.say(ANSWERS["confirm_ticket"][language]))[-1].text
    reference = ticket_store.list()[0].reference
    code = opened.partition(reference)[2].split("code ")[1][:9]
    stranger = talk(language)
    await stranger.say("hallo")

    known = await stranger.say(f"status {reference} {code}")
    lower = await stranger.say(f"{code.lower()}, {reference.lower()}")
    wrong = await stranger.say(f"status {reference} K7P2QXRT")
    unknown = await stranger.say("status CYB-2026-999999-5 K7P2QXRT")

    assert known[-1].text == lower[-1].text
    assert reference in known[-1].text
    assert known[-1].text != wrong[-1].text
    assert wrong[-1].text == unknown[-1].text.replace("CYB-2026-999999-5", reference)


@every_language
async def test_after_five_wrong_codes_the_right_one_tells_nothing(
    talk: Any, ticket_store: SqlTicketStore, language: str
) -> None:
    owner = talk(language)
    await reach(owner, "confirm_ticket")
    await owner.say(ANSWERS["confirm_ticket"][language])
    reference = ticket_store.list()[0].reference
    stranger = talk(language)
    for _ in range(5):
        wrong = await stranger.say(f"status {reference} K7P2QXRT")

    late = await stranger.say(f"status {reference} an@example.be")

    assert late[-1].text == wrong[-1].text
    other = await talk(language).say(f"status {reference} an@example.be")
    assert other[-1].text.endswith(late[-1].text) is False
