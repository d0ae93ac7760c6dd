"""How well passages fit a question: a weighted sum of a few signals, each between 0 and 1. Pure.

On news BM25 is ahead of a small dense model, so its score leads and the others correct it. The weights are rounded, and
were chosen by hand with both halves of the questions that `evals/bench/fusion.py` reads and a second collection in
view: none of these is a clean test of them. That script prints the table of what was tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.occurrences import Keys, Occurrences, Terms
from rag.types import Scores

# By signal; each is between 0 and 1.
WEIGHTS = {
    "bm25": 1.0,  # of the best candidate's score: keeps the distances that reciprocal ranks throw away
    "dense": 0.6,  # cosine, from the least candidate's to the best's: finds other words for the same thing
    "title": 0.3,  # share of the question in the article's title: what the article is about
    "lead": 0.15,  # the first passage of an article: news says first what matters most
    "window": 0.4,  # share of the question within a sentence's length: words that belong together stand together
    "pairs": 0.3,  # share of the question's neighbouring words that are neighbours here: names and set phrases
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """What ranking knows of a passage: its cosine to the question, its place in the article, and the keys of the words
    of the article's title and of its own."""

    dense: float
    ordinal: int
    title: Keys
    body: Keys


def rank(terms: Terms, candidates: Sequence[Candidate]) -> list[Scores]:
    """The scores of each candidate, in the order given; `fused` ranks. Only scores of one call can be compared."""
    if not candidates:
        return []
    body = Occurrences.of(terms, [c.body for c in candidates])
    bm25 = body.bm25([len(c.body) for c in candidates])
    parts = {name: WEIGHTS[name] * signal for name, signal in signals(terms, candidates, body, bm25).items()}
    fused = np.sum(list(parts.values()), axis=0).tolist()
    columns = zip(*(part.tolist() for part in parts.values()), strict=True)
    rows = zip(fused, bm25.tolist(), candidates, columns, strict=True)
    return [Scores(total, words, c.dense, dict(zip(parts, row, strict=True))) for total, words, c, row in rows]


def signals(
    terms: Terms, candidates: Sequence[Candidate], body: Occurrences, bm25: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Each signal of WEIGHTS for each candidate, between 0 and 1."""
    return {
        "bm25": _of_best(bm25),
        "dense": _of_range(np.array([c.dense for c in candidates])),
        "title": Occurrences.of(terms, [c.title for c in candidates]).coverage(),
        "lead": np.array([float(c.ordinal == 0) for c in candidates]),
        "window": body.window(),
        "pairs": body.pairs(),
    }


def _of_best(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    best = scores.max(initial=0.0)
    return scores / best if best > 0 else np.zeros_like(scores)


def _of_range(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    least, best = scores.min(initial=np.inf), scores.max(initial=-np.inf)
    return (scores - least) / (best - least) if best > least else np.zeros_like(scores)
