"""Conversations with the real assistant: the trained model, actions and databases."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import delete

from actions.handed import actions_with
from actions.services import Services, services_of
from bot.dialogue.assistant import Assistant, Incoming, ModelMissing
from bot.dialogue.history import Reply
from bot.settings import Settings, read_settings
from bot.storage import SqlTicketStore, open_database
from bot.storage.tables import FILINGS, TICKET_NOTES, TICKETS, WRONG_TRIES


@dataclass
class Conversation:
    """One visitor talking to the assistant on a page in ``language``."""

    assistant: Assistant
    store: SqlTicketStore
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
        for table in (TICKET_NOTES, FILINGS, TICKETS, WRONG_TRIES):
            connection.execute(delete(table))


@pytest.fixture(scope="session")
def settings(data_dir: Path) -> Settings:
    return read_settings({"CYBO_DATA_DIR": str(data_dir)})


@pytest.fixture(scope="session")
def services(settings: Settings, ticket_store: SqlTicketStore) -> Services:
    return services_of(settings, ticket_store._engine)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def assistant(settings: Settings, services: Services) -> Assistant:
    try:
        loaded = Assistant.load(settings)
    except ModelMissing as error:
        pytest.fail(str(error))
    loaded.use_actions(actions_with(services))
    return loaded


@pytest.fixture
def talk(assistant: Assistant, ticket_store: SqlTicketStore) -> Any:
    def begin(language: str) -> Conversation:
        return Conversation(assistant, ticket_store, language)

    return begin
