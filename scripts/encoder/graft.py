"""Takes heads out of the finished file, and puts others in."""

from collections.abc import Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

HEADS = ("moves", "labels", "filings", "values")
POOLED = "pooled"


def strip(graph: onnx.GraphProto) -> None:
    """Take every head out, with its weights."""
    for parts in (graph.node, graph.initializer, graph.output):
        left = [part for part in parts if not _is_of_a_head(part)]
        del parts[:]
        parts.extend(left)


def _is_of_a_head(part: onnx.NodeProto | onnx.TensorProto | onnx.ValueInfoProto) -> bool:
    name = part.output[0] if isinstance(part, onnx.NodeProto) else part.name
    return name in HEADS or name.startswith(tuple(f"{head}_" for head in HEADS))


def states(graph: onnx.GraphProto) -> str:
    """Name what holds the states of the pieces: their mean is the text's."""
    return str(next(node.input[0] for node in graph.node if node.output[0] == POOLED))


def graft(
    graph: onnx.GraphProto,
    name: str,
    source: str,
    layers: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]],
) -> None:
    """Put a head of linear layers in, whatever is below zero cut off between them."""
    for number, (weight, bias) in enumerate(layers, 1):
        this, is_last = f"{name}_{number}", number == len(layers)
        graph.initializer.append(numpy_helper.from_array(weight, f"{this}_weight"))
        graph.initializer.append(numpy_helper.from_array(bias, f"{this}_bias"))
        scores, added = f"{this}_scores", name if is_last else f"{this}_added"
        graph.node.append(helper.make_node("MatMul", [source, f"{this}_weight"], [scores]))
        graph.node.append(helper.make_node("Add", [scores, f"{this}_bias"], [added]))
        if not is_last:
            source = f"{this}_bent"
            graph.node.append(helper.make_node("Relu", [added], [source]))
    of_a_text = name == "moves"
    shape = ["texts", len(bias)] if of_a_text else ["texts", "length", len(bias)]
    graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
