"""Wrong passwords are counted by name and place, no longer by name alone."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table and drop what it replaces; locks that run are lifted."""
    op.create_table(
        "desk_attempts",
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("place", sa.String(80), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", sa.DateTime, nullable=False, index=True),
        sa.Column("locked_until", sa.DateTime),
    )
    # In place: a copy of the table would take its sessions with it.
    op.drop_column("desk_users", "failures")
    op.drop_column("desk_users", "locked_until")


def downgrade() -> None:
    """Go back to counting by name."""
    op.add_column(
        "desk_users", sa.Column("failures", sa.Integer, nullable=False, server_default="0")
    )
    op.add_column("desk_users", sa.Column("locked_until", sa.DateTime))
    op.drop_table("desk_attempts")
