"""Asking the desk's tool how a ticket stands while somebody waits for the answer."""

import asyncio
import logging
from typing import Protocol

from bot.errors import HelpdeskError
from bot.tickets.model import Ticket

_LOG = logging.getLogger(__name__)
_PATIENCE_S = 4
UNKNOWN_STATUS = "unknown"
"""The desk's tool does not answer now; nothing is invented in its place."""


class DeskTool(Protocol):
    """The desk's tool; see ``RequestTracker``."""

    async def status(self, reference: str) -> str | None:
        """Say how a ticket stands there; None when it is not known there."""


async def status_of(ticket: Ticket, tool: DeskTool | None) -> str:
    """Say how a ticket stands: as the desk's tool says, else as it is stored here."""
    if tool is None:
        return ticket.status
    try:
        status = await asyncio.wait_for(tool.status(ticket.reference), _PATIENCE_S)
    except (HelpdeskError, asyncio.TimeoutError) as error:
        _LOG.warning("desk.status_unknown error=%s", type(error).__name__)
        return UNKNOWN_STATUS
    return status or ticket.status
