"""Keeping arrays in Rasa's model archive, without pickle."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

_FILE = "arrays.npz"


def persist_arrays(
    arrays: Mapping[str, NDArray[Any]], storage: ModelStorage, resource: Resource
) -> None:
    """Write named arrays as the component's resource."""
    with storage.write_to(resource) as folder:
        np.savez(folder / _FILE, **arrays)  # type: ignore[arg-type]


def load_arrays(storage: ModelStorage, resource: Resource) -> dict[str, NDArray[Any]]:
    """Read the arrays that ``persist_arrays`` wrote."""
    with storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
