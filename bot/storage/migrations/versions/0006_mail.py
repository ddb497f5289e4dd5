"""Mails: tries, whom an answer went to, how much is kept; numbers are never given again."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns; an old answer counts as sent to its sender."""
    # Rows are numbered anew where the newest was purged, unless SQLite is told not to: the
    # deliveries of an answer are named by its mail's number.
    options = {"sqlite_autoincrement": True}
    with op.batch_alter_table("mails", recreate="auto", table_kwargs=options) as mails:
        mails.add_column(sa.Column("tries", sa.Integer, nullable=False, server_default="0"))
        mails.add_column(sa.Column("kept_bytes", sa.Integer))
        mails.add_column(sa.Column("answer_to", sa.Text))
        mails.add_column(sa.Column("answer_domain", sa.String(255)))
        # Changes nothing, but makes SQLite build the table anew, with the option.
        mails.alter_column("bounced", existing_type=sa.Boolean, nullable=False)
    op.execute("UPDATE mails SET answer_to = sender WHERE answer_id IS NOT NULL")
    op.create_index("ix_mails_answer_to", "mails", ["answer_to"])
    op.create_index("ix_mails_kept", "mails", ["sender", "decided_at", "kept_bytes"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_mails_kept", "mails")
    op.drop_index("ix_mails_answer_to", "mails")
    with op.batch_alter_table("mails") as mails:
        for column in ("answer_domain", "answer_to", "kept_bytes", "tries"):
            mails.drop_column(column)
