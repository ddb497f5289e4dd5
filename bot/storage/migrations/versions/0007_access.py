"""Wrong tries to prove a ticket one's own, and the networks that tickets came from."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table and the column."""
    op.create_table(
        "wrong_tries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subject", sa.String(50), nullable=False),
        sa.Column("hour", sa.DateTime, nullable=False, index=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.UniqueConstraint("subject", "hour"),
    )
    # Added in place: a new table would take the filings with the old one (ON DELETE CASCADE).
    op.add_column("tickets", sa.Column("network", sa.String(32), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("tickets", "network")
    op.drop_table("wrong_tries")
