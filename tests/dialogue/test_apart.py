"""Turns that compute on a thread of their own."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from bot.dialogue.apart import AssistantApart
from bot.dialogue.assistant import Incoming
from bot.dialogue.history import Reply

_TURN_S = 0.3


class Computing:
    """An assistant whose turns take the processor for a while."""

    def __init__(self) -> None:
        self.threads: set[str] = set()

    async def handle(self, message: Incoming) -> list[Reply]:
        self.threads.add(threading.current_thread().name)
        if message.text == "fail":
            raise ValueError("in the turn")
        await asyncio.sleep(0)
        time.sleep(_TURN_S)  # noqa: ASYNC251 (it computes)
        return [Reply(message.text, "answer", "nl")]


@pytest.fixture
def computing() -> Computing:
    return Computing()


@pytest.fixture
async def apart(computing: Computing) -> AsyncIterator[AssistantApart]:
    assistant = AssistantApart(cast(Any, computing))
    yield assistant
    await assistant.stop()


async def test_who_asks_goes_on_while_a_turn_computes(
    apart: AssistantApart, computing: Computing
) -> None:
    turn = asyncio.ensure_future(apart.handle(Incoming("a", "hallo")))
    beats = 0
    while not turn.done():
        await asyncio.sleep(0.01)
        beats += 1

    assert [reply.text for reply in turn.result()] == ["hallo"]
    assert beats >= _TURN_S / 0.01 / 3
    assert computing.threads == {"dialogue"}


async def test_what_fails_in_a_turn_fails_for_who_asked(apart: AssistantApart) -> None:
    with pytest.raises(ValueError, match="in the turn"):
        await apart.handle(Incoming("a", "fail"))


async def test_a_turn_under_way_is_answered_before_the_end(computing: Computing) -> None:
    assistant = AssistantApart(cast(Any, computing))
    turn = asyncio.ensure_future(assistant.handle(Incoming("a", "the last")))
    await asyncio.sleep(0.05)

    await assistant.stop()

    assert [reply.text for reply in await turn] == ["the last"]
