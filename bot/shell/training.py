"""Training through Rasa, without what Rasa does twice."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from rasa.shared.importers import utils


@contextmanager
def without_detours() -> Iterator[None]:
    """Read the examples once instead of twice, and pack the model lightly.

    An ordinary `rasa train` (3.6.21) works as well, it only takes longer: numbers that hardly
    shrink take 10 s to pack at the highest level, 2 s at the lowest.
    """
    read, pack = utils.training_data_from_paths, tarfile.TarFile.gzopen
    known: dict[tuple[str, ...], Any] = {}

    def read_once(paths: list[str], language: str) -> Any:
        # Whoever changes what was read copies it first (TrainingData.merge).
        if tuple(paths) not in known:
            known[tuple(paths)] = read(paths, language)
        return known[tuple(paths)]

    utils.training_data_from_paths = read_once
    tarfile.TarFile.gzopen = partial(pack, compresslevel=1)  # type: ignore[method-assign]
    try:
        yield
    finally:
        utils.training_data_from_paths = read
        tarfile.TarFile.gzopen = pack  # type: ignore[method-assign]
