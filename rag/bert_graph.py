"""A BERT sentence encoder as an ONNX graph, written node by node from its weights: no torch, under a second.

Fused operators of onnxruntime (`com.microsoft`) do most of the work. Of those measured on two AVX-512 VNNI cores,
MultiHeadAttention beat QAttention (15 %), Add + LayerNormalization beat SkipLayerNormalization, signed weights beat
unsigned ones (60 %), and one scale for each output column keeps the cosine to 32-bit at .993 where one for each matrix
gives .947.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

FUSED = "com.microsoft"
_OPSET = 20  # the first with Gelu
_IR_VERSION = 10  # read by onnxruntime from 1.18 on

Weights = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Shape:
    """What the graph needs to know of a BERT beside its weights. `epsilon` is that of every LayerNorm."""

    layers: int
    heads: int
    hidden: int
    max_tokens: int
    epsilon: float = 1e-12


def build(weights: Weights, shape: Shape, weight_range: int | None) -> onnx.ModelProto:
    """Input `ids`, int32 `(texts, tokens)`; output `vectors`, float32 `(texts, hidden)` of length 1. There is no mask:
    texts of one run have the same length.

    `weight_range` is the largest absolute 8-bit weight, or None for 32-bit. 127 is for processors with VNNI; without,
    pairs of products saturate at 16 bits, which 63 avoids at the price of a bit of precision.
    """
    return BertGraph(weights, shape, weight_range).sentence_encoder()


class BertGraph:
    """A graph in the making. Subclasses give the same encoder other inputs and outputs."""

    def __init__(self, weights: Weights, shape: Shape, weight_range: int | None) -> None:
        self._weights = weights
        self._shape = shape
        self._range = weight_range
        self._attention_bias: list[str] = []  # further inputs of every MultiHeadAttention
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def sentence_encoder(self) -> onnx.ModelProto:
        self._pooling(self._encoded())
        out = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", self._shape.hidden])
        return self._model("sentence_encoder", ["ids"], [out])

    def _encoded(self) -> str:
        x = self._embedding()
        for layer in range(self._shape.layers):
            x = self._layer(x, layer)
        return x

    def _model(self, name: str, inputs: list[str], outputs: list[onnx.ValueInfoProto]) -> onnx.ModelProto:
        """All inputs are int32 `(texts, tokens)`."""
        given = [helper.make_tensor_value_info(one, TensorProto.INT32, ["texts", "tokens"]) for one in inputs]
        graph = helper.make_graph(self._nodes, name, given, outputs, self._constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)

    def _op(self, kind: str, inputs: list[str], out: str, domain: str = "", **attributes: float | str) -> str:
        node = helper.make_node(kind, inputs, [out], name=out, domain=domain)
        node.attribute.extend(helper.make_attribute(key, value) for key, value in sorted(attributes.items()))
        self._nodes.append(node)
        return out

    def _constant(self, name: str, values: NDArray[np.generic]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _embedding(self) -> str:
        """Word + position + type 0, normalised. Words are kept in 16 bits: half the file, no visible loss."""
        word = self._weights["embeddings.word_embeddings.weight"]
        place = self._weights["embeddings.position_embeddings.weight"][: self._shape.max_tokens]
        place = place + self._weights["embeddings.token_type_embeddings.weight"][0]
        self._op("Gather", [self._constant("words", word.astype(np.float16)), "ids"], "word16")
        self._op("Cast", ["word16"], "word", to=TensorProto.FLOAT)
        self._op("Shape", ["ids"], "tokens", start=1, end=2)
        first = self._constant("first", np.zeros(1, np.int64))
        self._op("Slice", [self._constant("places", place), first, "tokens"], "place")
        self._op("Add", ["word", "place"], "embedded")
        return self._norm("embedded", "embeddings.LayerNorm", "layer0")

    def _layer(self, x: str, layer: int) -> str:
        name = f"encoder.layer.{layer}."
        query, key, value = self._projections(x, name)
        self._op(
            "MultiHeadAttention",
            [query, key, value, *self._attention_bias],
            name + "attended",
            FUSED,
            num_heads=self._shape.heads,
        )
        attended = self._dense(name + "attended", name + "attention.output.dense")
        self._op("Add", [attended, x], name + "attended_sum")
        middle = self._norm(name + "attended_sum", name + "attention.output.LayerNorm", name + "middle")
        wide = self._wide(middle, name + "intermediate.dense")
        self._op("Gelu", [wide], name + "gelu")
        narrow = self._narrow(name + "gelu", name + "output.dense")
        self._op("Add", [narrow, middle], name + "output_sum")
        return self._norm(name + "output_sum", name + "output.LayerNorm", f"layer{layer + 1}")

    def _projections(self, x: str, layer: str) -> list[str]:
        """Query, key and value. Their common input is quantised once."""
        names = [f"{layer}attention.self.{part}" for part in ("query", "key", "value")]
        if self._range is None:
            return [self._dense(x, name) for name in names]
        ints, scale, zero = (f"{layer}input.{part}" for part in ("ints", "scale", "zero"))
        self._nodes.append(helper.make_node("DynamicQuantizeLinear", [x], [ints, scale, zero], name=ints))
        for name in names:
            weight, weight_scale, weight_zero = self._quantised(name)
            bias = self._constant(name + ".bias", self._weights[name + ".bias"])
            inputs = [ints, weight, scale, weight_scale, zero, weight_zero, bias]
            self._op("MatMulIntegerToFloat", inputs, name, FUSED)
        return names

    def _dense(self, x: str, name: str) -> str:
        bias = self._constant(name + ".bias", self._weights[name + ".bias"])
        if self._range is not None:
            return self._op("DynamicQuantizeMatMul", [x, *self._quantised(name), bias], name, FUSED)
        product = self._op("MatMul", [x, self._constant(name + ".weight", self._matrix(name))], name + ".product")
        return self._op("Add", [product, bias], name)

    def _wide(self, x: str, name: str) -> str:
        """The first layer of the feed-forward part."""
        return self._dense(x, name)

    def _narrow(self, x: str, name: str) -> str:
        """The second, of what Gelu gives."""
        return self._dense(x, name)

    def _matrix(self, name: str) -> NDArray[np.float32]:
        return self._weights[name + ".weight"].T

    def _quantised(self, name: str) -> tuple[str, str, str]:
        """Names of a matrix in signed 8 bits, of its scale and of its zero point for each output column."""
        matrix = self._matrix(name)
        largest = np.abs(matrix).max(axis=0)
        scale = np.where(largest == 0, 1, largest / (self._range or 1)).astype(np.float32)
        ints = np.rint(matrix / scale).astype(np.int8)
        return (
            self._constant(name + ".ints", ints),
            self._constant(name + ".scale", scale),
            self._constant(name + ".zero", np.zeros(scale.shape, np.int8)),
        )

    def _norm(self, x: str, name: str, out: str) -> str:
        gain = self._constant(name + ".weight", self._weights[name + ".weight"])
        shift = self._constant(name + ".bias", self._weights[name + ".bias"])
        return self._op("LayerNormalization", [x, gain, shift], out, axis=-1, epsilon=self._shape.epsilon)

    def _pooling(self, x: str) -> None:
        """The mean over a text's tokens, at length 1. The sum will do: only its direction is kept."""
        self._op("ReduceSum", [x, self._constant("axis1", np.ones(1, np.int64))], "sum", keepdims=0)
        self._op("LpNormalization", ["sum"], "vectors", axis=-1, p=2)
