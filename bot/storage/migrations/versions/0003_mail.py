"""Mails, their threads, and the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "mail_threads",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(20), nullable=False, unique=True),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("ticket_reference", sa.String(20)),
        sa.Column("created_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account", sa.String(255), nullable=False),
        sa.Column("uid_validity", sa.BigInteger, nullable=False),
        sa.Column("uid", sa.BigInteger, nullable=False),
        sa.Column("received_at", sa.DateTime, nullable=False, index=True),
        sa.Column("outcome", sa.String(20), index=True),
        sa.Column("reason", sa.String(60)),
        sa.Column("category", sa.String(20)),
        sa.Column("language", sa.String(2)),
        sa.Column("topics", sa.Text),
        sa.Column("fingerprint", sa.String(64), index=True),
        sa.Column("message_id", sa.Text),
        sa.Column("sender", sa.Text, index=True),
        sa.Column("subject", sa.Text),
        sa.Column("text", sa.Text),
        sa.Column("attachments", sa.Text),
        sa.Column("thread_id", sa.Integer, sa.ForeignKey("mail_threads.id"), index=True),
        sa.Column("answer_id", sa.Text),
        sa.Column("answer_hash", sa.String(64)),
        sa.Column("bounced", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("decided_at", sa.DateTime, index=True),
        sa.Column("marked_at", sa.DateTime),
        sa.UniqueConstraint("account", "uid_validity", "uid"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("target", sa.String(30), nullable=False),
        sa.Column("key", sa.String(100), nullable=False, unique=True),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.String(20), nullable=False, index=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", sa.DateTime, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("done_at", sa.DateTime),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("outbox", "mails", "mail_threads"):
        op.drop_table(table)
