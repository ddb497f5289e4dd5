"""One archive of everything that this installation keeps, made while it serves."""

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.errors import HelpdeskError

FORMAT = 1
"""Of the archive; raised when a reader has to know."""
MANIFEST = "manifest.json"
RETENTION = "retention.yml"
RECEIPTS = "receipts"
CYBO_DB, TRACKERS_DB, SESSION_KEY = "cybo.db", "trackers.db", "session.key"
# A ticket points to its conversation, not the other way round: the younger copy is the tickets'.
DATABASES = (TRACKERS_DB, CYBO_DB)


class BackupFailed(HelpdeskError):
    """No archive was made."""


@dataclass(frozen=True)
class Installation:
    """Where this installation keeps what it has to lose."""

    data_dir: Path
    retention: Path


def back_up(
    installation: Installation, archive: Path, now: datetime, version: str
) -> dict[str, Any]:
    """Write the archive; gives its manifest. Whoever writes meanwhile does not wait.

    Raises: BackupFailed, when the file exists or there is nothing to back up.
    """
    if archive.exists():
        raise BackupFailed(f"{archive}: exists already; name a new file")
    if not (installation.data_dir / CYBO_DB).exists():
        raise BackupFailed(
            f"{installation.data_dir / CYBO_DB}: not found; nothing was kept there yet, or "
            "CYBO_DATA_DIR names another folder"
        )
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".backup-") as folder:
        files = dict(_gather(installation, Path(folder)))
        manifest = {
            "format": FORMAT,
            "cybo": version,
            "made_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "schema": schema_of(files[CYBO_DB]),
            "rows": {name: count_rows(files[name]) for name in DATABASES if name in files},
            "files": {name: fingerprint(path) for name, path in sorted(files.items())},
        }
        unfinished = Path(folder) / "archive"
        _write(unfinished, manifest, files)
        os.replace(unfinished, archive)
    return manifest


def _gather(installation: Installation, folder: Path) -> Iterator[tuple[str, Path]]:
    """Give what goes into the archive: copies of the databases, the other files themselves."""
    for name in DATABASES:
        if (installation.data_dir / name).exists():
            _copy_database(installation.data_dir / name, folder / name)
            yield name, folder / name
    if (installation.data_dir / SESSION_KEY).exists():
        yield SESSION_KEY, installation.data_dir / SESSION_KEY
    if installation.retention.exists():
        yield RETENTION, installation.retention
    for receipt in sorted((installation.data_dir / RECEIPTS).glob("*.json")):
        yield f"{RECEIPTS}/{receipt.name}", receipt


def _copy_database(source: Path, copy: Path) -> None:
    with opened(source) as old, opened(copy) as new:
        # In one step: a copy of one moment, and in WAL mode no writer waits for it.
        old.backup(new)
        # The copy is one file, without a journal beside it.
        new.execute("PRAGMA journal_mode=DELETE")


def _write(archive: Path, manifest: dict[str, Any], files: dict[str, Path]) -> None:
    # It holds personal data and the signing key: for its owner's eyes.
    descriptor = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as tar:
        content = json.dumps(manifest, indent=2).encode()
        header = tarfile.TarInfo(MANIFEST)
        header.size = len(content)
        tar.addfile(header, io.BytesIO(content))
        for name, path in files.items():
            tar.add(path, arcname=name, recursive=False)
        tar.close()
        file.flush()
        os.fsync(file.fileno())


def fingerprint(path: Path) -> dict[str, Any]:
    """Give size and SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return {"bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def schema_of(database: Path) -> str:
    """Name the newest migration of a database of Cybo's."""
    with opened(database) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def count_rows(database: Path) -> dict[str, int]:
    """Count the rows of every table."""
    with opened(database) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' "
                "AND name NOT LIKE 'sqlite_%' ORDER BY name"
            )
        ]
        return {
            # The names come from the database itself.
            name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608
            for name in names
        }


@contextmanager
def opened(database: Path) -> Iterator[sqlite3.Connection]:
    """Open an SQLite file and close it again."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        yield connection
