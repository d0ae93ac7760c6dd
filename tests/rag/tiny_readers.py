"""Makes tiny random models of every kind that reads pairs, and what our readers make of a few pairs with them.

`python -m tests.rag.tiny_readers FOLDER`; in one child process, for torch takes seconds to import and stays in memory.
"""

from __future__ import annotations

import pickle
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import CrossEncoder
from transformers import (
    BertConfig,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    BertModel,
    BertTokenizerFast,
)

from rag.bert_graph import Shape
from rag.errors import ModelError
from rag.pair_calibration import PairCalibration
from rag.pair_tokens import MPNET, Vocabulary
from rag.ports import PairReader
from rag.reader_model import OnnxPairReader, load_pair_reader
from training.graph import build
from training.model import ReaderModel
from training.mpnet import EPSILON, Mpnet, MpnetShape

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "ferry", "storm", "harbour", "a", "was", "late", "."]
QUESTION = "was the ferry late"
PASSAGES = ["the ferry was late.", "a storm", "", "the harbour " * 300, "a harbour, the storm", "a [SEP] storm"]
SHAPE = Shape(layers=2, heads=2, hidden=32, max_tokens=512)
LEAD = "the harbour was late. "
_WORDS = Vocabulary(WORDS.index("[CLS]"), (WORDS.index("[SEP]"),), WORDS.index("[SEP]"))


def main(folder: Path) -> None:
    torch.manual_seed(7)
    BertTokenizerFast(vocab={word: n for n, word in enumerate(WORDS)}).save_pretrained(folder / "words")
    made: dict[str, object] = {}
    for name, model, shape in (
        ("bert", _bundled_shape(), SHAPE),
        ("mpnet", _full_shape(), replace(SHAPE, epsilon=EPSILON)),
    ):
        weights = {key.removeprefix("encoder."): tensor.numpy() for key, tensor in model.state_dict().items()}
        for bits, weight_range in (("32 bits", None), ("8 bits", 127)):
            graph = build(weights, shape, weight_range).SerializeToString()
            reader = OnnxPairReader.of_bytes(graph, folder / "words", PairCalibration(), threads=2)
            made[f"{name}, {bits}"] = _said(reader)
            made["tokens"] = reader._tokenizer.encode(PASSAGES[5], add_special_tokens=False).tokens
            told = reader.logits([(QUESTION, PASSAGES[0])])[0][0]
            made[f"{name} logits, {bits}"] = np.concatenate([told.stance, told.start, told.evidence])
        made[f"{name} logits, torch"] = _torch_logits(model, MPNET if name == "mpnet" else _WORDS)
    made["answering"] = _said(_saved(folder, "answering", BertForQuestionAnswering))
    made["relevance"] = _said(_saved(folder, "relevance", BertForSequenceClassification, num_labels=1))
    labels = {0: "contradiction", 1: "entailment", 2: "neutral"}
    made["stance"] = _said(_saved(folder, "stance", BertForSequenceClassification, id2label=labels))
    scores = CrossEncoder(str(folder / "relevance")).predict([(QUESTION, passage) for passage in PASSAGES])
    made["cross-encoder itself"] = np.asarray(scores)
    made["unusable"] = _refused(folder)
    (folder / "made.pickle").write_bytes(pickle.dumps(made))


def _config(**more: object) -> BertConfig:
    return BertConfig(
        vocab_size=len(WORDS),
        hidden_size=SHAPE.hidden,
        num_hidden_layers=SHAPE.layers,
        num_attention_heads=SHAPE.heads,
        intermediate_size=64,
        max_position_embeddings=SHAPE.max_tokens,
        initializer_range=0.3,
        layer_norm_eps=1e-12,
        **more,
    )


def _bundled_shape() -> ReaderModel:
    return ReaderModel(BertModel(_config(), add_pooling_layer=False), SHAPE.hidden, dropout=0.0).eval()


def _full_shape() -> ReaderModel:
    shape = MpnetShape(SHAPE.layers, SHAPE.heads, SHAPE.hidden, wide=64, words=len(WORDS) + MPNET.shift)
    model = ReaderModel(Mpnet(shape), SHAPE.hidden, dropout=0.0)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return model.eval()


def _torch_logits(model: ReaderModel, vocabulary: Vocabulary) -> np.ndarray:
    asked, passage = (
        [WORDS.index(token) for token in text.replace(".", " .").split()] for text in (QUESTION, PASSAGES[0])
    )
    head = vocabulary.head(asked, most=64)
    ids = torch.tensor([[*head, *vocabulary.shifted(passage), vocabulary.closing]])
    types = (torch.arange(ids.shape[1]) >= len(head)).long()[None]
    with torch.inference_mode():
        spans, judged = model(ids, torch.ones_like(ids).bool(), types)
    inside = spans[0, len(head) : -1]
    return np.concatenate([judged[0, 1:].numpy(), (inside[:, 0] - spans[0, 0, 0]).numpy(), inside[:, 2].numpy()])


def _saved(folder: Path, name: str, kind: type, **more: object) -> PairReader:
    kind(_config(**more)).save_pretrained(folder / name)
    BertTokenizerFast.from_pretrained(folder / "words", model_max_length=64).save_pretrained(folder / name)
    return load_pair_reader(str(folder / name), threads=1)


def _said(reader: PairReader) -> dict[str, object]:
    return {
        "identity": reader.identity,
        "readings": reader.read(QUESTION, PASSAGES),
        "alone": [reader.read(QUESTION, [passage])[0] for passage in PASSAGES],
        "pairs": reader.read_pairs([(QUESTION, passage) for passage in PASSAGES]),
        "none": reader.read(QUESTION, []),
        "led": reader.read(QUESTION, PASSAGES, [LEAD] * len(PASSAGES)),
    }


def _refused(folder: Path) -> dict[str, str]:
    _config(num_labels=5)
    BertForSequenceClassification(_config(num_labels=5)).save_pretrained(folder / "moods")
    BertTokenizerFast.from_pretrained(folder / "words").save_pretrained(folder / "moods")
    said = {}
    for name in ("moods", "nowhere"):
        try:
            load_pair_reader(str(folder / name), threads=1)
        except ModelError as error:
            said[name] = str(error)
    return said


if __name__ == "__main__":
    main(Path(sys.argv[1]))
