"""Teaches the heads what messages do and say, on what the finished file gives.

The encoder stays as it is: lines added to `data/moves/` cost minutes, and not an hour. "The short
one" is in no list of phrases, but its state lies near those of "abridged" and "verkort": the head
of values learns from marked words that our rules can read, for those that they cannot.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper
from onnxruntime import InferenceSession, SessionOptions
from sklearn.linear_model import LogisticRegression

from bot.details import InvalidDetail, parse_detail
from bot.details.choices import PHRASES
from bot.nlu.encoder import Pieces, Tokenizer
from bot.reading.decode import OUTSIDE
from bot.reading.model import VALUE
from scripts.encoder.examples import Example
from scripts.encoder.graft import POOLED, graft, states, strip
from scripts.encoder.heads import Dense, fit
from scripts.encoder.labels import FILINGS, Labels
from scripts.encoder.measures import measure

_REGULARISATION = 0.1
_ANY_DAY = date(2000, 1, 1)
_PROGRESS = 5000


@dataclass(frozen=True)
class Seen:
    """What the encoder gives for examples.

    ``states``: float16, a row a piece. ``starts``: the row where each example begins, and the end.
    """

    examples: Sequence[Example]
    pieces: Sequence[Pieces]
    states: NDArray[np.float16]
    starts: NDArray[np.int64]

    def pooled(self) -> NDArray[np.float32]:
        """Give each example's mean state."""
        sums = np.add.reduceat(self.states.astype(np.float32), self.starts[:-1], axis=0)
        return (sums / np.diff(self.starts)[:, None]).astype(np.float32)


def teach(file: Path, examples: Sequence[Example], threads: int) -> dict[str, float]:
    """Teach the heads anew and write them into the file; gives what they get right, 0 to 1.

    The tenth of the examples that is held back is not learnt from: the figures are of that.
    """
    model = onnx.load(str(file))
    kept = {prop.key: prop.value for prop in model.metadata_props}
    labels = Labels.of(examples)
    strip(model.graph)
    kept["vectors"] = _digest(model.graph, kept["tokenizer"])
    seen = _look(model, kept, examples, threads)
    is_learnt = np.array([not example.is_held_back for example in examples])
    of_learnt = np.repeat(is_learnt, np.diff(seen.starts))
    moves = np.array([labels.moves(example) for example in examples], dtype=np.float32)
    named = np.array(list(_named(seen, labels)), dtype=np.int64)
    pooled, inside = seen.pooled(), of_learnt & (named[:, 0] != OUTSIDE)
    heads = {
        "moves": fit(pooled[is_learnt], moves[is_learnt], len(labels.move_names), 20, 256),
        "labels": fit(seen.states[of_learnt], named[of_learnt, 0], len(labels.details), 8, 1024),
        "filings": fit(seen.states[inside], named[inside, 1], FILINGS, 8, 1024),
    }
    values, linear = _learn_values(seen)
    for name, head in heads.items():
        source = POOLED if name == "moves" else states(model.graph)
        graft(model.graph, name, source, head.layers())
    graft(model.graph, "values", states(model.graph), [linear])
    names = {"moves": labels.move_names, "details": labels.details, "values": values}
    kept["names"] = json.dumps({**json.loads(kept["names"]), **names})
    helper.set_model_props(model, kept)
    file.write_bytes(model.SerializeToString(deterministic=True))
    rest = ~of_learnt
    return measure(
        labels,
        np.diff(seen.starts)[~is_learnt],
        (heads["moves"].scores(pooled[~is_learnt]), moves[~is_learnt]),
        (heads["labels"].scores(seen.states[rest]).argmax(1), named[rest, 0]),
        (heads["filings"].scores(seen.states[rest]).argmax(1), named[rest, 1]),
    )


def _digest(graph: onnx.GraphProto, tokenizer: str) -> str:
    """Name what vectors depend on: other heads leave them as they are."""
    return sha256(graph.SerializeToString(deterministic=True) + tokenizer.encode()).hexdigest()


def _look(
    model: onnx.ModelProto, kept: dict[str, str], examples: Sequence[Example], threads: int
) -> Seen:
    """Give what the file gives for every example; onnxruntime lets other threads run."""
    source = states(model.graph)
    model.graph.output.append(helper.make_tensor_value_info(source, TensorProto.FLOAT, None))
    options = SessionOptions()
    options.intra_op_num_threads = 1
    whole = model.SerializeToString()
    session = InferenceSession(whole, options, providers=["CPUExecutionProvider"])
    model.graph.output.pop()
    tokenizer = Tokenizer(base64.b64decode(kept["tokenizer"]))
    pieces = [tokenizer.pieces(example.text, example.asked) for example in examples]

    def run(cut: Pieces) -> NDArray[np.float16]:
        (found,) = session.run([source], {"tokens": np.array([cut.numbers])})
        return found[0].astype(np.float16)

    rows = []
    with ThreadPoolExecutor(threads) as pool:
        for number, row in enumerate(pool.map(run, pieces)):
            rows.append(row)
            if number % _PROGRESS == 0:
                print(f"heads: {number}/{len(pieces)} examples seen", flush=True)
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    return Seen(examples, pieces, np.concatenate(rows), starts)


def _named(seen: Seen, labels: Labels) -> Iterator[tuple[int, int]]:
    """Give the label and the filing of every piece."""
    for example, cut in zip(seen.examples, seen.pieces, strict=True):
        for start, end in cut.places:
            yield labels.at(example.spans, start, end) if end > start else (OUTSIDE, 0)


def _learn_values(seen: Seen) -> tuple[list[str], Dense]:
    """Give the names of the closed lists' values, and the weights and bias that tell them apart."""
    rows: list[int] = []
    values: list[str] = []
    for example, cut, first in zip(seen.examples, seen.pieces, seen.starts, strict=False):
        for start, end, value in _values(example):
            inside = [n for n, (a, b) in enumerate(cut.places) if a < end and b > start]
            rows.extend(int(first) + n for n in inside)
            values.extend([value] * len(inside))
    shown = seen.states[rows].astype(np.float32)
    mean, spread = shown.mean(axis=0), np.maximum(shown.std(axis=0), 1e-4)
    model = LogisticRegression(C=_REGULARISATION, max_iter=300)
    model.fit((shown - mean) / spread, values)
    weights = (model.coef_ / spread).T
    bias = model.intercept_ - mean @ weights
    return list(model.classes_), (weights.astype(np.float32), bias.astype(np.float32))


def _values(example: Example) -> Iterator[tuple[int, int, str]]:
    """Give the marked words whose value our rules can read, and the value."""
    if example.is_held_back:
        return
    for span in example.spans:
        if span.detail in PHRASES and span.role == VALUE:
            try:
                words = example.text[span.start : span.end]
                value = parse_detail(span.detail, words, today=_ANY_DAY)
            except InvalidDetail:
                continue
            yield span.start, span.end, f"{span.detail}={value}"
