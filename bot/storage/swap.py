"""Putting several files in place together, whenever the process dies."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_JOURNAL = "restore.json"
_STAGE = ".restore-"


def new_stage(folder: Path) -> Path:
    """Make a folder beside the files, from which putting them in place is a rename.

    What an earlier process left there and never began to put in place goes.
    """
    for left in folder.glob(f"{_STAGE}*"):
        shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=folder, prefix=_STAGE))


def put_in_place(stage: Path, folder: Path, gone: Iterable[str]) -> None:
    """Put every file of ``stage`` in place, and take away ``gone``.

    From when the journal is written all of it will happen: now, or at the next start.
    """
    files = [path for path in sorted(stage.rglob("*")) if path.is_file()]
    for path in files:
        _sync(path)
    content = {
        "stage": stage.name,
        "files": [str(path.relative_to(stage)) for path in files],
        "gone": list(gone),
    }
    write_whole(folder / _JOURNAL, json.dumps(content).encode())
    finish(folder)


def finish(folder: Path) -> bool:
    """Complete what an earlier process began; gives whether there was anything."""
    try:
        content = json.loads((folder / _JOURNAL).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    stage = folder / content["stage"]
    for name in content["files"]:
        (folder / name).parent.mkdir(exist_ok=True)
        # Renamed before the process died, or by another one that starts now.
        with suppress(FileNotFoundError):
            os.replace(stage / name, folder / name)
    for name in content["gone"]:
        (folder / name).unlink(missing_ok=True)
    _sync(folder)
    (folder / _JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(stage, ignore_errors=True)
    return True


def write_whole(path: Path, content: bytes) -> None:
    """Write a file for its owner's eyes: there is the old content or the new, never a part."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
