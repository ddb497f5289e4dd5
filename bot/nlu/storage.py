"""Keeping arrays in Rasa's model archive, without pickle."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

_FILE = "arrays.npz"
_TEXTS = ".texts"
_END = "\0"  # No array of NumPy's can hold a text that ends in it.


def persist_arrays(
    arrays: Mapping[str, NDArray[Any]], storage: ModelStorage, resource: Resource
) -> None:
    """Write named arrays as the component's resource.

    Texts are written one after the other: NumPy gives each as much room as the longest, 59 MB
    for 26,000 examples of 30 letters.
    """
    written = {}
    for name, array in arrays.items():
        if array.dtype.kind in "UO":
            joined = "".join(f"{text}{_END}" for text in array.tolist()).encode()
            written[name + _TEXTS] = np.frombuffer(joined, dtype=np.uint8)
        else:
            written[name] = array
    with storage.write_to(resource) as folder:
        np.savez(folder / _FILE, **written)  # type: ignore[arg-type]


def load_arrays(storage: ModelStorage, resource: Resource) -> dict[str, NDArray[Any]]:
    """Read the arrays that ``persist_arrays`` wrote; those of texts hold Python's strings."""
    with storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return {
        name.removesuffix(_TEXTS): _texts(array) if name.endswith(_TEXTS) else array
        for name, array in arrays.items()
    }


def _texts(joined: NDArray[Any]) -> NDArray[Any]:
    return np.array(joined.tobytes().decode().split(_END)[:-1], dtype=object)
