"""How many passages the reader model should read: quality against time, as a table and a picture."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.bench.picture import Axis, lined
from evals.bench.realtimeqa import Question
from evals.bench.retrieval import first_hit
from evals.bench.rows import Row
from evals.bench.sections import Bench
from rag.rerank import Reranker
from rag.settings import load_settings
from rag.types import Hit, Query
from rag.wiring import open_byline, pair_readers_of

COUNTS = (0, 4, 8, 16, 24, 32, 48)
PICTURE = "read-passages.svg"
_TIMED = 60  # questions that are timed: the median settles long before


@dataclass(frozen=True, slots=True)
class Point:
    """`read` passages: hit@1, hit@5 and the median milliseconds that reading and ordering takes."""

    read: int
    first: float
    fifth: float
    ms: float


def read_passages(bench: Bench) -> list[Row]:
    settings = load_settings(data_dir=bench.archive)
    model = pair_readers_of(settings)
    if model is None:
        return []
    with open_byline(settings) as library:
        asked = [(q, library.search(Query(q.text, k=max(COUNTS)), rerank=False)) for q in bench.questions()]
    points = [_point(asked, Reranker(model, count) if count else None, count) for count in COUNTS]
    bench.pictures.mkdir(parents=True, exist_ok=True)
    (bench.pictures / PICTURE).write_text(picture(points), encoding="utf-8")
    chosen = settings.read_passages
    return [
        Row(
            f"{one.read} passages read" + (" (the default)" if one.read == chosen else ""),
            f"hit@1 {one.first:.3f}, hit@5 {one.fifth:.3f}",
            f"{one.ms:.0f} ms",
        )
        for one in points
    ]


def _point(asked: Sequence[tuple[Question, list[Hit]]], reranker: Reranker | None, count: int) -> Point:
    ranks: list[int | None] = []
    times: list[float] = []
    for question, hits in asked:
        started = time.perf_counter()
        ordered = reranker(question.text, hits) if reranker else hits
        if len(times) < _TIMED:
            times.append((time.perf_counter() - started) * 1e3)
        ranks.append(first_hit(question, [hit for hit in ordered if hit.left_out is None]))
    first, fifth = (float(np.mean([bool(rank and rank <= k) for rank in ranks])) for k in (1, 5))
    return Point(count, first, fifth, float(np.median(times)) if reranker else 0.0)


def picture(points: Sequence[Point]) -> str:
    """hit@1 and hit@5 over milliseconds, each point marked with how many passages were read."""
    slowest = max(one.ms for one in points) or 1.0
    low = min(one.first for one in points) - 0.05
    high = max(one.fifth for one in points) + 0.05
    lines = {
        "hit@1": [(one.ms, one.first) for one in points],
        "hit@5": [(one.ms, one.fifth) for one in points],
    }
    x = Axis("ms to read and order", 0, slowest, (0, slowest / 2, slowest))
    y = Axis("share of questions", low, high, (low, (low + high) / 2, high), ".2f")
    return lined(lines, x, y, [str(one.read) for one in points])
