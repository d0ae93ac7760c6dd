"""A trained reader as an ONNX graph: its encoder with 8-bit words and the heads.

The fast reader's encoder is BERT with token types. The large one's is MPNet, which is BERT without types, with places
that count from 2 and a bias of each head on the distance between two tokens.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper

from rag.bert_graph import FUSED, BertGraph, Shape, Weights
from training.mpnet import FIRST_PLACE, buckets


def build(weights: Weights, shape: Shape, weight_range: int | None) -> onnx.ModelProto:
    """Inputs `ids` and `types`, int32 `(pairs, tokens)`. There is no mask: pairs of one run have the same length.

    MPNet has no `types`. Outputs `spans`, float32 `(pairs, tokens, 3)`, logits of an answer's first and last token and
    of the token's sentence answering; and `judged`, float32 `(pairs, 4)`, logits of relevance, support, refutation and
    neither. `weights` are those of `training.model` with the encoder's prefix taken off; `weight_range` as in
    `rag.bert_graph.build`.
    """
    if _BIAS in weights:
        return _MpnetGraph(_named_as_bert(weights), shape, weight_range).reader()
    return _ReaderGraph(weights, shape, weight_range).reader()


def _named_as_bert(weights: Weights) -> Weights:
    renamed = {}
    for name, tensor in weights.items():
        for ours, theirs in MPNET_NAMES:
            name = name.replace(ours, theirs)
        renamed[name] = tensor
    return renamed


_BIAS = "encoder.relative_attention_bias.weight"
MPNET_NAMES = (
    (".attention.LayerNorm", ".attention.output.LayerNorm"),
    ("attention.attn.q", "attention.self.query"),
    ("attention.attn.k", "attention.self.key"),
    ("attention.attn.v", "attention.self.value"),
    ("attention.attn.o", "attention.output.dense"),
)


_LAST = np.array([-1], np.int64)
_LEAST_GELU = np.array([0.2], np.float32)  # Gelu is nowhere below -0.17


class _ReaderGraph(BertGraph):
    _inputs: tuple[str, ...] = ("ids", "types")

    def reader(self) -> onnx.ModelProto:
        told = self._encoded()
        self._exact(told, "span", "spans")
        self._op("Gather", [told, self._constant("cls", np.zeros(1, np.int64))], "cls_place", axis=1)
        self._op("Squeeze", ["cls_place", self._constant("axis1", np.ones(1, np.int64))], "cls_row")
        self._exact("cls_row", "pooled", "pooled_row")
        self._op("Gelu", ["pooled_row"], "pooled_gelu")
        self._exact("pooled_gelu", "judge", "judged")
        spans = helper.make_tensor_value_info("spans", TensorProto.FLOAT, ["texts", "tokens", 3])
        judged = helper.make_tensor_value_info("judged", TensorProto.FLOAT, ["texts", 4])
        return self._model("reader", list(self._inputs), [spans, judged])

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

    def _wide(self, x: str, name: str) -> str:
        if self._range is None:
            return self._dense(x, name)
        self._op("Abs", [x], name + ".size")
        self._op("ReduceMax", [name + ".size", self._constant(name + ".last", _LAST)], name + ".row")
        return self._by_row(x, name)

    def _narrow(self, x: str, name: str) -> str:
        """What Gelu gives is hardly below nought: a row's largest value is its largest size."""
        if self._range is None:
            return self._dense(x, name)
        self._op("ReduceMax", [x, self._constant(name + ".last", _LAST)], name + ".largest")
        self._op("Max", [name + ".largest", self._constant(name + ".least", _LEAST_GELU)], name + ".row")
        return self._by_row(x, name)

    def _by_row(self, x: str, name: str) -> str:
        """A dense layer whose inputs are brought to one size token by token before all share one 8-bit scale. Inside
        the feed-forward part a few tokens are thirty times larger than the others, which would leave these a few
        steps: in MPNet the error of the span logits falls from .55 to .14 of their deviation.
        """
        self._op("Div", [x, name + ".row"], name + ".even")
        self._op("DynamicQuantizeMatMul", [name + ".even", *self._quantised(name)], name + ".product", FUSED)
        self._op("Mul", [name + ".product", name + ".row"], name + ".sized")
        return self._op("Add", [name + ".sized", self._constant(name + ".bias", self._weights[name + ".bias"])], name)

    def _exact(self, x: str, name: str, out: str) -> str:
        """A dense layer in 32 bits: the heads are small, and what they say is compared with thresholds."""
        self._op("MatMul", [x, self._constant(name + ".weight", self._matrix(name))], name + ".product")
        return self._op("Add", [name + ".product", self._constant(name + ".bias", self._weights[name + ".bias"])], out)


class _MpnetGraph(_ReaderGraph):
    _inputs: tuple[str, ...] = ("ids",)

    def _embedding(self) -> str:
        """Word + position, normalised; and, for all layers, the bias by distance, `(1, heads, tokens, tokens)`."""
        word, most = self._words(), self._shape.max_tokens
        place = self._weights["embeddings.position_embeddings.weight"][FIRST_PLACE : FIRST_PLACE + most]
        self._op("Shape", ["ids"], "tokens", start=1, end=2)
        first = self._constant("first", np.zeros(1, np.int64))
        self._op("Slice", [self._constant("places", place), first, "tokens"], "place")
        self._op("Add", [word, "place"], "embedded")
        self._bias()
        return self._norm("embedded", "embeddings.LayerNorm", "layer0")

    def _bias(self) -> None:
        most = self._shape.max_tokens
        table = self._weights[_BIAS]
        chosen = buckets(most).numpy()
        by_distance = np.concatenate([table[chosen[0, :0:-1]], table[chosen[:, 0]]]).T  # key - query from most - 1 down
        self._op("Squeeze", ["tokens"], "count")
        self._op(
            "Range",
            [self._constant("zero", np.array(0, np.int64)), "count", self._constant("one", np.array(1, np.int64))],
            "each",
        )
        self._op("Unsqueeze", ["each", self._constant("to_rows", np.ones(1, np.int64))], "query_place")
        self._op("Sub", ["query_place", "each"], "distance")
        self._op("Add", ["distance", self._constant("shift", np.array(most - 1, np.int64))], "distance_place")
        self._op("Gather", [self._constant("bias_by_distance", by_distance), "distance_place"], "bias_of_heads", axis=1)
        self._op("Unsqueeze", ["bias_of_heads", self._constant("to_pairs", np.zeros(1, np.int64))], "bias")
        self._attention_bias = ["", "", "bias"]
