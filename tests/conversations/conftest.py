"""Conversations with the real assistant: the trained model, actions and databases."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import delete

from actions import services
from bot.dialogue.assistant import Assistant, Incoming, ModelMissing
from bot.dialogue.history import Reply
from bot.settings import read_settings
from bot.storage import SqlTicketStore, open_database
from bot.storage.tables import FILINGS, TICKET_NOTES, TICKETS
from bot.tickets.code import TicketCodes


@dataclass
class Conversation:
    """One visitor talking to the assistant on a page in ``language``."""

    assistant: Assistant
    language: str
    sender: str = field(default_factory=lambda: uuid4().hex)

    async def say(self, text: str) -> list[Reply]:
        return await self.assistant.handle(Incoming(self.sender, text, "rest", self.language))

    async def slots(self) -> dict[str, Any]:
        return (await self.assistant.tracker(self.sender)).current_slot_values()

    async def requested(self) -> str | None:
        return (await self.slots())["requested_slot"]


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="session")
def ticket_store(data_dir: Path) -> SqlTicketStore:
    return SqlTicketStore(open_database(f"sqlite:///{data_dir / 'cybo.db'}"))


@pytest.fixture(autouse=True)
def empty_desk(ticket_store: SqlTicketStore) -> None:
    """Begin each test without tickets to add to, and without wrong tries."""
    with ticket_store._engine.begin() as connection:
        for table in (TICKET_NOTES, FILINGS, TICKETS):
            connection.execute(delete(table))
    services.wrong_tries.cache_clear()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def assistant(data_dir: Path, ticket_store: SqlTicketStore) -> AsyncIterator[Assistant]:
    settings = read_settings({"CYBO_DATA_DIR": str(data_dir)})
    services.ticket_store.cache_clear()
    patch = pytest.MonkeyPatch()
    patch.setattr(services, "ticket_store", lambda: ticket_store)
    patch.setattr(services, "ticket_codes", lambda: TicketCodes(b"k" * 32))
    try:
        loaded = Assistant.load(settings)
    except ModelMissing as error:
        pytest.fail(str(error))
    yield loaded
    patch.undo()


@pytest.fixture
def talk(assistant: Assistant) -> Any:
    def begin(language: str) -> Conversation:
        return Conversation(assistant, language)

    return begin
