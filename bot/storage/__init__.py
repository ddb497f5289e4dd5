"""The relational database: SQLite by default, PostgreSQL when told so."""

from bot.storage.accounts import SqlAccountStore
from bot.storage.audit import SqlAudit
from bot.storage.counters import SqlCounters
from bot.storage.drafts import SqlDrafts
from bot.storage.engine import open_database
from bot.storage.feedback import SqlFeedbackStore
from bot.storage.kept_mails import SqlKeptMails
from bot.storage.mails import SqlMailStore
from bot.storage.outbox import SqlOutbox
from bot.storage.requesters import SqlRequesters
from bot.storage.reviews import SqlReviews
from bot.storage.tickets import SqlTicketStore
from bot.storage.turns import SqlTurnStore
from bot.storage.wrong_tries import SqlWrongTries

__all__ = [
    "SqlAccountStore",
    "SqlAudit",
    "SqlCounters",
    "SqlDrafts",
    "SqlFeedbackStore",
    "SqlKeptMails",
    "SqlMailStore",
    "SqlOutbox",
    "SqlRequesters",
    "SqlReviews",
    "SqlTicketStore",
    "SqlTurnStore",
    "SqlWrongTries",
    "open_database",
]
