"""Ranking against the supporting quotes, computed by ir-measures.

The things to find are the quotes, not passages, so that the figures survive chunking anew. A hit stands for the quotes
that it holds and no better hit held; one that holds none of these, also a second copy, is irrelevant.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from evals.gold import Case
from evals.metrics.base import Metric, Outcome, Unscored, answerable, score
from evals.reply import Found, Reply

_SOURCES = {
    "nDCG@10": "Järvelin and Kekäläinen 2002, Cumulated Gain-Based Evaluation of IR Techniques",
    "R@5": "Recall; Manning, Raghavan and Schütze 2008, Introduction to Information Retrieval, 8.3",
    "R@20": "Recall; Manning, Raghavan and Schütze 2008, Introduction to Information Retrieval, 8.3",
    "RR@10": "Voorhees 1999, The TREC-8 Question Answering Track Report",
    "Success@1": "Hit rate; Karpukhin et al. 2020, Dense Passage Retrieval (top-k accuracy)",
    "Success@5": "Hit rate; Karpukhin et al. 2020, Dense Passage Retrieval (top-k accuracy)",
}
_NAMES = {
    "nDCG@10": ("ndcg_at_10", "nDCG@10"),
    "R@5": ("recall_at_5", "Recall@5"),
    "R@20": ("recall_at_20", "Recall@20"),
    "RR@10": ("mrr_at_10", "MRR@10"),
    "Success@1": ("hit_at_1", "Hit@1"),
    "Success@5": ("hit_at_5", "Hit@5"),
}


def ranking(found: tuple[Found, ...]) -> tuple[str, ...]:
    """Names to rank: `q0`, `q1`… for quotes in the order in which they are found, `h1`… for hits without a new one."""
    return tuple(_named(found))


def _named(found: tuple[Found, ...]) -> Iterator[str]:
    seen: set[int] = set()
    for rank, hit in enumerate(found, start=1):
        new = [quote for quote in hit.covers if quote not in seen]
        seen.update(new)
        yield from [f"q{quote}" for quote in new] or [f"h{rank}"]


@lru_cache(maxsize=20_000)
def measures(ranked: tuple[str, ...], quotes: int) -> dict[str, float]:
    """Every measure of one ranking in which `quotes` quotes were to be found."""
    import ir_measures

    wanted = {"case": {f"q{n}": 1 for n in range(quotes)}}
    given = {"case": {name: float(len(ranked) - place) for place, name in enumerate(ranked)}}
    parsed = [ir_measures.parse_measure(name) for name in _NAMES]
    return {str(one.measure): float(one.value) for one in ir_measures.iter_calc(parsed, wanted, given)}


def _metric(measure: str) -> Metric:
    name, title = _NAMES[measure]

    def observe(case: Case, reply: Reply) -> Outcome:
        if reply.found is None:
            return Unscored("the target shows no ranking")
        if not reply.found:
            return score(0)
        return score(measures(ranking(reply.found), len(case.supporting))[measure])

    return Metric(
        name=name,
        title=title,
        group="retrieval",
        about="Of the supporting quotes, in the ranking of passages.",
        source=_SOURCES[measure],
        observe=observe,
        applies=answerable,
        margin=0.02 if measure in ("nDCG@10", "R@20") else None,
        yes_no=measure.startswith("Success"),
    )


METRICS = tuple(_metric(measure) for measure in _NAMES)
