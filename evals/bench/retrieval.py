"""Retrieval on RealTimeQA, through the library as a user has it."""

from __future__ import annotations

from collections.abc import Sequence

from evals.bench.realtimeqa import Question, contains
from evals.bench.rows import Row
from evals.bench.sections import Bench
from rag.ingest.identity import canonical_url
from rag.pipeline import Byline
from rag.settings import load_settings
from rag.types import Hit, Query
from rag.wiring import open_byline

DEPTHS = (1, 3, 5, 10, 20, 50)
TARGETS = {1: 0.57, 5: 0.77, 20: 0.87}
READ_TARGETS = {1: 0.62, 5: 0.82}
# The better of BM25 alone and all-MiniLM-L6-v2 alone at each depth, over the whole year (same protocol).
PARENTS = {1: 0.546, 3: 0.691, 5: 0.749, 10: 0.822, 20: 0.867, 50: 0.890}
_WHOLE = 5_000  # targets are for the whole year: fewer articles make it easier


def retrieval(bench: Bench) -> list[Row]:
    """hit@k: whether one of the first k passages is of the question's own articles and contains a gold string; as they
    were found, and as the reader model orders them."""
    found, whole = _ranks(bench, rerank=False)
    read, _ = _ranks(bench, rerank=True)
    return [
        *_rows("", _shares(found, DEPTHS), PARENTS, PARENTS | TARGETS, whole),
        Row("MRR@10", f"{_mrr(found):.3f}", f"{len(found)} questions"),
        *_rows(", read", _shares(read, DEPTHS), _shares(found, DEPTHS), READ_TARGETS, whole),
        Row("MRR@10, read", f"{_mrr(read):.3f}"),
    ]


def _rows(
    how: str, shares: dict[int, float], beside: dict[int, float], targets: dict[int, float], whole: bool
) -> list[Row]:
    """Targets are for the whole year."""
    rows = []
    for depth, share in shares.items():
        target = targets.get(depth) if whole else None
        wanted = f"≥ {target:.3f}" if target else ""
        met = share >= target if target else None
        rows.append(Row(f"hit@{depth}{how}", f"{share:.3f}", f"{beside[depth]:.3f}", wanted, met))
    return rows


def _mrr(ranks: Sequence[int | None]) -> float:
    return sum(1 / rank for rank in ranks if rank and rank <= 10) / max(1, len(ranks))


def hit_shares(bench: Bench, depths: Sequence[int]) -> dict[int, float]:
    """hit@k for each depth, as a user has them."""
    return _shares(_ranks(bench, rerank=True)[0], depths)


def _ranks(bench: Bench, *, rerank: bool) -> tuple[list[int | None], bool]:
    """The rank of each question's first hit, and whether the archive holds the whole year."""
    with open_byline(load_settings(data_dir=bench.archive)) as library:
        ranks = [first_hit(question, _used(library, question, rerank)) for question in bench.questions()]
        return ranks, library.counts()["articles"] > _WHOLE * 0.9


def _shares(ranks: Sequence[int | None], depths: Sequence[int]) -> dict[int, float]:
    return {depth: sum(bool(rank and rank <= depth) for rank in ranks) / max(1, len(ranks)) for depth in depths}


def _used(library: Byline, question: Question, rerank: bool) -> Sequence[Hit]:
    hits = library.search(Query(question.text, k=max(DEPTHS)), rerank=rerank)
    return [hit for hit in hits if hit.left_out is None]


def first_hit(question: Question, hits: Sequence[Hit]) -> int | None:
    """The rank of the first passage of the question's own articles that contains a gold string."""
    own = {canonical_url(url) for url in question.urls}
    for rank, hit in enumerate(hits, 1):
        if hit.article.url and canonical_url(hit.article.url) in own and contains(hit.text, question.gold):
            return rank
    return None
