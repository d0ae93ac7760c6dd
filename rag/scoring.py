"""From hits to scored candidates: the part of reading that calibration fits and reading applies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.answer_types import QUANTITIES
from rag.candidates import Candidate, candidates
from rag.features import FEATURES, Seen, features, see
from rag.judges import Judge, answer_span, were_read
from rag.ports import Embedder
from rag.question import Asked
from rag.terms import share
from rag.types import Hit

PROMISING = 40  # candidates that are looked at closely, out of some 130 in 20 hits
KEPT = 8  # the best candidates before any is embedded, which takes some 40 to 60 ms for so many on two free cores
FAR = 4.0  # rank by which a candidate stands out as far as counts
ALONE = 0.4  # how far a sentence stands out that has no other beside it: about the mean of those that have
WITHOUT_QUANTITY = 0.3  # of the probability of a sentence that lacks the wanted figure or date
_LACKS_KIND = FEATURES.index("lacks_kind")
_COSINE = FEATURES.index("cosine")


@dataclass(frozen=True, slots=True)
class Scored:
    """`rank` orders the candidates of one question: its exponential is proportional to the odds that this one answers.
    `probability` compares across questions.
    """

    candidate: Candidate
    values: tuple[float, ...]
    rank: float
    probability: float


def score(asked: Asked, hits: Sequence[Hit], embedder: Embedder | None, judge: Judge, kept: int = KEPT) -> list[Scored]:
    """The `kept` best candidates in falling order of rank; all of them without an embedder.

    Where a model read the hits, a candidate's cosine is its passage's, which retrieval measured: to embed the sentences
    tells nothing that the model has not told (on news 64.0 % are right without, 63.2 % with it).
    """
    best_fused = max((hit.scores.fused for hit in hits), default=0.0)
    seen = {id(hit): see(hit) for hit in hits}
    read = were_read(hits)
    rows = [
        (each, features(asked, each, seen[id(each.hit)], (each.hit.scores.dense or 0.0) if read else 0.0, best_fused))
        for each in promising(asked, candidates(hits), seen, best_fused)
    ]
    rows.sort(key=lambda row: -judge.rank(*row))
    if embedder is not None:
        rows = rows[:kept] if read else _with_cosines(asked, rows[:kept], embedder)
    ranks = [judge.rank(*row) for row in rows]
    out = stands_out([candidate for candidate, _ in rows], ranks)
    scored = [
        Scored(c, tuple(v), rank, _probability(asked, c, v, apart, judge))
        for (c, v), rank, apart in zip(rows, ranks, out, strict=True)
    ]
    return sorted(scored, key=lambda one: -one.rank)


def stands_out(found: Sequence[Candidate], ranks: Sequence[float]) -> list[float]:
    """By how much each candidate outranks the best of its passage that does not overlap it, 0 to 1."""
    of_hit: dict[int, list[int]] = {}
    for n, one in enumerate(found):
        of_hit.setdefault(id(one.hit), []).append(n)
    return [_apart(n, of_hit[id(one.hit)], found, ranks) for n, one in enumerate(found)]


def _apart(n: int, passage: Sequence[int], found: Sequence[Candidate], ranks: Sequence[float]) -> float:
    one = found[n]
    others = [ranks[m] for m in passage if found[m].first > one.last or found[m].last < one.first]
    return min(1.0, max(0.0, ranks[n] - max(others)) / FAR) if others else ALONE


def _probability(asked: Asked, one: Candidate, values: Sequence[float], apart: float, judge: Judge) -> float:
    """A sentence without any figure or date can't answer "how much", "how many" or "when", however near it is."""
    probability = judge.probability(one, values, apart)
    return WITHOUT_QUANTITY * probability if asked.wanted in QUANTITIES and values[_LACKS_KIND] else probability


def promising(
    asked: Asked, found: Sequence[Candidate], seen: Mapping[int, Seen], best_fused: float, keep: int = PROMISING
) -> list[Candidate]:
    """The candidates with most of the question's words in or next to them, or with an answer span, in good hits."""

    def promise(one: Candidate) -> float:
        standing = one.hit.scores.fused / best_fused if best_fused > 0 else 0.0
        spanned = 1.0 if answer_span(one) else 0.0
        return share(asked.terms, seen[id(one.hit)].near[one.last]) + standing + spanned

    return sorted(found, key=promise, reverse=True)[:keep]


def _with_cosines(
    asked: Asked, rows: list[tuple[Candidate, list[float]]], embedder: Embedder
) -> list[tuple[Candidate, list[float]]]:
    if not rows:
        return rows
    vectors = embedder.embed([asked.text, *(candidate.text for candidate, _ in rows)])
    cosines = vectors[1:] @ vectors[0]
    for (_, values), cosine in zip(rows, cosines, strict=True):
        values[_COSINE] = float(cosine)
    return rows
