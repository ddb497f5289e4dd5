import asyncio

import pytest
from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockStore

from bot.dialogue.locks import ConversationLocks


async def settle() -> None:
    """Let every task that can run do so; nothing here takes time of the clock."""
    for _ in range(20):
        await asyncio.sleep(0)


class Visitor:
    """Holds a conversation's lock until told to let go, noting when it got it."""

    def __init__(self, locks: ConversationLocks, conversation: str, log: list[str]) -> None:
        self._locks, self._conversation, self._log = locks, conversation, log
        self.done = asyncio.Event()

    async def take_turn(self, name: str) -> None:
        async with self._locks.lock(self._conversation):
            self._log.append(name)
            await self.done.wait()


def is_empty(locks: ConversationLocks) -> bool:
    return not any(vars(locks).values())


def test_rasa_takes_it_for_a_lock_store() -> None:
    locks = ConversationLocks()

    assert isinstance(locks, LockStore)
    assert LockStore.create(locks) is locks


async def test_the_lock_names_its_conversation() -> None:
    locks = ConversationLocks()

    async with locks.lock("an") as lock:
        assert isinstance(lock, TicketLock)
        assert lock.conversation_id == "an"


async def test_messages_of_one_conversation_are_taken_one_at_a_time_in_order() -> None:
    locks, log = ConversationLocks(), []
    visitors = [Visitor(locks, "an", log) for _ in range(4)]
    tasks = []
    for number, visitor in enumerate(visitors):
        tasks.append(asyncio.create_task(visitor.take_turn(str(number))))
        await settle()

    for number, visitor in enumerate(visitors):
        assert log == [str(before) for before in range(number + 1)]
        visitor.done.set()
        await settle()

    await asyncio.gather(*tasks)


async def test_the_next_message_wakes_without_waiting_for_the_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    locks, log = ConversationLocks(), []
    first, second = Visitor(locks, "an", log), Visitor(locks, "an", log)
    tasks = [asyncio.create_task(first.take_turn("first"))]
    await settle()
    tasks.append(asyncio.create_task(second.take_turn("second")))
    await settle()
    loop = asyncio.get_running_loop()
    timers: list[float] = []
    monkeypatch.setattr(loop, "call_later", lambda delay, *_, **__: timers.append(delay))

    first.done.set()
    await settle()

    assert log == ["first", "second"]
    assert not timers
    second.done.set()
    await asyncio.gather(*tasks)


async def test_conversations_do_not_wait_for_each_other() -> None:
    locks, log = ConversationLocks(), []
    an, bart = Visitor(locks, "an", log), Visitor(locks, "bart", log)
    tasks = [asyncio.create_task(an.take_turn("an")), asyncio.create_task(bart.take_turn("bart"))]

    await settle()

    assert log == ["an", "bart"]
    an.done.set()
    bart.done.set()
    await asyncio.gather(*tasks)


async def fail_in_turn(locks: ConversationLocks) -> None:
    async with locks.lock("an"):
        raise ValueError("the turn failed")


async def test_a_turn_that_fails_lets_the_next_one_in() -> None:
    locks = ConversationLocks()

    with pytest.raises(ValueError, match="the turn failed"):
        await fail_in_turn(locks)

    async with locks.lock("an") as lock:
        assert lock


async def test_a_conversation_nobody_waits_for_is_forgotten() -> None:
    locks = ConversationLocks()
    for number in range(100):
        async with locks.lock(f"visitor {number}"):
            pass

    assert is_empty(locks)


async def test_a_turn_that_fails_is_forgotten_too() -> None:
    locks = ConversationLocks()

    with pytest.raises(ValueError, match="the turn failed"):
        await fail_in_turn(locks)

    assert is_empty(locks)


async def test_a_visitor_who_closes_the_page_while_waiting_holds_up_nobody() -> None:
    locks, log = ConversationLocks(), []
    first, gone, last = (Visitor(locks, "an", log) for _ in range(3))
    tasks = []
    for name, visitor in (("first", first), ("gone", gone), ("last", last)):
        tasks.append(asyncio.create_task(visitor.take_turn(name)))
        await settle()

    tasks[1].cancel()
    await settle()
    assert log == ["first"]
    first.done.set()
    last.done.set()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert log == ["first", "last"]
    assert is_empty(locks)


async def test_a_lock_is_not_forgotten_while_another_message_waits_for_it() -> None:
    locks, log = ConversationLocks(), []
    first, second, third = (Visitor(locks, "an", log) for _ in range(3))
    tasks = [asyncio.create_task(first.take_turn("first"))]
    await settle()
    tasks.append(asyncio.create_task(second.take_turn("second")))
    await settle()

    first.done.set()
    await settle()
    tasks.append(asyncio.create_task(third.take_turn("third")))
    await settle()

    assert log == ["first", "second"]
    second.done.set()
    third.done.set()
    await asyncio.gather(*tasks)
    assert is_empty(locks)
