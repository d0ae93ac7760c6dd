"""Makes a tiny random sentence encoder, and what sentence-transformers and our embedder over it make of a few texts.

`python -m tests.rag.tiny_model FOLDER`; in one child process, for torch takes seconds to import and stays in memory.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import BertConfig, BertModel, BertTokenizerFast

from rag.embed import load_embedder
from rag.errors import ModelError

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "ferry", "storm", "harbour", "a", "was", "late", "."]
TEXTS = ["the ferry was late.", "a storm", "", "the harbour the storm the ferry a harbour was late . . ."]
SHAPE = {"layers": 2, "heads": 2, "hidden": 32, "max_tokens": 64}


def main(folder: Path) -> None:
    model = _make(folder)
    np.save(folder / "vectors.npy", model.encode(TEXTS))
    ours = load_embedder(str(folder / "model"), folder / "unused", threads=1)
    np.save(folder / "ours.npy", ours.embed(TEXTS))
    np.save(folder / "none.npy", ours.embed([]))
    made = {"texts": TEXTS, "shape": SHAPE, "identity": ours.identity, "dimensions": ours.dimensions}
    (folder / "made.json").write_text(json.dumps({**made, "missing": _missing(folder)}), encoding="utf-8")


def _make(folder: Path) -> SentenceTransformer:
    torch.manual_seed(7)
    parts = folder / "parts"
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=SHAPE["hidden"],
        num_hidden_layers=SHAPE["layers"],
        num_attention_heads=SHAPE["heads"],
        intermediate_size=64,
        max_position_embeddings=SHAPE["max_tokens"],
        initializer_range=0.5,
        layer_norm_eps=1e-12,
    )
    BertModel(config).save_pretrained(parts)
    BertTokenizerFast(vocab={word: n for n, word in enumerate(WORDS)}).save_pretrained(parts)
    model = SentenceTransformer(modules=[Transformer(str(parts)), Pooling(SHAPE["hidden"]), Normalize()], device="cpu")
    model.save(str(folder / "model"))
    return model


def _missing(folder: Path) -> str:
    try:
        load_embedder(str(folder / "nowhere"), folder / "unused", threads=1)
    except ModelError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
