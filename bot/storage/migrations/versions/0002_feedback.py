"""What visitors say of an answer."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.String(255), nullable=False),
        sa.Column("reply", sa.String(100), nullable=False),
        sa.Column("thumb", sa.String(4), nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False, index=True),
        sa.UniqueConstraint("conversation", "reply"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("feedback")
