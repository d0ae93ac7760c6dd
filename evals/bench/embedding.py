"""Embedding rate: the bundled model in 8 bits against `SentenceTransformer(...).encode` of the same texts.

`python -m evals.bench.embedding ARTICLES.jsonl.gz`. Both in one process with the same threads, turn about, so that a
busy machine slows both; the best turn of each counts.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embed import bundled_dir, load_embedder
from rag.settings import BUNDLED_MODEL

PASSAGE_CHARS = 800
TEXTS = 400


def passages(articles: Path) -> Iterator[str]:
    """Stretches of about PASSAGE_CHARS characters that end at a word."""
    with gzip.open(articles, "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            start = 0
            while len(text) - start > PASSAGE_CHARS:
                end = text.rfind(" ", start + 1, start + PASSAGE_CHARS)
                end = end if end > start else start + PASSAGE_CHARS
                yield text[start:end]
                start = end


def measure(texts: list[str], models_dir: Path, threads: int = 2, turns: int = 3) -> dict[str, Any]:
    """Passages a second of both, their ratio, and the cosine of one's vectors to the other's."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    theirs = SentenceTransformer(str(bundled_dir()), device="cpu")
    ours = load_embedder(BUNDLED_MODEL, models_dir, threads)
    reference, _ = _timed(lambda: np.asarray(theirs.encode(texts[:32])))
    vectors, _ = _timed(lambda: ours.embed(texts[:32]))
    best = [float("inf")] * 2
    for _ in range(turns):
        reference, took = _timed(lambda: np.asarray(theirs.encode(texts)))
        best[0] = min(best[0], took)
        vectors, took = _timed(lambda: ours.embed(texts))
        best[1] = min(best[1], took)
    cosine = np.sum(reference * vectors, axis=1)
    return {
        "texts": len(texts),
        "threads": threads,
        "theirs_per_s": round(len(texts) / best[0], 1),
        "ours_per_s": round(len(texts) / best[1], 1),
        "ratio": round(best[0] / best[1], 2),
        "mean_cosine": round(float(cosine.mean()), 4),
        "least_cosine": round(float(cosine.min()), 4),
        "identity": ours.identity,
    }


def _timed(embed: Callable[[], NDArray[np.float32]]) -> tuple[NDArray[np.float32], float]:
    started = time.perf_counter()
    vectors = embed()
    return vectors, time.perf_counter() - started


def main(articles: Path) -> dict[str, Any]:
    every = list(passages(articles))
    texts = every[:: max(1, len(every) // TEXTS)][:TEXTS]
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(texts, Path(folder))
    print(json.dumps(measured))
    return measured


if __name__ == "__main__":
    main(Path(sys.argv[1]))
