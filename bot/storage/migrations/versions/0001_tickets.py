"""Tickets, their filings and the counter of references."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "ticket_numbers",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last_number", sa.Integer, nullable=False),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("reference", sa.String(20), nullable=False, unique=True),
        sa.Column("fingerprint", sa.String(64), nullable=False, unique=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False, index=True),
        sa.Column("conversation", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("certificate_owner", sa.Text, nullable=False),
        sa.Column("certificate_email", sa.Text, nullable=False),
        sa.Column("certificate_number", sa.Text, nullable=False),
        sa.Column("certificate_type", sa.String(20), nullable=False),
    )
    op.create_table(
        "ticket_filings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "ticket_id", sa.Integer, sa.ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("enterprise_number", sa.String(10), nullable=False),
        sa.Column("closing_date", sa.String(10), nullable=False),
        sa.Column("filing_model", sa.String(30), nullable=False),
        sa.Column("filing_model_code", sa.String(10)),
        sa.Column("deposit_type", sa.String(20), nullable=False),
        sa.Column("filing_language", sa.String(2), nullable=False),
        sa.UniqueConstraint("ticket_id", "position"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("ticket_filings", "tickets", "ticket_numbers"):
        op.drop_table(table)
