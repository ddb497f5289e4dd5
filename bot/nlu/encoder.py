"""The multilingual sentence encoder: one vector a message, and what each of its pieces is.

multilingual-e5-small, tuned on our data by `make encoder` and run by onnxruntime in int8. Its
file holds the weights, the tokenizer and the heads that read moves and details; docs/encoder.md
is its card.
"""

import base64
import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

from bot.nlu.kept_vectors import encode_new
from bot.reading.decode import Scores, decode
from bot.reading.model import Names, Reading
from bot.understanding.spelling import alike, normalise

DIMENSIONS = 384
"""Of a message's vector."""

MAX_PIECES = 256
"""What is longer is read up to here: the model was tuned on messages of at most 128 pieces."""

FILE = Path(__file__).parent / "encoder.onnx"
_BEGIN, _END = 0, 2
_NOWHERE = (0, 0)

Array = NDArray[Any]


@dataclass(frozen=True)
class Pieces:
    """A text in the encoder's pieces; ``places``: the characters that each one covers."""

    numbers: list[int]
    places: list[tuple[int, int]]


class Tokenizer:
    """Cuts a text into pieces, the question asked in front as a piece that no text can make."""

    def __init__(self, model: bytes) -> None:
        self._processor = SentencePieceProcessor(model_proto=model)

    def pieces(self, text: str, asked: str | None = None, most: int = MAX_PIECES) -> Pieces:
        """Cut ``text``; the marks of beginning and end and the question cover no characters."""
        cut = self._processor.encode(text, return_type="offset_mapping")
        before = [_BEGIN, self._processor.piece_to_id(f"<{asked}>")] if asked else [_BEGIN]
        most -= len(before) + 1
        return Pieces(
            [*before, *cut["ids"][:most], _END],
            [_NOWHERE] * len(before) + cut["offsets"][:most] + [_NOWHERE],
        )


class Encoder:
    """The model in one file; safe to use from several threads.

    A text is always encoded alone: activations are quantised a batch at a time, and a message
    must not have another vector beside others. ``digest``: names what vectors depend on.
    """

    def __init__(self, file: Path = FILE) -> None:
        options = onnxruntime.SessionOptions()
        # Two cores answer two visitors better than one twice as fast.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # An arena keeps the longest message's memory for ever.
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"]
        )
        kept = self._session.get_modelmeta().custom_metadata_map
        self.digest = kept["vectors"]
        self.pieces = Tokenizer(base64.b64decode(kept["tokenizer"])).pieces
        self.names = Names(**{name: tuple(v) for name, v in json.loads(kept["names"]).items()})

    def vector(self, text: str) -> Array:
        """Embed one text: float32, shape ``(DIMENSIONS,)``, norm 1."""
        numbers = self.pieces(text).numbers
        (vectors,) = self._session.run(["vectors"], {"tokens": np.array([numbers])})
        return _unit(vectors[0])

    def read(self, text: str, asked: str | None = None) -> tuple[Array, Reading]:
        """Embed one message, and read its moves and details after the question ``asked``.

        ``text``: as typed; places in the reading count its characters.
        """
        pieces = self.pieces(alike(text), asked if asked in self.names.asked else None)
        outputs = ["vectors", "moves", "labels", "filings", "values"]
        found = self._session.run(outputs, {"tokens": np.array([pieces.numbers])})
        vector, *scores = (rows[0] for rows in found)
        return _unit(vector), decode(text, pieces.places, Scores(*scores), self.names)


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """Load the encoder, once a process."""
    return Encoder()


def encode(texts: Iterable[str]) -> Array:
    """Embed texts as they stand: float32, shape ``(texts, DIMENSIONS)``, rows of norm 1."""
    rows = [encoder().vector(text) for text in texts]
    return np.stack(rows) if rows else np.zeros((0, DIMENSIONS), dtype=np.float32)


def encode_many(texts: list[str]) -> Array:
    """Encode a training's texts as ``encode`` does, those of the last training excepted."""
    return encode_new(texts, _version(), encode_on_every_core) if texts else encode(texts)


def encode_as_trained(texts: list[str]) -> Array:
    """Embed messages the way the classifier sees them: spelt alike, digits as one."""
    return encode(normalise(text) for text in texts)


def encode_on_every_core(texts: list[str]) -> Array:
    """Embed texts as ``encode`` does, and keep nothing for the next training."""
    # onnxruntime lets Python's other threads run while it computes.
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return np.stack(list(pool.map(encoder().vector, texts)))


@lru_cache(maxsize=1)
def _version() -> str:
    """Name what a vector depends on besides its text."""
    return f"{onnxruntime.__version__} {MAX_PIECES} {encoder().digest}"


def _unit(vector: Array) -> Array:
    unit: Array = vector / max(float(np.linalg.norm(vector)), 1e-12)
    return unit
