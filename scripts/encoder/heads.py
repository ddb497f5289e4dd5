"""A head: what a message or a piece of it is, from what the finished encoder gives.

One layer stands between. The linear heads that are tuned together with the encoder, in floats, got
2 % fewer messages right in all their moves, and 1 % fewer in every detail (docs/encoder.md).
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

Dense = tuple[NDArray[np.float32], NDArray[np.float32]]
"""The weights, shape ``(inputs, outputs)``, and the bias of a linear layer."""

_INNER = 256
_DROPOUT = 0.1
_SEEN_DROPOUT = 0.05
_RATE, _DECAY = 3e-3, 0.05
_AT_ONCE = 65536
_LOOK = 200_000


class Head(nn.Module):
    """Two layers on states of the encoder, centred and scaled by what it saw first."""

    def __init__(self, seen: NDArray[np.floating], outputs: int) -> None:
        super().__init__()
        first = seen[:_LOOK].astype(np.float32)
        self.mean = torch.from_numpy(first.mean(axis=0))
        self.spread = torch.from_numpy(first.std(axis=0)).clamp(min=1e-4)
        self.inner = nn.Linear(seen.shape[1], _INNER)
        self.outer = nn.Linear(_INNER, outputs)

    def forward(self, states: Tensor) -> Tensor:
        """Give scores, a row a state."""
        inner = functional.relu(self.inner((states - self.mean) / self.spread))
        return self.outer(functional.dropout(inner, _DROPOUT, self.training))

    @torch.no_grad()
    def scores(self, states: NDArray[np.floating]) -> NDArray[np.float32]:
        """Give scores as an array."""
        shares = [self(part).numpy() for part in _parts(states)]
        return np.concatenate(shares)

    @torch.no_grad()
    def layers(self) -> list[Dense]:
        """Give the layers as they are on states that are neither centred nor scaled."""
        weight = self.inner.weight / self.spread
        bias = self.inner.bias - weight @ self.mean
        return [
            (np.ascontiguousarray(w.numpy().T), b.numpy())
            for w, b in ((weight, bias), (self.outer.weight, self.outer.bias))
        ]


def fit(
    states: NDArray[np.floating], wanted: NDArray[np.generic], outputs: int, rounds: int, batch: int
) -> Head:
    """Learn a head. ``wanted``: a class a row, or a row of ones and zeros, each on its own."""
    head, answers = Head(states, outputs), torch.from_numpy(wanted)
    loss = (
        functional.cross_entropy
        if wanted.ndim == 1
        else functional.binary_cross_entropy_with_logits
    )
    steps = rounds * -(-len(states) // batch)
    optimizer = torch.optim.AdamW(head.parameters(), lr=_RATE, weight_decay=_DECAY)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps)
    for _ in range(rounds):
        for chosen in torch.randperm(len(states)).split(batch):
            seen = torch.from_numpy(states[chosen.numpy()].astype(np.float32))
            found = loss(head(functional.dropout(seen, _SEEN_DROPOUT)), answers[chosen])
            optimizer.zero_grad()
            found.backward()
            optimizer.step()
            pace.step()
    return head.eval()


def _parts(states: NDArray[np.floating]) -> Iterator[Tensor]:
    for start in range(0, len(states), _AT_ONCE):
        yield torch.from_numpy(states[start : start + _AT_ONCE].astype(np.float32))
