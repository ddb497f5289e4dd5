"""Questions outside a request, played through the real assistant."""

from typing import Any

import pytest

from bot.language import LANGUAGES
from bot.settings import Settings
from tests.conversations.script import A_PERSON, GREY_SCREEN, NO_HELP, TWO_QUESTIONS

pytestmark = [pytest.mark.trained, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_two_questions_in_one_message_get_two_answers(talk: Any, language: str) -> None:
    replies = await talk(language).say(TWO_QUESTIONS[language])

    assert [reply.topics for reply in replies] == [["what_is_idaas"], ["browsers"]]
    assert {reply.outcome for reply in replies} == {"answer"}
    assert "Cybo" in replies[0].text
    assert "Cybo" not in replies[1].text


ROLES = {
    "en": "What is the local manager?",
    "fr": "C'est quoi le gestionnaire local ?",
    "nl": "Wat is de lokale beheerder?",
}
BY_PHONE = "02 579 33 33"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_after_an_answer_that_did_not_help_the_next_causes_come_first(
    talk: Any, language: str
) -> None:
    visitor = talk(language)
    await visitor.say(GREY_SCREEN[language])

    (tried,) = await visitor.say(NO_HELP[language])
    (again,) = await visitor.say(tried.buttons[0]["payload"])
    (person,) = await visitor.say(NO_HELP[language])

    assert (tried.outcome, tried.topics) == ("clarify", ["aadb2c90047", "bad_ssl", "antivirus"])
    assert len(tried.buttons) == len(tried.topics) + 1
    assert again.topics == ["aadb2c90047"]
    assert person.outcome == "handoff"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_none_of_the_next_causes_leads_to_a_person(talk: Any, language: str) -> None:
    visitor = talk(language)
    await visitor.say(GREY_SCREEN[language])

    (tried,) = await visitor.say(NO_HELP[language])
    (person,) = await visitor.say(tried.buttons[-1]["payload"])

    assert person.outcome == "handoff"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_never_got_an_answer_is_led_to_a_person_at_once(talk: Any, language: str) -> None:
    (reply,) = await talk(language).say(NO_HELP[language])

    assert reply.outcome == "handoff"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_helpdesk_of_what_was_asked_is_named_first(
    talk: Any, settings: Settings, language: str
) -> None:
    filing, customs = talk(language), talk(language)
    await filing.say(GREY_SCREEN[language])
    await customs.say(ROLES[language])

    (of_filing,) = await filing.say(A_PERSON[language])
    (of_customs,) = await customs.say(A_PERSON[language])

    email = settings.contact_email
    assert 0 < of_filing.text.index(email) < of_filing.text.index(BY_PHONE)
    assert 0 < of_customs.text.index(BY_PHONE) < of_customs.text.index(email)
