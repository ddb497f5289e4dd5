"""The tables of Cybo's own data; Rasa keeps its trackers beside them."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
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
