"""How many passages the reader model should read: quality against time, as a table and a picture."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.bench.realtimeqa import Question
from evals.bench.retrieval import first_hit
from evals.bench.rows import Row
from evals.bench.sections import Bench
from evals.report.svg import curve
from rag.rerank import Reranker
from rag.settings import load_settings
from rag.types import Hit, Query
from rag.wiring import open_byline, pair_reader_of

COUNTS = (0, 4, 8, 16, 24, 32, 48)
PICTURE = "read-passages.svg"
_TIMED = 60  # questions that are timed: the median settles long before
_WIDE, _HIGH, _LEFT, _BELOW = 480.0, 240.0, 48.0, 40.0


@dataclass(frozen=True, slots=True)
class Point:
    """`read` passages: hit@1, hit@5 and the median milliseconds that reading and ordering takes."""

    read: int
    first: float
    fifth: float
    ms: float


def read_passages(bench: Bench) -> list[Row]:
    settings = load_settings(data_dir=bench.archive)
    model = pair_reader_of(settings)
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
    shapes = [_axes(slowest, low, high)]
    for name, values in (("hit@1", [one.first for one in points]), ("hit@5", [one.fifth for one in points])):
        places = [(one.ms / slowest, (value - low) / (high - low)) for one, value in zip(points, values, strict=True)]
        shapes.append(f'<polyline points="{curve(places, _WIDE, _HIGH)}" fill="none" stroke="#246" stroke-width="2"/>')
        shapes += [_mark(x, y, str(one.read)) for (x, y), one in zip(places, points, strict=True)]
        shapes.append(_text(places[-1][0] * _WIDE - 8, _HIGH - places[-1][1] * _HIGH - 12, name, "end"))
    body = "".join(shapes)
    size = f"{_WIDE + 2 * _LEFT:.0f} {_HIGH + 2 * _BELOW:.0f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" font-family="sans-serif" font-size="11">'
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<g transform="translate({_LEFT:.0f},{_BELOW / 2:.0f})">{body}</g></svg>\n'
    )


def _axes(slowest: float, low: float, high: float) -> str:
    lines = f'<path d="M0 0V{_HIGH:.0f}H{_WIDE:.0f}" fill="none" stroke="#888"/>'
    ticks = [_text(-6, _HIGH - share * _HIGH + 4, f"{low + share * (high - low):.2f}", "end") for share in (0, 0.5, 1)]
    ticks += [_text(share * _WIDE, _HIGH + 16, f"{share * slowest:.0f} ms", "middle") for share in (0, 0.5, 1)]
    return lines + "".join(ticks)


def _mark(x: float, y: float, label: str) -> str:
    at, up = x * _WIDE, _HIGH - y * _HIGH
    return f'<circle cx="{at:.1f}" cy="{up:.1f}" r="3" fill="#246"/>' + _text(at, up + 15, label, "middle")


def _text(x: float, y: float, what: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#333">{what}</text>'
