"""What the desk's pages need: turns, counters, reviews, notes, accounts, audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_FORBIDDEN = ("UPDATE", "DELETE")


def upgrade() -> None:
    """Create the tables and let nobody change the audit log."""
    with op.batch_alter_table("tickets") as tickets:
        tickets.add_column(sa.Column("closed_at", sa.DateTime))
        tickets.create_index("ix_tickets_closed_at", ["closed_at"])
    with op.batch_alter_table("mails") as mails:
        mails.add_column(sa.Column("raw", sa.LargeBinary))
        mails.add_column(sa.Column("answer_text", sa.Text))
        mails.add_column(sa.Column("sent_at", sa.DateTime))
    op.add_column("outbox", sa.Column("after", sa.String(100)))
    op.drop_index("ix_outbox_status", "outbox")
    op.create_index("ix_outbox_due", "outbox", ["status", "next_try_at", "id"])
    _create_notes()
    _create_turns()
    _create_reviews()
    _create_accounts()
    _create_audit()


def _create_notes() -> None:
    op.create_table(
        "ticket_notes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "ticket_id",
            sa.Integer,
            sa.ForeignKey("tickets.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("author", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )


def _create_turns() -> None:
    op.create_table(
        "turns",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.String(255), nullable=False, index=True),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False, index=True),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("intent", sa.String(60), nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("ms", sa.Float, nullable=False),
    )
    op.create_table(
        "counters",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("language", sa.String(2), primary_key=True),
        sa.Column("name", sa.String(30), primary_key=True),
        sa.Column("key", sa.String(60), primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
    )


def _create_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("conversation", sa.String(255), nullable=False, index=True),
        sa.Column("at", sa.DateTime, nullable=False, index=True),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("origin", sa.String(400), unique=True),
        sa.Column("vector", sa.LargeBinary),
        sa.Column("verdict", sa.String(60), index=True),
        sa.Column("decided_by", sa.String(60)),
        sa.Column("decided_at", sa.DateTime),
        sa.Column("exported_at", sa.DateTime),
    )


def _create_accounts() -> None:
    op.create_table(
        "desk_users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(60), nullable=False, unique=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.DateTime),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("disabled_at", sa.DateTime),
    )
    op.create_table(
        "desk_sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column(
            "user_id",
            sa.Integer,
            sa.ForeignKey("desk_users.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False, index=True),
        sa.Column("user", sa.String(60), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        for what in _FORBIDDEN:
            op.execute(
                f"CREATE TRIGGER audit_no_{what.lower()} BEFORE {what} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION audit_is_append_only() RETURNS trigger AS $$ "
            "BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit "
            "FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()"
        )
        op.execute(
            "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
        )


def downgrade() -> None:
    """Drop them."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP TRIGGER audit_append_only ON audit")
        op.execute("DROP TRIGGER audit_no_truncate ON audit")
        op.execute("DROP FUNCTION audit_is_append_only()")
    for table in (
        "audit",
        "desk_sessions",
        "desk_users",
        "reviews",
        "counters",
        "turns",
        "ticket_notes",
    ):
        op.drop_table(table)
    op.drop_index("ix_outbox_due", "outbox")
    op.create_index("ix_outbox_status", "outbox", ["status"])
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("after")
    with op.batch_alter_table("mails") as mails:
        mails.drop_column("sent_at")
        mails.drop_column("answer_text")
        mails.drop_column("raw")
    with op.batch_alter_table("tickets") as tickets:
        tickets.drop_index("ix_tickets_closed_at")
        tickets.drop_column("closed_at")
