"""Writes the tuned encoder as one ONNX file in int8, with its tokenizer inside.

The graph is written out by hand: attention, GELU and norms are single operators of
onnxruntime, which the exporters of PyTorch do not make. Dense layers are quantised a channel
at a time, words a row at a time; activations while they run. The heads that it was tuned with
are left behind: ``teaching`` puts others in.
"""

import base64
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from bot.reading.model import Names
from scripts.encoder.network import Encoder, Layer

_OPERATORS = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]

# The oldest that has opset 17: older runtimes refuse a newer file.
_FORMAT = 8


@dataclass(frozen=True)
class Middle:
    """Mean and spread of tuned vectors: what all texts share is taken out of each."""

    mean: Tensor
    spread: Tensor


@dataclass(frozen=True)
class Tuned:
    """What one file holds: the encoder, the questions it knows, and its tokenizer."""

    encoder: Encoder
    names: Names
    middle: Middle
    tokenizer: bytes


def write_encoder(file: Path, tuned: Tuned) -> None:
    """Write the encoder without heads, and print its digest."""
    file.parent.mkdir(parents=True, exist_ok=True)
    graph = _Graph(tuned.encoder, tuned.middle)
    with tempfile.TemporaryDirectory() as temporary:
        whole, small = Path(temporary) / "whole.onnx", Path(temporary) / "small.onnx"
        onnx.save(graph.model(), str(whole))
        quantize_dynamic(
            whole,
            small,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            # Seven bits: eight overflow on a processor without VNNI and give other vectors.
            reduce_range=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT},
        )
        quantised = onnx.load(str(small))
    kept = {
        "tokenizer": base64.b64encode(tuned.tokenizer).decode(),
        "names": json.dumps(asdict(tuned.names)),
    }
    helper.set_model_props(quantised, kept)
    data = quantised.SerializeToString(deterministic=True)
    file.write_bytes(data)
    print(f"{file}: {len(data):,} bytes, sha256 {sha256(data).hexdigest()}")


class _Graph:
    """The nodes and weights of the transformer, added layer by layer."""

    def __init__(self, encoder: Encoder, middle: Middle) -> None:
        self._encoder = encoder
        self._middle = middle
        self._heads = encoder.layers[0].heads
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        """Give the graph from ``tokens`` to ``vectors``."""
        states = self._embed()
        for number, layer in enumerate(self._encoder.layers):
            states = self._layer(f"l{number}", states, layer)
        self._node("ReduceMean", [states], "pooled", axes=[1], keepdims=0)
        self._weight("middle", _array(self._middle.mean))
        self._weight("spread", _array(self._middle.spread))
        self._node("Sub", ["pooled", "middle"], "centred")
        self._node("Div", ["centred", "spread"], "vectors")
        width = self._encoder.positions.shape[1]
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small, tuned for Cybo",
            [helper.make_tensor_value_info("tokens", TensorProto.INT64, ["texts", "length"])],
            [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", width])],
            self._weights,
        )
        return helper.make_model(graph, opset_imports=_OPERATORS, ir_version=_FORMAT)

    def _embed(self) -> str:
        encoder = self._encoder
        words = encoder.words.weight.detach().clone()
        words[-len(encoder.markers) :] = encoder.markers.detach()
        scales = words.abs().amax(1, keepdim=True) / 127
        rows = (words / scales.clamp(min=1e-12)).round().numpy().astype(np.int8)
        self._weight("words", rows)
        self._weight("word_scales", scales.numpy())
        self._weight("positions", _array(encoder.positions))
        self._weight("zero", np.array(0, dtype=np.int64))
        self._weight("one", np.array(1, dtype=np.int64))
        self._node("Gather", ["words", "tokens"], "rows")
        self._node("Cast", ["rows"], "cast", to=TensorProto.FLOAT)
        self._node("Gather", ["word_scales", "tokens"], "scales")
        self._node("Mul", ["cast", "scales"], "embedded")
        self._node("Shape", ["tokens"], "shape")
        self._node("Gather", ["shape", "one"], "length")
        self._node("Range", ["zero", "length", "one"], "places")
        self._node("Gather", ["positions", "places"], "placed")
        self._node("Add", ["embedded", "placed"], "summed")
        self._weight("norm_scale", _array(encoder.norm.weight))
        self._weight("norm_bias", _array(encoder.norm.bias))
        return self._node(
            "LayerNormalization",
            ["summed", "norm_scale", "norm_bias"],
            "first",
            axis=-1,
            epsilon=encoder.norm.eps,
        )

    def _layer(self, name: str, states: str, layer: Layer) -> str:
        parts = [f"{name}_{part}" for part in ("query", "key", "value")]
        projected = self._dense(f"{name}_qkv", states, layer.qkv.weight)
        self._node("Split", [projected], parts, axis=-1)
        self._weight(f"{name}_qkv_bias", _array(layer.qkv.bias))
        mixed = self._node(
            "MultiHeadAttention",
            [*parts, f"{name}_qkv_bias"],
            f"{name}_mixed",
            domain="com.microsoft",
            num_heads=self._heads,
        )
        out = self._dense(f"{name}_out", mixed, layer.out.weight)
        states = self._add_and_norm(f"{name}_n1", out, states, layer.out.bias, layer.norm)
        wide = self._dense(f"{name}_wide", states, layer.wide.weight)
        self._weight(f"{name}_wide_bias", _array(layer.wide.bias))
        bent = self._node(
            "BiasGelu", [wide, f"{name}_wide_bias"], f"{name}_bent", domain="com.microsoft"
        )
        narrow = self._dense(f"{name}_narrow", bent, layer.narrow.weight)
        return self._add_and_norm(f"{name}_n2", narrow, states, layer.narrow.bias, layer.last_norm)

    def _add_and_norm(self, name: str, new: str, old: str, bias: Tensor, norm: nn.LayerNorm) -> str:
        self._weight(f"{name}_scale", _array(norm.weight))
        self._weight(f"{name}_shift", _array(norm.bias))
        self._weight(f"{name}_bias", _array(bias))
        return self._node(
            "SkipLayerNormalization",
            [new, old, f"{name}_scale", f"{name}_shift", f"{name}_bias"],
            f"{name}_normed",
            domain="com.microsoft",
            epsilon=norm.eps,
        )

    def _dense(self, name: str, states: str, weight: Tensor) -> str:
        self._weight(f"{name}_weight", np.ascontiguousarray(_array(weight).T))
        return self._node("MatMul", [states, f"{name}_weight"], f"{name}_product")

    def _node(
        self, operator: str, inputs: Sequence[str], output: str | list[str], **attributes: object
    ) -> str:
        outputs = [output] if isinstance(output, str) else output
        name = attributes.pop("name", f"{outputs[0]}_{operator}")
        self._nodes.append(
            helper.make_node(operator, list(inputs), outputs, name=str(name), **attributes)
        )
        return outputs[0]

    def _weight(self, name: str, array: NDArray[np.generic]) -> None:
        self._weights.append(numpy_helper.from_array(array, name))


def _array(weight: Tensor) -> NDArray[np.float32]:
    return weight.detach().numpy().astype(np.float32)
