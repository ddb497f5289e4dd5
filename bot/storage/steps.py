"""The one place where a ticket's status changes: the step, its note and the audit log."""

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.audit import Entry
from bot.storage.audit import note as note_audit
from bot.storage.engine import to_column
from bot.storage.tables import TICKET_NOTES, TICKETS
from bot.tickets.search import Note
from bot.tickets.status import CLOSED, StatusChange, StepRefused


def take_step(connection: Connection, reference: str, change: StatusChange, entry: Entry) -> int:
    """Take a step in a transaction of the caller's; gives the number of the note that tells it.

    Raises: StepRefused, when the ticket stands elsewhere or the step is none.
    """
    locked = select(TICKETS).where(TICKETS.c.reference == reference).with_for_update()
    row = connection.execute(locked).first()
    if row is None or row.status != change.before or not change.is_possible:
        raise StepRefused(reference, row.status if row else "gone", change.after)
    closed_at = to_column(entry.at) if change.after in CLOSED else None
    connection.execute(
        update(TICKETS)
        .where(TICKETS.c.id == row.id)
        .values(status=change.after, closed_at=closed_at)
    )
    note_audit(connection, entry)
    return add_note(connection, row.id, Note(entry.at, entry.user, "status", change.to_text()))


def add_note(connection: Connection, ticket_id: int, note: Note) -> int:
    """Write a note; gives its number."""
    values = {
        "ticket_id": ticket_id,
        "at": to_column(note.at),
        "author": note.author,
        "kind": note.kind,
        "text": note.text,
    }
    made = connection.execute(insert(TICKET_NOTES).values(values))
    return int(made.inserted_primary_key[0])
