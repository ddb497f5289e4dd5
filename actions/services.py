"""What the actions need from outside: the ticket store and the clock."""

import os
from datetime import date, datetime, timezone
from functools import lru_cache

from bot.settings import read_settings
from bot.storage import SqlTicketStore, open_database
from bot.tickets.model import TicketStore


@lru_cache(maxsize=1)
def ticket_store() -> TicketStore:
    """Open the ticket store of this process, on first use."""
    return SqlTicketStore(open_database(read_settings(os.environ).tickets_url))


def now() -> datetime:
    """Give the current moment, in UTC."""
    return datetime.now(timezone.utc)


def today() -> date:
    """Give the current day in Belgium, where the server stands."""
    return date.today()
