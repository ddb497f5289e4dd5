"""What the actions need from outside, handed to them when a process is put together."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timezone
from functools import cache

from rasa_sdk import Action
from sqlalchemy.engine import Engine

from bot.channels.sessions import signing_key
from bot.delivery.build import request_tracker, ticket_targets
from bot.delivery.desk_status import DeskTool, status_of
from bot.settings import Settings, read_settings
from bot.storage import SqlTicketStore, SqlWrongTries, open_database
from bot.tickets.caps import Caps
from bot.tickets.gate import Gate
from bot.tickets.model import Ticket
from bot.tickets.store import TicketStore


@dataclass(frozen=True)
class Services:
    """The ticket store, who may know of tickets, the desk's tool and the clock.

    ``tickets`` and ``gate`` use the database: call them in a thread. ``today``: in Belgium.
    ``may_lack``: the details that a request may go without.
    """

    tickets: TicketStore
    gate: Gate
    tool: DeskTool | None
    now: Callable[[], datetime]
    today: Callable[[], date]
    may_lack: Collection[str] = ()

    async def desk_status(self, ticket: Ticket) -> str:
        """Say how a ticket stands: as the desk's tool says, else as it is stored here."""
        return await status_of(ticket, self.tool)


class ServedAction(Action, ABC):
    """An action that uses services.

    Whoever puts a process together hands them over. `rasa run actions` makes actions
    without: they are built from the environment, once, when first used.
    """

    def __init__(self, services: Services | None = None) -> None:
        self._services = services

    @property
    def services(self) -> Services:
        """Give what was handed over, else what the environment names."""
        return self._services or _from_environment()

    @abstractmethod
    def name(self) -> str:
        """Name in the domain."""


def services_of(settings: Settings, engine: Engine) -> Services:
    """Build the services on a database that is open."""
    caps = Caps(
        settings.tickets_per_conversation_day,
        settings.tickets_per_address_day,
        settings.tickets_per_network_day,
        settings.tickets_per_day,
    )
    return Services(
        SqlTicketStore(engine, ticket_targets(settings), caps, settings.request_may_lack),
        Gate(signing_key(settings), SqlWrongTries(engine), _now),
        request_tracker(settings),
        _now,
        # The server stands in Belgium.
        date.today,
        settings.request_may_lack,
    )


@cache
def _from_environment() -> Services:
    settings = read_settings(os.environ)
    return services_of(settings, open_database(settings.tickets_url))


def _now() -> datetime:
    return datetime.now(timezone.utc)
