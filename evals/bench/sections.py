"""The benchmark's sections. Each runs real commands or the library over a real archive and gives rows."""

from __future__ import annotations

import gzip
import json
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from evals.bench.child import Run, run
from evals.bench.realtimeqa import Question, articles_file, read_articles, read_questions
from evals.bench.rows import Row
from rag.exits import SOME_REJECTED
from rag.pipeline import Byline
from rag.settings import load_settings
from rag.types import Query
from rag.wiring import embedder_of, open_byline

SEED_QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"
_TURNS = 5
_EMBEDDED_ALONE = 1_500  # passages: enough to tell the rate within some percent


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the test data are, how many articles to take (0 for all), and folders to work in and to draw into."""

    data: Path
    articles: int
    folder: Path
    pictures: Path

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    @property
    def sample(self) -> Path:
        return self.folder / "articles.jsonl.gz"

    def questions(self) -> list[Question]:
        return read_questions(self.data, self.articles)


def byline(*arguments: str, data_dir: Path) -> Run:
    # Among thousands of real articles some are rejected.
    return run([sys.executable, "-m", "rag.cli", *arguments, "--data-dir", str(data_dir)], fine=(0, SOME_REJECTED))


def embedding(bench: Bench) -> list[Row]:
    """int8 against sentence-transformers, the same texts in the same process."""
    told = run([sys.executable, "-m", "evals.bench.embedding", str(articles_file(bench.data))])
    figures = json.loads(told.output)
    return [
        Row(
            "embedding, passages/s",
            f"{figures['ours_per_s']:.0f}",
            f"{figures['theirs_per_s']:.0f} sentence-transformers",
            "≥ 3.5 ×",
            figures["ratio"] >= 3.5,
        ),
        Row("  the ratio; mean cosine to the original", f"{figures['ratio']:.2f} ×; {figures['mean_cosine']:.4f}"),
    ]


def ingest(bench: Bench) -> list[Row]:
    """A whole ingest against embedding the same passages alone, then the same ingest again."""
    write_sample(bench)
    first = byline("ingest", str(bench.sample), data_dir=bench.archive)
    again = byline("ingest", str(bench.sample), data_dir=bench.archive)
    idle = byline("articles", "list", "--limit", "1", data_dir=bench.archive)
    passages, articles = _counts(bench.archive)
    alone = _embedding_rate(bench)
    rate = passages / first.seconds
    share = rate / alone
    again_rate = articles / max(1e-9, again.seconds - idle.seconds)
    return [
        Row("ingest, passages/s", f"{rate:.0f}", f"{alone:.0f} embedding alone", "≥ 85 %", share >= 0.85),
        Row("  share; peak memory", f"{share:.0%}; {first.peak_mb:.0f} MB", "", "≤ 1,500 MB", first.peak_mb <= 1500),
        Row(
            "  articles; passages",
            f"{articles:,}; {passages:,}",
            f"{first.seconds:.0f} s, {first.cpu_seconds:.0f} s of processor time",
        ),
        Row(
            "ingest again, articles/s",
            f"{again_rate:,.0f}",
            f"{again.seconds:.1f} s in all",
            "≥ 1,500",
            again_rate >= 1500,
        ),
    ]


def cold(bench: Bench) -> list[Row]:
    """`byline ask` as a new process over the shipped articles."""
    folder = bench.folder / "seeds"
    byline("ingest", "corpus", data_dir=folder)
    runs = [byline("ask", SEED_QUESTION, data_dir=folder) for _ in range(_TURNS)]
    seconds, peak = statistics.median(r.seconds for r in runs), max(r.peak_mb for r in runs)
    return [
        Row("ask from a cold process", f"{seconds:.2f} s", f"{_TURNS} turns, median", "≤ 2.5 s", seconds <= 2.5),
        Row("  peak memory", f"{peak:.0f} MB", "", "≤ 400 MB", peak <= 400),
    ]


def latency(bench: Bench) -> list[Row]:
    """Retrieval in a warm process, Chroma open, with and without a date range of a month."""
    questions = bench.questions()
    with open_byline(load_settings(data_dir=bench.archive)) as library:
        for question in questions[:20]:
            library.search(month(question), rerank=False)
        free = _search_ms(library, [Query(q.text) for q in questions])
        ranged = _search_ms(library, [month(q) for q in questions])
        asked = _ask_ms(library, questions)
    return [
        percentiles("search, warm", free, 12, 25),
        percentiles("search with a date range, warm", ranged, None, 40),
        percentiles("ask, warm", asked, None, 500),
    ]


def write_sample(bench: Bench) -> None:
    bench.folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(bench.sample, "wt", encoding="utf-8", compresslevel=1) as out:
        for row in read_articles(articles_file(bench.data), bench.articles):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def passages_of(archive: Path) -> int:
    """Searched passages."""
    return _counts(archive)[0]


def _counts(archive: Path) -> tuple[int, int]:
    """Searched passages, and articles."""
    with open_byline(load_settings(data_dir=archive)) as library:
        counts = library.counts()
    return counts["passages"], counts["articles"]


def _embedding_rate(bench: Bench) -> float:
    settings = load_settings(data_dir=bench.archive)
    texts = _stored_texts(bench)
    embedder = embedder_of(settings)
    embedder.embed(texts[:64])
    started = time.perf_counter()
    embedder.embed(texts)
    return len(texts) / (time.perf_counter() - started)


def _stored_texts(bench: Bench) -> list[str]:
    """Passages as they were embedded, spread over the archive."""
    from rag.archive import Archive
    from rag.chunk import embedded_text

    archive = Archive(load_settings(data_dir=bench.archive), chroma_from=10**9)
    with archive.view() as view:
        ids = view.ledger.passage_ids()
        step = max(1, len(ids) // _EMBEDDED_ALONE)
        stored = view.ledger.passages(ids[::step].tolist()).values()
        texts = [embedded_text(p.article.title, p.text) for p in stored]
    archive.close()
    return texts


def month(question: Question) -> Query:
    """A range of a month around the day that the question was asked."""
    day = date.fromisoformat(question.asked)
    return Query(question.text, published_from=day.replace(day=1), published_to=day.replace(day=28))


def _search_ms(library: Byline, queries: Sequence[Query]) -> list[float]:
    return [timed(lambda q=query: library.search(q, rerank=False)) for query in queries]


def _ask_ms(library: Byline, questions: Sequence[Question]) -> list[float]:
    return [timed(lambda q=question: library.ask(q.text)) for question in questions]


def timed(call: Any) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1e3


def percentiles(what: str, ms: list[float], p50: float | None, p95: float | None) -> Row:
    ordered = sorted(ms)
    at50, at95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    wanted = ", ".join(f"{name} ≤ {limit:.0f} ms" for name, limit in (("p50", p50), ("p95", p95)) if limit)
    met = (not p50 or at50 <= p50) and (not p95 or at95 <= p95) if wanted else None
    return Row(what, f"p50 {at50:.1f} ms, p95 {at95:.1f} ms", f"{len(ms)} questions", wanted, met)
