"""What the actions need from outside: the ticket store and the clock."""

import os
import time
from datetime import date, datetime, timezone
from functools import lru_cache

from bot.channels.sessions import signing_key
from bot.delivery.build import request_tracker, ticket_targets
from bot.delivery.desk_status import status_of
from bot.delivery.request_tracker import RequestTracker
from bot.settings import read_settings
from bot.storage import SqlTicketStore, open_database
from bot.tickets.code import TicketCodes, WrongTries
from bot.tickets.model import Ticket, TicketStore


@lru_cache(maxsize=1)
def ticket_store() -> TicketStore:
    """Open the ticket store of this process, on first use."""
    settings = read_settings(os.environ)
    return SqlTicketStore(open_database(settings.tickets_url), ticket_targets(settings))


@lru_cache(maxsize=1)
def ticket_codes() -> TicketCodes:
    """Make the codes of this installation, signed with its key."""
    return TicketCodes(signing_key(read_settings(os.environ)))


@lru_cache(maxsize=1)
def wrong_tries() -> WrongTries:
    """Count wrong codes and addresses in this process."""
    return WrongTries(time.monotonic)


@lru_cache(maxsize=1)
def _request_tracker() -> RequestTracker | None:
    return request_tracker(read_settings(os.environ))


async def desk_status(ticket: Ticket) -> str:
    """Say how a ticket stands: as the desk's tool says, else as it is stored here."""
    return await status_of(ticket, _request_tracker())


def now() -> datetime:
    """Give the current moment, in UTC."""
    return datetime.now(timezone.utc)


def today() -> date:
    """Give the current day in Belgium, where the server stands."""
    return date.today()
