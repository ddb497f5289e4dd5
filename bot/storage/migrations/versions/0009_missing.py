"""A brand that is not listed has its name, and a detail that nobody could give is NULL."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_DETAILS: Mapping[str, Mapping[str, sa.types.TypeEngine]] = {
    "tickets": {
        "certificate_owner": sa.Text(),
        "certificate_email": sa.Text(),
        "certificate_number": sa.Text(),
        "certificate_type": sa.String(20),
    },
    "ticket_filings": {
        "enterprise_number": sa.String(10),
        "closing_date": sa.String(10),
        "filing_model": sa.String(30),
        "deposit_type": sa.String(20),
        "filing_language": sa.String(2),
    },
}


def upgrade() -> None:
    """Add the column for the brand; let every detail be NULL."""
    op.add_column("tickets", sa.Column("certificate_brand", sa.Text))
    for table, columns in _DETAILS.items():
        for name, kind in columns.items():
            _renew(table, sa.Column(name, kind))


def downgrade() -> None:
    """Write nothing where a detail is missing, and forget the brands."""
    for table, columns in _DETAILS.items():
        for name, kind in columns.items():
            _renew(table, sa.Column(name, kind, nullable=False, server_default=""))
    op.drop_column("tickets", "certificate_brand")


def _renew(table: str, column: sa.Column) -> None:
    """Put a column in the place of the one of its name, with the same values.

    In place, for SQLite changes no column: a new table would take the filings and notes with
    the old one (ON DELETE CASCADE).
    """
    name = column.name
    column.name = f"{name}_"
    op.add_column(table, column)
    known = sa.table(table, sa.column(name), sa.column(f"{name}_"))
    op.execute(
        known.update()
        .where(known.c[name].is_not(None))
        .values({known.c[f"{name}_"]: known.c[name]})
    )
    op.drop_column(table, name)
    op.alter_column(table, f"{name}_", new_column_name=name)
