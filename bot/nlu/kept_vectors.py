"""What the encoder made of the last training's examples, kept for the next training.

One file: ``.cache/vectors.npz`` in the project's folder, 12 KB an example, written whole beside
the old one and put in its place. It holds digests of the texts, not the texts, and only those of
the last training. What another version of the encoder made is not read.
"""

import logging
import os
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LOG = logging.getLogger(__name__)
VECTORS = Path(".cache/vectors.npz")

Array = NDArray[Any]


def encode_new(
    texts: Sequence[str], version: str, encode: Callable[[list[str]], Array], file: Path = VECTORS
) -> Array:
    """Give the rows that ``encode`` gives, asking it only for texts that ``file`` does not hold.

    ``version``: names whatever the rows depend on besides the text. A file that cannot be read
    or written costs time and nothing else.
    """
    digests = [sha256(text.encode()).digest() for text in texts]
    rows = _read(file, version)
    new = dict(zip(digests, texts, strict=True))
    for digest in rows.keys() & new.keys():
        del new[digest]
    if new:
        rows.update(zip(new, encode(list(new.values())), strict=True))
    columns = np.stack([rows[digest] for digest in digests])
    if new:
        _write(file, version, digests, columns)
    return columns


def _read(file: Path, version: str) -> dict[bytes, Array]:
    try:
        with np.load(file, allow_pickle=False) as kept:
            if str(kept["version"]) != version:
                return {}
            return dict(zip(map(bytes, kept["digests"]), kept["columns"], strict=True))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        _LOG.warning("vectors.unreadable file=%s error=%s", file, type(error).__name__)
        return {}


def _write(file: Path, version: str, digests: Sequence[bytes], columns: Array) -> None:
    as_bytes = np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(len(digests), -1)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".npz", delete=False) as written:
            np.savez(written, version=version, digests=as_bytes, columns=columns)
        os.replace(written.name, file)
    except OSError as error:
        _LOG.warning("vectors.not_kept file=%s error=%s", file, type(error).__name__)
