"""Questions outside a request, played through the real assistant."""

from typing import Any

import pytest

from bot.language import LANGUAGES
from tests.conversations.script import TWO_QUESTIONS

pytestmark = [pytest.mark.trained, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_two_questions_in_one_message_get_two_answers(talk: Any, language: str) -> None:
    replies = await talk(language).say(TWO_QUESTIONS[language])

    assert [reply.topics for reply in replies] == [["what_is_idaas"], ["browsers"]]
    assert {reply.outcome for reply in replies} == {"answer"}
    assert "Cybo" in replies[0].text
    assert "Cybo" not in replies[1].text
