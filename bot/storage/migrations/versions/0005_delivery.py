"""What a delivery belongs to and who holds it; the installation's epoch; numbers used once."""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_REFERENCE = "CYB-"
_ONCE = {"sqlite_autoincrement": True}
_OUTBOX = (
    sa.Column("reference", sa.String(20)),
    sa.Column("mail_id", sa.Integer),
    sa.Column("note_id", sa.Integer),
    sa.Column("epoch", sa.String(16), nullable=False, server_default=""),
    sa.Column("lease", sa.String(32)),
    sa.Column("leased_at", sa.DateTime),
)
_NOTES = (sa.Column("mail_id", sa.Integer), sa.Column("conversation", sa.String(255)))


def upgrade() -> None:
    """Add the columns, fill them, and let SQLite use no number twice."""
    installation = op.create_table(
        "installation",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.String(16), nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("restored_at", sa.DateTime),
        sa.Column("leaves_mail", sa.Boolean, nullable=False),
    )
    op.bulk_insert(installation, [{"id": 1, "epoch": "", "generation": 0, "leaves_mail": False}])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    # None of these three is pointed to by another table, so that making them anew is safe.
    for name, columns in (("outbox", _OUTBOX), ("ticket_notes", _NOTES), ("mails", ())):
        with op.batch_alter_table(
            name, recreate="always" if is_sqlite else "never", table_kwargs=_ONCE
        ) as changed:
            for column in columns:
                changed.add_column(column.copy())
    for table, column in (
        ("outbox", "reference"),
        ("outbox", "mail_id"),
        ("outbox", "note_id"),
        ("ticket_notes", "mail_id"),
        ("ticket_notes", "conversation"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])
    _fill(op.get_bind())


def _fill(bind: Any) -> None:
    outbox = sa.table(
        "outbox",
        *map(sa.column, ("id", "key", "payload", "reference", "mail_id", "note_id")),
    )
    notes = sa.table("ticket_notes", *map(sa.column, ("id", "mail_id", "conversation")))
    keys = bind.execute(sa.select(outbox.c.id, outbox.c.key)).all()
    for number, key in keys:
        values = dict(_belonging(key))
        if "note_id" in values:
            found = sa.select(outbox.c.payload).where(outbox.c.id == number)
            if payload := bytes(bind.execute(found).scalar() or b""):
                content = json.loads(payload)
                values["mail_id"] = content.get("mail_id")
                origin = {name: content.get(name) for name in ("mail_id", "conversation")}
                bind.execute(
                    sa.update(notes).where(notes.c.id == values["note_id"]).values(**origin)
                )
        if values:
            bind.execute(sa.update(outbox).where(outbox.c.id == number).values(**values))


def _belonging(key: str) -> Iterator[tuple[str, Any]]:
    """Read from a key what a delivery belongs to, as keys were written until now."""
    kind, _, name = key.rpartition(":")
    if name.startswith(_REFERENCE):
        reference, _, note = name.partition("/")
        yield "reference", reference
        if note.isdecimal():
            yield "note_id", int(note)
    elif kind.rpartition(":")[2] == "mail" and name.isdecimal():
        yield "mail_id", int(name)


def downgrade() -> None:
    """Drop them; numbers stay used once."""
    for table, columns in (("outbox", _OUTBOX), ("ticket_notes", _NOTES)):
        indexed = [c.name for c in columns if c.name not in ("epoch", "lease", "leased_at")]
        for name in indexed:
            op.drop_index(f"ix_{table}_{name}", table)
        with op.batch_alter_table(table) as changed:
            for column in columns:
                changed.drop_column(column.name)
    op.drop_table("installation")
