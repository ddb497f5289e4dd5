"""Examines the heads on the tenth of the data that tuning has not seen."""

from collections import Counter
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from bot.reading.decode import OUTSIDE
from scripts.encoder.labels import Labels
from scripts.encoder.network import Encoder, Heads
from scripts.encoder.tuning import Tokenised, infer


def measure(
    encoder: Encoder, heads: Heads, labels: Labels, items: Sequence[Tokenised]
) -> dict[str, float]:
    """Give shares from 0 to 1: intents, whole sets of moves, and details by span."""
    count: Counter[str] = Counter()
    for item, scores in infer(encoder, heads, items):
        if item.example.intent is not None:
            count["intents"] += 1
            right = int(scores["intent"].argmax()) == labels.intent(item.example)
            count["intents right"] += right
            continue
        count["moves"] += 1
        chosen = {labels.move_names[n] for n in _chosen(scores["move"])}
        count["moves right"] += chosen == set(item.example.moves)
        wanted = set(_spans([labels.details[label] for label in item.labels]))
        found = set(_spans([labels.details[int(n)] for n in scores["label"].argmax(1)]))
        count["details"] += len(wanted)
        count["details found"] += len(found)
        count["details right"] += len(wanted & found)
        inside = torch.tensor(item.labels) > OUTSIDE
        count["details' tokens"] += int(inside.sum())
        filings = scores["filing"].argmax(1) == torch.tensor(item.filings)
        count["filings right"] += int(filings[inside].sum())
    return {
        "intents right": _share(count["intents right"], count["intents"]),
        "moves all right": _share(count["moves right"], count["moves"]),
        "details precision": _share(count["details right"], count["details found"]),
        "details recall": _share(count["details right"], count["details"]),
        "tokens of details with the right filing": _share(
            count["filings right"], count["details' tokens"]
        ),
        **{f"number of {name}": count[name] for name in ("intents", "moves", "details")},
    }


def _chosen(scores: Tensor) -> list[int]:
    """Choose the moves that are likelier than not, or else the likeliest."""
    likely = (scores > 0).nonzero().flatten().tolist()
    return likely or [int(scores.argmax())]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _spans(labels: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Give the details that labels in BIO notation name: first piece, end and kind."""
    start, kind = 0, ""
    for place, label in enumerate([*labels, "O"]):
        goes_on = kind and label == f"I-{kind}"
        if kind and not goes_on:
            yield start, place, kind
            kind = ""
        if not goes_on and label != "O":
            start, kind = place, label[2:]
