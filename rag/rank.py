"""How well passages fit a question: a weighted sum of a few signals, each between 0 and 1. Pure.

On news BM25 is ahead of a small dense model, so its score leads and the others correct it. The weights are rounded, and
were chosen by hand with both halves of the questions that `evals/bench/fusion.py` reads and a second collection in
view: none of these is a clean test of them. That script prints the table of what was tried.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rag.types import Scores

# By signal; each is between 0 and 1.
WEIGHTS = {
    "bm25": 1.0,  # of the best candidate's score: keeps the distances that reciprocal ranks throw away
    "dense": 0.4,  # cosine, from the least candidate's to the best's: finds other words for the same thing
    "title": 0.3,  # share of the question in the article's title: what the article is about
    "lead": 0.1,  # the first passage of an article: news says first what matters most
    "window": 0.4,  # share of the question within WINDOW_WORDS: words that belong together stand together
    "pairs": 0.3,  # share of the question's neighbouring words that are neighbours here: names and set phrases
}
WINDOW_WORDS = 30  # about one sentence


@dataclass(frozen=True, slots=True)
class Terms:
    """The question's analysed words and what each tells: its inverse passage frequency.

    `pairs` are its neighbouring words, each pair with the lesser idf of the two; `total` is the sum of all idf.
    """

    idf: Mapping[str, float]
    pairs: Mapping[tuple[str, str], float]
    total: float

    @classmethod
    def of(cls, words: Sequence[str], frequency: Mapping[str, int], passages: int) -> Terms:
        """`words` in the question's order; `frequency` is in how many of the `passages` each occurs."""
        idf = {w: math.log(1 + (passages - n + 0.5) / (n + 0.5)) for w, n in frequency.items()}
        lesser = {(one, next_): min(idf[one], idf[next_]) for one, next_ in pairwise(words)}
        return cls(idf, lesser, sum(idf.values()))


@dataclass(frozen=True, slots=True)
class Candidate:
    """What ranking knows of a passage. `title` and `body` are analysed words like the question's."""

    bm25: float
    dense: float
    ordinal: int
    title: Sequence[str]
    body: Sequence[str]


def rank(terms: Terms, candidates: Sequence[Candidate]) -> list[Scores]:
    """The scores of each candidate, in the order given; `fused` ranks. Only scores of one call can be compared."""
    if not candidates:
        return []
    parts = {name: WEIGHTS[name] * signal for name, signal in signals(terms, candidates).items()}
    fused = np.sum(list(parts.values()), axis=0)
    return [
        Scores(float(fused[n]), c.bm25, c.dense, {name: float(part[n]) for name, part in parts.items()})
        for n, c in enumerate(candidates)
    ]


def promising(bm25: Mapping[int, float], dense: Mapping[int, float], most: int) -> list[int]:
    """The `most` passages that score best by these two signals alone; the other signals cost a look at their text."""
    ids = list(bm25)
    by_words = _of_best(np.array([bm25[i] for i in ids]))
    by_vector = _of_range(np.array([dense.get(i, 0.0) for i in ids]))
    order = np.argsort(-(WEIGHTS["bm25"] * by_words + WEIGHTS["dense"] * by_vector), kind="stable")
    return [ids[n] for n in order[:most]]


def signals(terms: Terms, candidates: Sequence[Candidate]) -> dict[str, NDArray[np.float64]]:
    """Each signal of WEIGHTS for each candidate, between 0 and 1."""
    places = [_places(terms, c.body) for c in candidates]
    return {
        "bm25": _of_best(np.array([c.bm25 for c in candidates])),
        "dense": _of_range(np.array([c.dense for c in candidates])),
        "title": np.array([coverage(terms, c.title) for c in candidates]),
        "lead": np.array([float(c.ordinal == 0) for c in candidates]),
        "window": np.array([_window(terms, found) for found in places]),
        "pairs": np.array([_pairs(terms, found) for found in places]),
    }


def coverage(terms: Terms, words: Sequence[str]) -> float:
    """The share of the question, weighed by idf, that is among `words`."""
    return sum(terms.idf[word] for word in terms.idf.keys() & words) / terms.total if terms.total else 0.0


def window(terms: Terms, words: Sequence[str]) -> float:
    """The largest share of the question, weighed by idf, within WINDOW_WORDS words."""
    return _window(terms, _places(terms, words))


def pairs(terms: Terms, words: Sequence[str]) -> float:
    """The share of the question's pairs of neighbouring words, weighed by the lesser idf, that are neighbours here."""
    return _pairs(terms, _places(terms, words))


Places = list[tuple[int, str]]
"""Where the question's words stand in a passage, counted in words."""


def _places(terms: Terms, words: Sequence[str]) -> Places:
    return [(at, word) for at, word in enumerate(words) if word in terms.idf]


def _window(terms: Terms, places: Places) -> float:
    inside: dict[str, int] = {}
    best = found = 0.0
    first = 0
    for at, word in places:
        inside[word] = inside.get(word, 0) + 1
        found += terms.idf[word] if inside[word] == 1 else 0.0
        while places[first][0] <= at - WINDOW_WORDS:
            left = places[first][1]
            inside[left] -= 1
            found -= terms.idf[left] if not inside[left] else 0.0
            first += 1
        best = max(best, found)
    return best / terms.total if terms.total else 0.0


def _pairs(terms: Terms, places: Places) -> float:
    present = {(one, next_) for (at, one), (then, next_) in pairwise(places) if then == at + 1}
    total = sum(terms.pairs.values())
    return sum(terms.pairs[pair] for pair in present & terms.pairs.keys()) / total if total else 0.0


def _of_best(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    best = scores.max(initial=0.0)
    return scores / best if best > 0 else np.zeros_like(scores)


def _of_range(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    least, best = scores.min(initial=np.inf), scores.max(initial=-np.inf)
    return (scores - least) / (best - least) if best > least else np.zeros_like(scores)
