"""Teaches the finished file what people call the values of the closed lists.

"The short one" is in no list of phrases, but its state lies near those of "abridged" and "verkort".
Learnt last, on what the file in int8 gives: from the marked words that our rules can read, for
those that they cannot.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession
from sklearn.linear_model import LogisticRegression

from bot.details import InvalidDetail, parse_detail
from bot.details.choices import PHRASES
from bot.nlu.encoder import Tokenizer
from bot.reading.model import VALUE
from scripts.encoder.examples import Example

_VALUES = "values"
_REGULARISATION = 0.1
_ANY_DAY = date(2000, 1, 1)


def add_values(file: Path, examples: Sequence[Example], tokenizer: Tokenizer) -> None:
    """Fit the head of values on examples and write it into the file."""
    model = onnx.load(str(file))
    states = next(node.input[0] for node in model.graph.node if node.output[0] == "labels_scores")
    model.graph.output.append(helper.make_tensor_value_info(states, TensorProto.FLOAT, None))
    session = InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    model.graph.output.pop()
    seen: list[NDArray[np.float32]] = []
    values: list[str] = []
    for example in examples:
        named = list(_named(example))
        if named:
            pieces = tokenizer.pieces(example.text, example.asked)
            (rows,) = session.run([states], {"tokens": np.array([pieces.numbers])})
            for start, end, value in named:
                inside = [n for n, (a, b) in enumerate(pieces.places) if a < end and b > start]
                seen.extend(rows[0][inside])
                values.extend([value] * len(inside))
    _graft(model, states, *_learn(np.stack(seen), values))
    file.write_bytes(model.SerializeToString(deterministic=True))
    print(f"values: {len(set(values))}, learnt from {len(values)} pieces")


def _named(example: Example) -> Iterator[tuple[int, int, str]]:
    for span in example.spans:
        if span.detail in PHRASES and span.role == VALUE:
            try:
                words = example.text[span.start : span.end]
                value = parse_detail(span.detail, words, today=_ANY_DAY)
            except InvalidDetail:
                continue
            yield span.start, span.end, f"{span.detail}={value}"


def _learn(
    states: NDArray[np.float32], values: Sequence[str]
) -> tuple[list[str], NDArray[np.float32], NDArray[np.float32]]:
    """Give the values' names, and the weights and bias that tell them apart."""
    mean, spread = states.mean(axis=0), np.maximum(states.std(axis=0), 1e-4)
    model = LogisticRegression(C=_REGULARISATION, max_iter=300)
    model.fit((states - mean) / spread, values)
    weights = (model.coef_ / spread).T
    bias = model.intercept_ - mean @ weights
    return list(model.classes_), weights.astype(np.float32), bias.astype(np.float32)


def _graft(
    model: onnx.ModelProto,
    states: str,
    names: list[str],
    weights: NDArray[np.float32],
    bias: NDArray[np.float32],
) -> None:
    graph = model.graph
    graph.initializer.append(numpy_helper.from_array(weights, f"{_VALUES}_weight"))
    graph.initializer.append(numpy_helper.from_array(bias, f"{_VALUES}_bias"))
    scores = f"{_VALUES}_scores"
    graph.node.append(helper.make_node("MatMul", [states, f"{_VALUES}_weight"], [scores]))
    graph.node.append(helper.make_node("Add", [scores, f"{_VALUES}_bias"], [_VALUES]))
    shape = ["texts", "length", len(names)]
    graph.output.append(helper.make_tensor_value_info(_VALUES, TensorProto.FLOAT, shape))
    kept = {prop.key: prop.value for prop in model.metadata_props}
    kept["names"] = json.dumps({**json.loads(kept["names"]), "values": names})
    helper.set_model_props(model, kept)
