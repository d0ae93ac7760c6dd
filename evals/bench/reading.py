"""The reader on real news questions, answerable and made unanswerable.

A question is made unanswerable by hiding every article that contains one of its gold strings, its own articles among
them: what is left can't answer it. Questions of even and odd number are told apart: the reader was developed looking at
the even ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from scipy.stats import mannwhitneyu

from evals.bench.realtimeqa import Question, articles_file, contains, read_articles, short_scores
from evals.bench.rows import Row
from evals.bench.sections import Bench
from rag.chain import READ
from rag.ingest.identity import canonical_url
from rag.parts import Rerank
from rag.pipeline import Byline
from rag.read import Reader
from rag.rerank import AMPLE
from rag.settings import load_settings
from rag.types import Hit, Query, Reading
from rag.wiring import depth_of, embedder_of, open_byline, pair_readers_of, reranker_of

TARGET = 0.60  # of the questions whose chosen sentences contain a gold string
DEEP = 100  # hits to take what is left from, once the articles with the gold string are hidden


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question read three ways: `forced` never abstains, `hidden` lacks every article with the gold string."""

    question: Question
    forced: Reading
    usual: Reading
    hidden: Reading
    ms: float

    @property
    def right(self) -> bool:
        return _says(self.forced, self.question)

    @property
    def short(self) -> tuple[float, float]:
        """Exact match and F1 of the short answer; of the quote where there is none."""
        if not self.forced.evidence:
            return 0.0, 0.0
        best = self.forced.evidence[0]
        return short_scores(self.question, best.short_answer or best.quote)


def reading(bench: Bench) -> list[Row]:
    """Whether the chosen sentences contain a gold string, and how well the reader tells when to abstain."""
    settings = load_settings(data_dir=bench.archive)
    with open_byline(settings) as library:
        embedder, depth = embedder_of(settings), depth_of(settings)
        rerank = reranker_of(settings, pair_readers_of(settings), AMPLE)
        outcomes = _outcomes(library, rerank, Reader(embedder, 0.0, depth=depth), Reader(embedder, depth=depth), bench)
    if not outcomes:
        return []
    count, right = f"{len(outcomes)} questions", _share(outcomes, lambda o: o.right)
    halves = f"even {_share(outcomes[::2], lambda o: o.right):.3f}, odd {_share(outcomes[1::2], lambda o: o.right):.3f}"
    exact, f1 = np.mean([o.short for o in outcomes], axis=0)
    apart = auroc([o.usual.confidence for o in outcomes], [o.hidden.confidence for o in outcomes])
    answered = [o for o in outcomes if o.usual.evidence]
    ms = np.percentile([o.ms for o in outcomes], (50, 95))
    return [
        Row("chosen sentences contain the gold string", f"{right:.3f}", halves, f"≥ {TARGET:.2f}", right >= TARGET),
        Row("short answer, exact match", f"{exact:.3f}", count, "≥ 0.42", bool(exact >= 0.42)),
        Row("short answer, F1", f"{f1:.3f}", count, "≥ 0.50", bool(f1 >= 0.50)),
        Row("confidence with its articles against without, AUROC", f"{apart:.3f}", "", "≥ 0.75", apart >= 0.75),
        Row("answered, of the answerable", f"{len(answered) / len(outcomes):.3f}"),
        Row("  of these, right", f"{_share(answered, lambda o: _says(o.usual, o.question)):.3f}"),
        Row("  of these, said to conflict", f"{_share(answered, lambda o: o.usual.conflict):.3f}"),
        Row("answered though its articles are hidden", f"{_share(outcomes, lambda o: bool(o.hidden.evidence)):.3f}"),
        Row("reading", f"p50 {ms[0]:.0f} ms, p95 {ms[1]:.0f} ms"),
    ]


def auroc(present: Sequence[float], absent: Sequence[float]) -> float:
    """The chance that one of `present` is above one of `absent`, ties counting half (Hanley and McNeil 1982)."""
    return float(mannwhitneyu(present, absent).statistic / (len(present) * len(absent)))


def _outcomes(library: Byline, rerank: Rerank, forced: Reader, usual: Reader, bench: Bench) -> list[Outcome]:
    texts = [(canonical_url(row["url"]), row["text"]) for row in read_articles(articles_file(bench.data))]
    outcomes = []
    for question in bench.questions():
        found = library.search(Query(question.text, k=DEEP), rerank=False)
        hits = [hit for hit in found if hit.left_out is None]
        holding = {url for url, text in texts if contains(text, question.gold)}
        started = time.perf_counter()
        read = rerank(question.text, hits[:READ])
        best = forced.read(question.text, read)
        ms = (time.perf_counter() - started) * 1e3
        without = rerank(question.text, [hit for hit in hits if not _is_of(hit, holding)][:READ])
        hidden = usual.read(question.text, without)
        outcomes.append(Outcome(question, best, usual.read(question.text, read), hidden, ms))
    return outcomes


def _is_of(hit: Hit, urls: AbstractSet[str | None]) -> bool:
    return hit.article.url is not None and canonical_url(hit.article.url) in urls


def _says(reading: Reading, question: Question) -> bool:
    return contains(" ".join(one.quote for one in reading.evidence), question.gold)


def _share(outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]) -> float:
    return sum(map(holds, outcomes)) / max(1, len(outcomes))
