"""The transformer in PyTorch, with the three heads that tune it."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from scripts.encoder.package import Pretrained


class Layer(nn.Module):
    """One layer of BERT: attention and two dense layers, each added and normed."""

    def __init__(self, width: int, heads: int, inner: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width, epsilon)
        self.wide = nn.Linear(width, inner)
        self.narrow = nn.Linear(inner, width)
        self.last_norm = nn.LayerNorm(width, epsilon)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Take and give states, shape ``(texts, tokens, width)``."""
        texts, tokens, width = states.shape
        split = self.qkv(states).view(texts, tokens, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(texts, tokens, width)
        states = self.norm(states + self.out(mixed))
        return self.last_norm(states + self.narrow(functional.gelu(self.wide(states))))


class Encoder(nn.Module):
    """Token states and their mean; the vocabulary cut to the rows named by ``kept``."""

    def __init__(self, pretrained: Pretrained, kept: list[int], markers: list[Tensor]) -> None:
        super().__init__()
        tensors = {name: torch.from_numpy(array) for name, array in pretrained.tensors.items()}
        width = pretrained.dimensions
        kind = tensors["emb.type"].view(-1, width)[0]
        words = torch.cat([tensors["emb.word"][kept], torch.stack(markers)])
        self.words = nn.Embedding.from_pretrained(words, freeze=True)
        self.markers = nn.Parameter(torch.stack(markers))
        self.positions = nn.Parameter(tensors["emb.pos"].view(-1, width) + kind)
        self.norm = nn.LayerNorm(width, pretrained.epsilon)
        self.norm.weight.data = tensors["emb.ln.w"]
        self.norm.bias.data = tensors["emb.ln.b"]
        self.layers = nn.ModuleList(
            Layer(width, pretrained.heads, pretrained.inner, pretrained.epsilon)
            for _ in range(pretrained.layers)
        )
        for number, layer in enumerate(self.layers):
            _fill(layer, {k: tensors[f"l{number}.{k}"] for k in _names()}, width)

    def forward(self, tokens: Tensor, is_token: Tensor) -> tuple[Tensor, Tensor]:
        """Give the token states and each text's vector, their mean."""
        words = self.words(tokens)
        first = self.words.num_embeddings - len(self.markers)
        asked = (tokens - first).clamp(min=0)
        words = torch.where((tokens >= first)[..., None], self.markers[asked], words)
        states = self.norm(words + self.positions[: tokens.shape[1]])
        mask = is_token[:, None, None, :]
        for layer in self.layers:
            states = layer(states, mask)
        shown = is_token[..., None].to(states.dtype)
        return states, (states * shown).sum(1) / shown.sum(1)


def _names() -> list[str]:
    dense = ("q", "k", "v", "ao", "fi", "fo", "aln", "oln")
    return [f"{name}.{part}" for name in dense for part in ("w", "b")]


def _fill(layer: nn.Module, named: dict[str, Tensor], width: int) -> None:
    layer.qkv.weight.data = torch.cat([named[f"{n}.w"].view(width, width) for n in "qkv"])
    layer.qkv.bias.data = torch.cat([named[f"{n}.b"] for n in "qkv"])
    for ours, theirs in (("out", "ao"), ("wide", "fi"), ("narrow", "fo")):
        dense = getattr(layer, ours)
        dense.weight.data = named[f"{theirs}.w"].view_as(dense.weight)
        dense.bias.data = named[f"{theirs}.b"]
    for ours, theirs in (("norm", "aln"), ("last_norm", "oln")):
        getattr(layer, ours).weight.data = named[f"{theirs}.w"]
        getattr(layer, ours).bias.data = named[f"{theirs}.b"]


class Heads(nn.Module):
    """One linear layer each: the intent, the moves, a token's detail and its filing.

    What they see is centred and scaled by fixed numbers: the published vectors lie so close
    together that a head would spend its first hundreds of steps on telling them apart.
    """

    def __init__(self, width: int, intents: int, moves: int, labels: int, filings: int) -> None:
        super().__init__()
        self.intent = nn.Linear(width, intents)
        self.move = nn.Linear(width, moves)
        self.label = nn.Linear(width, labels)
        self.filing = nn.Linear(width, filings)
        for head in (self.intent, self.move, self.label, self.filing):
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)
        for seen in ("texts", "pieces"):
            self.register_buffer(f"{seen}_mean", torch.zeros(width))
            self.register_buffer(f"{seen}_spread", torch.ones(width))

    def standardise(self, vectors: Tensor, states: Tensor) -> None:
        """Take mean and spread from vectors and states, one a row, of the published encoder."""
        for seen, rows in (("texts", vectors), ("pieces", states)):
            getattr(self, f"{seen}_mean").copy_(rows.mean(0))
            getattr(self, f"{seen}_spread").copy_(rows.std(0).clamp(min=1e-4))

    def of_texts(self, vectors: Tensor) -> Tensor:
        """Give vectors as ``intent`` and ``move`` take them."""
        return (vectors - self.texts_mean) / self.texts_spread

    def of_pieces(self, states: Tensor) -> Tensor:
        """Give token states as ``label`` and ``filing`` take them."""
        return (states - self.pieces_mean) / self.pieces_spread
