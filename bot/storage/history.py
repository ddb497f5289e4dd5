"""Noticing that a database was put back, so that nothing is given out twice then.

A backup takes back with it which ticket numbers were given out, what left and which mails
were answered. Beside the database lies a file with its generation, which grows every minute:
a database that is behind the file is an older one.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection, Engine

from bot.delivery.outbox import ONCE_ONLY, PARKED, PENDING, SENDING
from bot.storage.engine import insert_into, to_column, writing
from bot.storage.swap import write_whole
from bot.storage.tables import INSTALLATION, MAILS, OUTBOX, TICKET_NOTES, TICKET_NUMBERS
from bot.triage.records import LEFT

RESTORED = "restored"
"""Reason of a mail that people look at: it may have been answered before the restore."""

_FILE = "generation.json"
# More tickets, mails and additions than may have come since a backup that is still useful.
_JUMP = 10_000
_NUMBERED = (MAILS, OUTBOX, TICKET_NOTES)


@dataclass(frozen=True)
class Mark:
    """How far the database had come. ``numbers``: the highest ticket number of each year."""

    generation: int = 0
    numbers: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Mark":
        """Read what was noted beside the database; nothing when nothing was."""
        try:
            content = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls()
        return cls(content["generation"], {int(y): n for y, n in content["numbers"].items()})

    def write(self, folder: Path) -> None:
        """Note it beside the database."""
        content = {"generation": self.generation, "numbers": dict(self.numbers)}
        write_whole(folder / _FILE, json.dumps(content).encode())


def keep_up(engine: Engine, folder: Path, now: datetime) -> bool:
    """Note how far the database is; gives whether it was found to be an older one.

    ``folder``: where the note lies, not in the database and in no backup of it.
    """
    with writing(engine) as connection:
        row = _row(connection)
        known = Mark.read(folder)
        was_put_back = bool(row.generation < known.generation)
        if was_put_back:
            begin_again(connection, now, known)
        generation = max(row.generation, known.generation) + 1
        connection.execute(update(INSTALLATION).values(generation=generation))
        mark = Mark(generation, _numbers(connection))
    folder.mkdir(parents=True, exist_ok=True)
    mark.write(folder)
    return was_put_back


def begin_again(connection: Connection, now: datetime, known: Mark) -> None:
    """Go on after a restore without giving out what was given out before it.

    Numbers jump. What cannot be given twice and may have left since is set aside for people,
    and so are the mails that came before now. ``known``: how far the lost database had come.
    """
    connection.execute(
        update(INSTALLATION).values(
            epoch=secrets.token_hex(4),
            generation=max(_row(connection).generation, known.generation) + 1,
            restored_at=to_column(now),
            leaves_mail=True,
        )
    )
    numbers = {now.year: 0, **_numbers(connection)}
    for year in {*numbers, *known.numbers}:
        number = max(numbers.get(year, 0), known.numbers.get(year, 0)) + _JUMP
        connection.execute(
            insert_into(connection, TICKET_NUMBERS)
            .values(year=year, last_number=number)
            .on_conflict_do_update(index_elements=["year"], set_={"last_number": number})
        )
    for table in _NUMBERED:
        _jump(connection, table.name)
    undecided = update(MAILS).where(MAILS.c.outcome.is_(None))
    connection.execute(undecided.values(left_for_people(now)))
    under_way = OUTBOX.c.status.in_((PENDING, SENDING))
    free = {"lease": None, "leased_at": None}
    connection.execute(update(OUTBOX).where(under_way).values(status=PENDING, **free))
    connection.execute(
        update(OUTBOX)
        .where(under_way, OUTBOX.c.target.in_(ONCE_ONLY))
        .values(status=PARKED, error="restored: it may have left since the backup")
    )


def takes_mail(connection: Connection) -> bool:
    """Say whether mails that are new here may be handled, asked once for all that lie there.

    After a restore the first answer is no: what lies in the mailbox may have been answered
    by what the database was before.
    """
    leaves = select(INSTALLATION.c.leaves_mail).with_for_update()
    if not connection.execute(leaves).scalar():
        return True
    connection.execute(update(INSTALLATION).values(leaves_mail=False))
    return False


def left_for_people(now: datetime) -> dict[str, Any]:
    """Give what the journal says of a mail that may have been answered before a restore."""
    return {"outcome": LEFT, "reason": RESTORED, "decided_at": to_column(now)}


def _row(connection: Connection) -> Any:
    return connection.execute(select(INSTALLATION).with_for_update()).one()


def _numbers(connection: Connection) -> dict[int, int]:
    return {row.year: row.last_number for row in connection.execute(select(TICKET_NUMBERS))}


def _jump(connection: Connection, table: str) -> None:
    """Leave numbers of rows out."""
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table, "id")
        connection.execute(select(func.setval(sequence, func.nextval(sequence) + _JUMP)))
        return
    words = (_JUMP, table)
    moved = "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = ?"
    if not connection.exec_driver_sql(moved, words).rowcount:
        begun = "INSERT INTO sqlite_sequence (seq, name) VALUES (?, ?)"
        connection.exec_driver_sql(begun, words)
