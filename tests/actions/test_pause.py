"""Who wants time is told once how long the request stays open."""

from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor

from bot.language import LANGUAGES
from tests.actions.test_schema import (
    FakeTicketStore,
    executor,
    responses,
    store,
    told,
)
from tests.actions.turns import Turn

__all__ = ["executor", "responses", "store"]


async def paused(executor: ActionExecutor, turn: Turn, language: str) -> dict[str, Any]:
    call = {**turn.call("action_pause", language), "domain": DOMAIN}
    answer = await executor.run(call)
    assert answer is not None
    return answer


DOMAIN = {"session_config": {"session_expiration_time": 45}}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_as_long_as_the_session_of_the_domain(
    executor: ActionExecutor, store: FakeTicketStore, language: str
) -> None:
    answer = await paused(executor, Turn(text="momentje", intent="pause"), language)

    assert told(answer) == ["utter_pause_request"]
    assert answer["responses"][0]["minutes"] == "45"
    assert answer["events"] == []


@pytest.mark.parametrize(
    ("loop", "said", "response"),
    [
        ("migration_request_form", ("utter_pause_request",), "utter_pause_request_again"),
        (None, (), "utter_pause"),
        (None, ("utter_pause",), "utter_pause_again"),
    ],
)
async def test_it_is_never_said_twice_in_the_same_words(
    executor: ActionExecutor, loop: str | None, said: tuple[str, ...], response: str
) -> None:
    assert told(await paused(executor, Turn(loop=loop, said=said), "nl")) == [response]
