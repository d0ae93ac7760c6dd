"""The trained reader as an ONNX graph: the bundled encoder's graph with token types, 8-bit words and three heads."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper

from rag.bert_graph import BertGraph, Shape, Weights


def build(weights: Weights, shape: Shape, weight_range: int | None) -> onnx.ModelProto:
    """Inputs `ids` and `types`, int32 `(pairs, tokens)`. There is no mask: pairs of one run have the same length.

    Outputs `spans`, float32 `(pairs, tokens, 2)`, logits of an answer's first and last token; and `judged`, float32
    `(pairs, 4)`, logits of relevance, support, refutation and neither. `weights` are those of `training.model` with the
    encoder's prefix taken off; `weight_range` as in `rag.bert_graph.build`.
    """
    return _ReaderGraph(weights, shape, weight_range).reader()


class _ReaderGraph(BertGraph):
    def reader(self) -> onnx.ModelProto:
        told = self._encoded()
        self._exact(told, "span", "spans")
        self._op("Gather", [told, self._constant("cls", np.zeros(1, np.int64))], "cls_place", axis=1)
        self._op("Squeeze", ["cls_place", self._constant("axis1", np.ones(1, np.int64))], "cls_row")
        self._exact("cls_row", "pooled", "pooled_row")
        self._op("Gelu", ["pooled_row"], "pooled_gelu")
        self._exact("pooled_gelu", "judge", "judged")
        spans = helper.make_tensor_value_info("spans", TensorProto.FLOAT, ["texts", "tokens", 2])
        judged = helper.make_tensor_value_info("judged", TensorProto.FLOAT, ["texts", 4])
        return self._model("reader", ["ids", "types"], [spans, judged])

    def _embedding(self) -> str:
        """Word + position + type, normalised."""
        word = self._words()
        place = self._weights["embeddings.position_embeddings.weight"][: self._shape.max_tokens]
        kind = self._weights["embeddings.token_type_embeddings.weight"]
        self._op("Shape", ["ids"], "tokens", start=1, end=2)
        first = self._constant("first", np.zeros(1, np.int64))
        self._op("Slice", [self._constant("places", place), first, "tokens"], "place")
        self._op("Gather", [self._constant("kinds", kind), "types"], "kind")
        self._op("Add", [word, "kind"], "word_kind")
        self._op("Add", ["word_kind", "place"], "embedded")
        return self._norm("embedded", "embeddings.LayerNorm", "layer0")

    def _words(self) -> str:
        """In 8 bits each word has a scale of its own: half of the file is words."""
        table = self._weights["embeddings.word_embeddings.weight"]
        if self._range is None:
            return self._op("Gather", [self._constant("words", table), "ids"], "word")
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-8).astype(np.float32) / 127
        ints = np.rint(table / scale).astype(np.int8)
        self._op("Gather", [self._constant("words", ints), "ids"], "word8")
        self._op("Cast", ["word8"], "word_float", to=TensorProto.FLOAT)
        self._op("Gather", [self._constant("word_scales", scale), "ids"], "word_scale")
        return self._op("Mul", ["word_float", "word_scale"], "word")

    def _exact(self, x: str, name: str, out: str) -> str:
        """A dense layer in 32 bits: the heads are small, and what they say is compared with thresholds."""
        self._op("MatMul", [x, self._constant(name + ".weight", self._matrix(name))], name + ".product")
        return self._op("Add", [name + ".product", self._constant(name + ".bias", self._weights[name + ".bias"])], out)
