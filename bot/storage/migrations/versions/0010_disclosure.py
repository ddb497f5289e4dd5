"""Which turns told that an automated assistant answers: proof for article 50 of the AI Act."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column; of earlier turns nothing is claimed."""
    told = sa.Column("introduces", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("turns", told)


def downgrade() -> None:
    """Drop it."""
    op.drop_column("turns", "introduces")
