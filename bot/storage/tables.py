"""The tables of Cybo's own data; Rasa keeps its trackers beside them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

TICKET_NUMBERS = Table(
    "ticket_numbers",
    METADATA,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last_number", Integer, nullable=False),
)

TICKETS = Table(
    "tickets",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("reference", String(20), nullable=False, unique=True),
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("status", String(20), nullable=False),
    Column("created_at", DateTime, nullable=False, index=True),
    Column("conversation", String(255), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("language", String(2), nullable=False),
    Column("certificate_owner", Text, nullable=False),
    Column("certificate_email", Text, nullable=False),
    Column("certificate_number", Text, nullable=False),
    Column("certificate_type", String(20), nullable=False),
)

FILINGS = Table(
    "ticket_filings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("enterprise_number", String(10), nullable=False),
    Column("closing_date", String(10), nullable=False),
    Column("filing_model", String(30), nullable=False),
    Column("filing_model_code", String(10)),
    Column("deposit_type", String(20), nullable=False),
    Column("filing_language", String(2), nullable=False),
    UniqueConstraint("ticket_id", "position"),
)

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("conversation", String(255), nullable=False),
    Column("reply", String(100), nullable=False),
    Column("thumb", String(4), nullable=False),
    Column("topics", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", DateTime, nullable=False, index=True),
    UniqueConstraint("conversation", "reply"),
)

MAIL_THREADS = Table(
    "mail_threads",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(20), nullable=False, unique=True),
    Column("sender", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("request", Text, nullable=False),
    Column("ticket_reference", String(20)),
    Column("created_at", DateTime, nullable=False),
)

MAILS = Table(
    "mails",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account", String(255), nullable=False),
    Column("uid_validity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("received_at", DateTime, nullable=False, index=True),
    Column("outcome", String(20), index=True),
    Column("reason", String(60)),
    Column("category", String(20)),
    Column("language", String(2)),
    Column("topics", Text),
    Column("fingerprint", String(64), index=True),
    Column("message_id", Text),
    Column("sender", Text, index=True),
    Column("subject", Text),
    Column("text", Text),
    Column("attachments", Text),
    Column("thread_id", Integer, ForeignKey("mail_threads.id"), index=True),
    Column("answer_id", Text),
    Column("answer_hash", String(64)),
    Column("bounced", Boolean, nullable=False, default=False),
    Column("decided_at", DateTime, index=True),
    Column("marked_at", DateTime),
    UniqueConstraint("account", "uid_validity", "uid"),
)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("target", String(30), nullable=False),
    Column("key", String(100), nullable=False, unique=True),
    Column("recipient", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("status", String(20), nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", DateTime, nullable=False),
    Column("error", Text, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("done_at", DateTime),
)
