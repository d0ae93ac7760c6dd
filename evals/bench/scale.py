"""How an archive serves as it grows: `python -m evals.bench.scale --data DIR --folder FOLDER --out scale.json`.

Over the levels that `evals.bench.growth` left in FOLDER; draws the pictures of `docs/scale.md` beside the figures.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import numpy as np
import psutil
import typer
from numpy.typing import NDArray

from evals.bench.growth import FIGURES
from evals.bench.picture import Axis, lined
from evals.bench.realtimeqa import read_questions
from evals.bench.service import Call, ask, get, search, served, timed
from evals.report.svg import Point
from evals.runs.fingerprint import surroundings
from rag.archive import Archive
from rag.settings import load_settings
from rag.wiring import embedder_of

_SEARCHES, _ASKS, _RECALLED = 300, 40, 200
_STARTS = 3
# Of archives whose days lie in ten years: about 1 %, 10 % and half of their passages.
RANGES = {
    "a month": ("2018-03-01", "2018-03-31"),
    "a year": ("2018-01-01", "2018-12-31"),
    "5 years": ("2016-01-01", "2020-12-31"),
}
_MS = Axis("ms", 1, 10_000, (1, 10, 100, 1_000, 10_000), logarithmic=True)


def main(
    data: Annotated[Path, typer.Option(help="A folder with questions in RealTimeQA's format.")],
    folder: Annotated[Path, typer.Option(help="Where `evals.bench.growth` left its levels.")],
    out: Annotated[Path, typer.Option(help="Where the JSON goes; pictures go beside it.")] = Path("scale.json"),
    most: Annotated[int, typer.Option(help="The highest level to measure.")] = 10**9,
) -> None:
    """Measure every level that is there, write, draw."""
    out.parent.mkdir(parents=True, exist_ok=True)
    questions = [one.text for one in read_questions(data)]
    grown = json.loads((folder / FIGURES).read_text(encoding="utf-8"))
    told: dict[str, Any] = {**surroundings(), "likeness": grown.pop("0"), "levels": {}}
    for level, figures in sorted(grown.items(), key=lambda one: int(one[0])):
        archive = folder / f"level-{level}"
        if archive.exists() and int(level) <= most:
            told["levels"][level] = {**figures, **_served(archive, questions), **_recall(archive, questions)}
            print(level, json.dumps(told["levels"][level]), flush=True)
            out.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    draw(told["levels"], out.resolve().parent)


def _served(archive: Path, questions: Sequence[str]) -> dict[str, Any]:
    """Of the service, for one client at a time: start, times in ms, and memory in MB at the end."""
    starts = sorted(_start_s(archive) for _ in range(_STARTS))
    figures: dict[str, Any] = {"start_s": round(starts[1], 2)}
    with served(archive) as (port, pid):
        timed(port, ask, questions[-10:], 1)
        figures |= _times("search", port, search, questions[:_SEARCHES])
        for name, (first, last) in RANGES.items():
            within = _search_within(published_from=first, published_to=last)
            figures |= _times(f"search {name}", port, within, questions[:_SEARCHES])
        figures |= _times("ask", port, ask, questions[:_ASKS])
        figures["serving_mb"] = round(psutil.Process(pid).memory_info().rss / 1e6)
    return figures


def _start_s(archive: Path) -> float:
    started = time.perf_counter()
    with served(archive) as (port, _):
        get(http.client.HTTPConnection("127.0.0.1", port, timeout=60), "/readyz")
        return time.perf_counter() - started


def _search_within(**limits: str) -> Call:
    def within(connection: http.client.HTTPConnection, question: str) -> None:
        get(connection, "/v1/search?" + urlencode({"k": "10", "q": question, **limits}))

    return within


def _times(what: str, port: int, call: Call, questions: Sequence[str]) -> dict[str, float]:
    _, ms = timed(port, call, questions, 1)
    return {f"{what} p50": round(ms[len(ms) // 2], 1), f"{what} p95": round(ms[int(len(ms) * 0.95)], 1)}


def _recall(archive: Path, questions: Sequence[str]) -> dict[str, float]:
    """The share of the ten nearest passages that Chroma finds, the whole ledger compared exactly beside it."""
    settings = load_settings(data_dir=archive)
    vectors = embedder_of(settings).embed(questions[:_RECALLED])
    opened = Archive(settings)
    try:
        with opened.view() as view:
            ids, matrix = view.ledger.vectors_from(1)
            shares = [
                len(set(_nearest(ids, matrix, vector, 10)) & {i for i, _ in view.dense.search(vector, 10)}) / 10
                for vector in vectors
            ]
    finally:
        opened.close()
    return {"recall@10": round(float(np.mean(shares)), 4)}


def _nearest(ids: NDArray[np.int64], matrix: NDArray[np.float16], vector: NDArray[np.float32], k: int) -> list[int]:
    scores = np.concatenate([part.astype(np.float32) @ vector for part in _parts(matrix)])
    return [int(i) for i in ids[np.argpartition(-scores, k)[:k]]]


def _parts(matrix: NDArray[np.float16]) -> Iterator[NDArray[np.float16]]:
    for first in range(0, len(matrix), 4_096):
        yield matrix[first : first + 4_096]


def draw(levels: Mapping[str, Mapping[str, Any]], folder: Path) -> None:
    """The pictures: times, sizes, and what an ingest takes, each over the number of passages."""
    rows = list(levels.values())
    x = Axis(
        "passages",
        rows[0]["passages"],
        rows[-1]["passages"] * 1.05,
        [int(one) for one in levels][::2],
        logarithmic=True,
    )

    def of(figure: Callable[[Mapping[str, Any]], float]) -> list[Point]:
        return [(row["passages"], figure(row)) for row in rows]

    times = {name: of(lambda row, key=f"{name} p95": row[key]) for name in ("ask", "search", "search a year")}  # type: ignore[misc]
    sizes = {
        "memory of the service": of(lambda row: row["serving_mb"]),
        "ledger": of(lambda row: row["ledger_mb"]),
        "Chroma": of(lambda row: row["chroma_mb"]),
        "keyword index": of(lambda row: row["keyword_index_mb"]),
    }
    takes = {
        "all but embedding": of(lambda row: row["cpu_seconds"] / row["added"] * 1e3),
        "Chroma": of(lambda row: row["chroma_s"] / row["added"] * 1e3),
        "keyword index": of(lambda row: row["keywords_s"] / row["added"] * 1e3),
    }
    mb = Axis("MB", 0.1, 10_000, (1, 10, 100, 1_000, 10_000), logarithmic=True)
    most = max(y for _, y in takes["all but embedding"]) * 1.1
    ms = Axis("ms of processor time a passage", 0, most, [most * part for part in (0, 0.5, 1)], ".1f")
    for name, lines, y in (("times", times, _MS), ("sizes", sizes, mb), ("ingest", takes, ms)):
        (folder / f"scale-{name}.svg").write_text(lined(lines, x, y), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
