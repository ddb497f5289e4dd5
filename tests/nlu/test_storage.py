from pathlib import Path

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource

from bot.nlu.storage import load_arrays, persist_arrays

RESOURCE = Resource("component")


@pytest.mark.parametrize(
    "texts", [[], [""], ["grijs scherm", "écran gris", "two\nlines", "👍", "", "x" * 600]]
)
def test_texts_come_back_as_they_were(tmp_path: Path, texts: list[str]) -> None:
    storage = LocalModelStorage(tmp_path)

    persist_arrays({"texts": np.array(texts, dtype=str)}, storage, RESOURCE)

    assert load_arrays(storage, RESOURCE)["texts"].tolist() == texts


def test_what_was_read_can_be_written_again(tmp_path: Path) -> None:
    storage = LocalModelStorage(tmp_path)
    weights = np.arange(6, dtype=np.float32).reshape(2, 3)
    persist_arrays({"grams": np.array(["ab", "c"]), "weights": weights}, storage, RESOURCE)

    persist_arrays(load_arrays(storage, RESOURCE), storage, RESOURCE)

    found = load_arrays(storage, RESOURCE)
    assert found["grams"].tolist() == ["ab", "c"]
    np.testing.assert_array_equal(found["weights"], weights, strict=True)


def test_a_long_text_gives_the_others_no_room(tmp_path: Path) -> None:
    storage = LocalModelStorage(tmp_path)

    persist_arrays({"texts": np.array(["a" * 1000, *"b" * 1000])}, storage, RESOURCE)

    with storage.read_from(RESOURCE) as folder:
        assert sum(path.stat().st_size for path in folder.iterdir()) < 10_000
