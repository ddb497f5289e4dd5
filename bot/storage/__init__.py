"""The relational database: SQLite by default, PostgreSQL when told so."""

from bot.storage.engine import open_database
from bot.storage.feedback import SqlFeedbackStore
from bot.storage.mails import SqlMailStore
from bot.storage.outbox import SqlOutbox
from bot.storage.tickets import SqlTicketStore

__all__ = ["SqlFeedbackStore", "SqlMailStore", "SqlOutbox", "SqlTicketStore", "open_database"]
