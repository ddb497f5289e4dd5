"""Tunes the encoder on intents, moves and details together.

Details learnt after the intents spoil these; here every batch is either of intents or of moves with
their details, and both kinds come in one mixed order.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from bot.nlu.encoder import Tokenizer
from bot.reading.decode import OUTSIDE
from scripts.encoder.examples import Example
from scripts.encoder.labels import Labels
from scripts.encoder.network import Encoder, Heads

PADDING = 1
MAX_TOKENS = 128
_FIRST_PIECE = 4
_TOKENS_A_BATCH = 1024
_RATE, _HEAD_RATE = 1e-4, 2e-3
_WARM_UP = 0.06
_SMOOTHING = 0.05
_REPLACED = 0.05
_DROPOUT = 0.1
_FIRST_LOOK = 16
_EXAMINED_AT_ONCE = 64
_SEED = 1
_HAS_BFLOAT16 = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


@dataclass(frozen=True)
class Tokenised:
    """An example in the encoder's tokens; ``labels`` and ``filings`` one a token."""

    example: Example
    tokens: list[int]
    labels: list[int]
    filings: list[int]


@dataclass(frozen=True)
class Batch:
    """Examples of one kind, padded to the same length."""

    items: list[Tokenised]
    tokens: Tensor
    is_token: Tensor


def tokenise(example: Example, tokenizer: Tokenizer, labels: Labels) -> Tokenised:
    """Cut an example into pieces and label each one."""
    pieces = tokenizer.pieces(example.text, example.asked, MAX_TOKENS)
    named = [labels.at(example.spans, start, end) for start, end in pieces.places]
    return Tokenised(
        example, pieces.numbers, [label for label, _ in named], [filing for _, filing in named]
    )


def batches(items: Sequence[Tokenised], noise: random.Random) -> list[Batch]:
    """Sort by kind and length, so that little is padded, and cut into even shares."""
    order = sorted(
        items, key=lambda i: (i.example.intent is None, len(i.tokens) // 4, noise.random())
    )
    found: list[Batch] = []
    group: list[Tokenised] = []
    for item in order:
        is_other = group and (item.example.intent is None) != (group[0].example.intent is None)
        if group and (is_other or (len(group) + 1) * len(item.tokens) > _TOKENS_A_BATCH):
            found.append(make_batch(group))
            group = []
        group.append(item)
    found.append(make_batch(group))
    noise.shuffle(found)
    return found


def make_batch(items: list[Tokenised]) -> Batch:
    """Pad examples to the longest."""
    rows = _padded([item.tokens for item in items], PADDING)
    return Batch(items, rows, rows != PADDING)


def _padded(rows: list[list[int]], filler: int) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])


class Tuning:
    """The encoder and its heads on their way."""

    def __init__(self, encoder: Encoder, heads: Heads, labels: Labels, frozen: int) -> None:
        self.encoder, self.heads, self.labels = encoder, heads, labels
        for part in (encoder.positions, *encoder.norm.parameters()):
            part.requires_grad = False
        for layer in encoder.layers[:frozen]:
            layer.requires_grad_(requires_grad=False)
        moving = [p for p in encoder.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": moving, "lr": _RATE, "peak": _RATE},
                {"params": heads.parameters(), "lr": _HEAD_RATE, "peak": _HEAD_RATE},
            ],
            weight_decay=0.01,
        )
        self.noise = torch.Generator().manual_seed(_SEED)

    def run(self, items: Sequence[Tokenised], most_minutes: float) -> None:
        """Learn every item once, in one mixed order, or as many as the time allows.

        The pace falls to nothing towards the end of the items or of the time.
        """
        queue = batches(items, random.Random(_SEED))
        started = time.monotonic()
        self._standardise(queue[:_FIRST_LOOK])
        for number, batch in enumerate(queue):
            spent = (time.monotonic() - started) / 60 / most_minutes
            if spent >= 1:
                print(f"stopped after {number} of {len(queue)} batches: time is up")
                return
            loss = self._step(batch, max(number / len(queue), spent))
            if number % 20 == 0:
                minutes = (time.monotonic() - started) / 60
                kind = "moves" if batch.items[0].example.intent is None else "intents"
                print(f"{number}/{len(queue)}, {minutes:.1f} min, {kind} {loss:.3f}", flush=True)

    @torch.no_grad()
    def _standardise(self, queue: Sequence[Batch]) -> None:
        """Let the heads begin with what the published encoder gives, centred and scaled."""
        seen = [(batch, *self.encoder(batch.tokens, batch.is_token)) for batch in queue]
        vectors = torch.cat([vectors for _, _, vectors in seen])
        states = torch.cat([states[batch.is_token] for batch, states, _ in seen])
        self.heads.standardise(vectors, states)

    def _step(self, batch: Batch, done: float) -> float:
        pace = min(done / _WARM_UP, 1.0) * (1 - done)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * pace
        # Where the processor has no bfloat16, it takes seventy times as long as float32.
        with torch.autocast("cpu", torch.bfloat16, enabled=_HAS_BFLOAT16):
            states, vectors = self.encoder(self._noisy(batch), batch.is_token)
        loss = self._loss(batch, states.float(), vectors.float())
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.encoder.parameters(), 1.0)
        self.optimizer.step()
        return float(loss.detach())

    def _noisy(self, batch: Batch) -> Tensor:
        """Put random pieces in the place of some: a typing error must not decide."""
        shape, end = (
            batch.tokens.shape,
            self.encoder.words.num_embeddings - len(self.encoder.markers),
        )
        is_piece = (batch.tokens >= _FIRST_PIECE) & (batch.tokens < end)
        is_hit = is_piece & (torch.rand(shape, generator=self.noise) < _REPLACED)
        others = torch.randint(_FIRST_PIECE, end, shape, generator=self.noise)
        return torch.where(is_hit, others, batch.tokens)

    def _loss(self, batch: Batch, states: Tensor, vectors: Tensor) -> Tensor:
        vectors = functional.dropout(self.heads.of_texts(vectors), _DROPOUT)
        if batch.items[0].example.intent is not None:
            wanted = torch.tensor([self.labels.intent(item.example) for item in batch.items])
            return functional.cross_entropy(
                self.heads.intent(vectors), wanted, label_smoothing=_SMOOTHING
            )
        states = functional.dropout(self.heads.of_pieces(states), _DROPOUT)
        moves = torch.tensor([self.labels.moves(item.example) for item in batch.items])
        of_moves = functional.binary_cross_entropy_with_logits(self.heads.move(vectors), moves)
        labels = _padded([item.labels for item in batch.items], -100)
        filings = _padded([item.filings for item in batch.items], 0)
        filings = torch.where(labels > OUTSIDE, filings, -100)
        of_labels = functional.cross_entropy(self.heads.label(states).mT, labels)
        of_filings = functional.cross_entropy(
            self.heads.filing(states).mT, filings, reduction="sum"
        ) / max(1, int((filings >= 0).sum()))
        return moves.shape[1] / 2 * of_moves + of_labels + 0.5 * of_filings


@torch.no_grad()
def mean_and_spread(encoder: Encoder, items: Sequence[Tokenised]) -> tuple[Tensor, Tensor]:
    """Give mean and spread of the vectors of some examples, a number a dimension."""
    order = sorted(items, key=lambda item: len(item.tokens))
    groups = [order[n : n + _EXAMINED_AT_ONCE] for n in range(0, len(order), _EXAMINED_AT_ONCE)]
    found = [encoder(batch.tokens, batch.is_token)[1] for batch in map(make_batch, groups)]
    vectors = torch.cat(found)
    return vectors.mean(0), vectors.std(0)
