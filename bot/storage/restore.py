"""Putting an archive of `cybo backup` back."""

import json
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.errors import HelpdeskError
from bot.storage import swap
from bot.storage.backup import (
    CYBO_DB,
    DATABASES,
    FORMAT,
    MANIFEST,
    RECEIPTS,
    RETENTION,
    SESSION_KEY,
    Installation,
    count_rows,
    fingerprint,
    opened,
)
from bot.storage.engine import knows_schema, open_database, writing
from bot.storage.history import Mark, begin_again

_FILES = (*DATABASES, SESSION_KEY)


class RestoreFailed(HelpdeskError):
    """Nothing was changed."""


def restore(
    installation: Installation, archive: Path, now: datetime, *, force: bool
) -> dict[str, Any]:
    """Check the archive, migrate what is in it, then put it in place; gives its manifest.

    What it holds goes on as ``begin_again`` says: nothing is given out a second time.

    Raises: RestoreFailed, before anything was touched: files are in the way and ``force``
    is not given, Cybo is running, or the archive is damaged or of a newer version.
    """
    data_dir = installation.data_dir
    in_the_way = [name for name in _FILES if (data_dir / name).exists()]
    if in_the_way and not force:
        raise RestoreFailed(
            f"{data_dir}: {', '.join(in_the_way)} would be overwritten; give --force to do so"
        )
    data_dir.mkdir(parents=True, exist_ok=True)
    swap.finish(data_dir)
    stage = swap.new_stage(data_dir)
    try:
        manifest = _unpack(archive, stage)
        _check_databases(archive, manifest, stage)
        _migrate(stage / CYBO_DB, _how_far(data_dir), now)
        for name in DATABASES:
            if (data_dir / name).exists():
                _close(data_dir / name)
        _keep_retention(stage / RETENTION, installation.retention)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    swap.put_in_place(stage, data_dir, [name for name in _FILES if not (stage / name).exists()])
    return manifest


def _keep_retention(restored: Path, place: Path) -> None:
    """Put the file that says how long what is kept where none is."""
    if not restored.exists():
        return
    if not place.exists():
        shutil.copyfile(restored, place)
    restored.unlink()


def _how_far(data_dir: Path) -> Mark:
    """Say how far the database had come that is replaced, as far as anybody can tell."""
    known = Mark.read(data_dir)
    if not (data_dir / CYBO_DB).exists():
        return known
    try:
        with opened(data_dir / CYBO_DB) as connection:
            rows = connection.execute("SELECT year, last_number FROM ticket_numbers").fetchall()
    except sqlite3.DatabaseError:
        return known
    numbers = {year: max(number, known.numbers.get(year, 0)) for year, number in rows}
    return Mark(known.generation, {**known.numbers, **numbers})


def _unpack(archive: Path, stage: Path) -> dict[str, Any]:
    """Unpack the files that the manifest names; each has to be as it says."""
    with _reading(archive), tarfile.open(archive) as tar:
        members = {member.name: member for member in tar.getmembers()}
        manifest: dict[str, Any] = json.loads(_content(tar, members[MANIFEST]))
        if manifest["format"] != FORMAT:
            raise RestoreFailed(
                f"{archive}: format {manifest['format']} is not {FORMAT}; restore it with the "
                f"version of Cybo that made it, {manifest['cybo']}"
            )
        (stage / RECEIPTS).mkdir()
        for name, expected in manifest["files"].items():
            if not _is_ours(name):
                raise RestoreFailed(f"{archive}: {name!r} has no place in a backup")
            path = stage / name
            path.touch(mode=0o600)
            path.write_bytes(_content(tar, members[name]))
            if fingerprint(path) != expected:
                raise RestoreFailed(f"{archive}: {name} is damaged; use another backup")
    return manifest


@contextmanager
def _reading(archive: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise RestoreFailed(f"{archive}: not found") from error
    # Whatever a truncated or foreign file makes of gzip, tar and JSON.
    except (tarfile.TarError, OSError, EOFError, ValueError, LookupError, TypeError) as error:
        raise RestoreFailed(f"{archive}: is damaged or no backup of Cybo") from error


def _is_ours(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    is_receipt = folder == RECEIPTS and file.endswith(".json") and not file.startswith(".")
    return name in (*_FILES, RETENTION) or is_receipt


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    if file is None:
        raise ValueError(member.name)
    return file.read()


def _check_databases(archive: Path, manifest: dict[str, Any], stage: Path) -> None:
    if not (stage / CYBO_DB).exists():
        raise RestoreFailed(f"{archive}: holds no {CYBO_DB}")
    if not knows_schema(manifest["schema"]):
        raise RestoreFailed(
            f"{archive}: its tables are of schema {manifest['schema']}, which this version of "
            f"Cybo does not know; install version {manifest['cybo']} or newer"
        )
    for name, rows in manifest["rows"].items():
        with opened(stage / name) as connection:
            is_sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        if not is_sound or count_rows(stage / name) != rows:
            raise RestoreFailed(f"{archive}: {name} is damaged; use another backup")


def _migrate(database: Path, known: Mark, now: datetime) -> None:
    engine = open_database(f"sqlite:///{database.absolute()}")
    with writing(engine) as connection:
        begin_again(connection, now, known)
    engine.dispose()
    _close(database)


def _close(database: Path) -> None:
    """Write the journal into the database: one file can be renamed, three cannot.

    It succeeds only when nobody else has the database open.
    """
    try:
        with opened(database) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise RestoreFailed(f"{database}: is in use; stop Cybo first") from error
    except sqlite3.DatabaseError:
        # Damaged: a good reason to restore another one in its place.
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)


def erased_since(manifest: dict[str, Any], data_dir: Path) -> list[str]:
    """List the receipts of people who were erased after the backup, and are back now."""
    receipts = [json.loads(path.read_text()) for path in (data_dir / RECEIPTS).glob("*.json")]
    return sorted(r["receipt"] for r in receipts if r["erased_at"] > manifest["made_at"])
