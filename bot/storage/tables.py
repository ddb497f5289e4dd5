"""The tables of Cybo's own data; Rasa keeps its trackers beside them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
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
    # NULL: the requester could not give it.
    Column("certificate_owner", Text),
    Column("certificate_email", Text),
    Column("certificate_number", Text),
    Column("certificate_type", String(20)),
    Column("certificate_brand", Text),
    Column("closed_at", DateTime, index=True),
    # Pseudonym of where it came from; emptied after a day.
    Column("network", String(32), nullable=False, server_default=""),
)

FILINGS = Table(
    "ticket_filings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    # NULL: the requester could not give it.
    Column("enterprise_number", String(10)),
    Column("closing_date", String(10)),
    Column("filing_model", String(30)),
    Column("filing_model_code", String(10)),
    Column("deposit_type", String(20)),
    Column("filing_language", String(2)),
    UniqueConstraint("ticket_id", "position"),
)

TICKET_NOTES = Table(
    "ticket_notes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("author", String(60), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    # Where an addition came from: its sender need not be who opened the ticket.
    Column("mail_id", Integer, index=True),
    Column("conversation", String(255), index=True),
    sqlite_autoincrement=True,
)

WRONG_TRIES = Table(
    "wrong_tries",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("subject", String(50), nullable=False),
    Column("hour", DateTime, nullable=False, index=True),
    Column("number", Integer, nullable=False),
    UniqueConstraint("subject", "hour"),
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
    Column("tries", Integer, nullable=False, server_default="0"),
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
    Column("raw", LargeBinary),
    Column("kept_bytes", Integer),
    Column("thread_id", Integer, ForeignKey("mail_threads.id"), index=True),
    Column("answer_id", Text),
    Column("answer_to", Text, index=True),
    Column("answer_domain", String(255)),
    Column("answer_hash", String(64)),
    Column("answer_text", Text),
    Column("bounced", Boolean, nullable=False, default=False),
    Column("sent_at", DateTime),
    Column("decided_at", DateTime, index=True),
    Column("marked_at", DateTime),
    UniqueConstraint("account", "uid_validity", "uid"),
    # Says how much is kept of a sender's mails without reading them.
    Index("ix_mails_kept", "sender", "decided_at", "kept_bytes"),
    # SQLite would give the number of a mail that was purged to the next one.
    sqlite_autoincrement=True,
)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("target", String(30), nullable=False),
    Column("key", String(100), nullable=False, unique=True),
    Column("after", String(100)),
    Column("recipient", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("status", String(20), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", DateTime, nullable=False),
    Column("error", Text, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("done_at", DateTime),
    # What it belongs to; plain values, for it may outlive that.
    Column("reference", String(20), index=True),
    Column("mail_id", Integer, index=True),
    Column("note_id", Integer, index=True),
    # Of the installation when it was queued: see INSTALLATION.
    Column("epoch", String(16), nullable=False, server_default=""),
    # Whose it is while it is being sent, and since when by the clock of the database.
    Column("lease", String(32)),
    Column("leased_at", DateTime),
    # In the order in which the worker takes them: with ten thousand waiting it must not sort.
    Index("ix_outbox_due", "status", "next_try_at", "id"),
    sqlite_autoincrement=True,
)

INSTALLATION = Table(
    "installation",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    # Another one after every restore, empty before the first.
    Column("epoch", String(16), nullable=False),
    # Grows for ever; smaller than what is noted beside the database, it was put back.
    Column("generation", BigInteger, nullable=False),
    Column("restored_at", DateTime),
    # Whether what lies in the mailbox is for people: it may have been answered before.
    Column("leaves_mail", Boolean, nullable=False),
)

TURNS = Table(
    "turns",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("conversation", String(255), nullable=False, index=True),
    Column("channel", String(20), nullable=False),
    Column("at", DateTime, nullable=False, index=True),
    Column("language", String(2), nullable=False),
    Column("text", Text, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("intent", String(60), nullable=False),
    Column("topics", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("ms", Float, nullable=False),
    Column("introduces", Boolean, nullable=False, server_default=false()),
)

COUNTERS = Table(
    "counters",
    METADATA,
    Column("day", String(10), primary_key=True),
    Column("language", String(2), primary_key=True),
    Column("name", String(30), primary_key=True),
    Column("key", String(60), primary_key=True),
    Column("number", BigInteger, nullable=False),
)

REVIEWS = Table(
    "reviews",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("source", String(20), nullable=False),
    Column("conversation", String(255), nullable=False, index=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("language", String(2), nullable=False),
    Column("text", Text, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("topics", Text, nullable=False),
    Column("remark", Text, nullable=False),
    Column("origin", String(400), unique=True),
    Column("vector", LargeBinary),
    Column("verdict", String(60), index=True),
    Column("decided_by", String(60)),
    Column("decided_at", DateTime),
    Column("exported_at", DateTime),
)

DESK_USERS = Table(
    "desk_users",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("role", String(10), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("disabled_at", DateTime),
)

DESK_ATTEMPTS = Table(
    "desk_attempts",
    METADATA,
    Column("name", String(60), primary_key=True),
    Column("place", String(80), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", DateTime, nullable=False, index=True),
    Column("locked_until", DateTime),
)

DESK_SESSIONS = Table(
    "desk_sessions",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", Integer, ForeignKey("desk_users.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("user", String(60), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("detail", Text, nullable=False),
)
