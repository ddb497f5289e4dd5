"""The relational database: SQLite by default, PostgreSQL when told so."""

from bot.storage.engine import open_database
from bot.storage.tickets import SqlTicketStore

__all__ = ["SqlTicketStore", "open_database"]
