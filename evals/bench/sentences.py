"""`python -m evals.bench.sentences DATA ARCHIVE`: the reader on RealTimeQA, answerable and made unanswerable.

ARCHIVE is a data folder into which DATA/realtimeqa-2022/articles.jsonl.gz was ingested. A question is made unanswerable
by hiding every article that contains one of its gold strings. Questions of even and odd number are told apart: the
reader was developed looking at the even ones.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from evals.bench.realtimeqa import Question, articles_file, contains, read_articles, read_questions
from rag.ingest.identity import canonical_url
from rag.pipeline import READ, Byline
from rag.read import Reader
from rag.settings import load_settings
from rag.types import Hit, Query, Reading
from rag.wiring import embedder_of, open_byline

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


def main(
    data: Path, archive: Path, first: Annotated[int, typer.Option(help="Only so many questions; 0: all.")] = 0
) -> None:
    """Print the reader's figures as JSON."""
    questions = read_questions(data)[: first or None]
    with open_byline(load_settings(data_dir=archive)) as library:
        embedder = embedder_of(load_settings(data_dir=archive))
        outcomes = _outcomes(library, Reader(embedder, 0.0), Reader(embedder), questions, data)
    halves = {"even": outcomes[::2], "odd": outcomes[1::2], "all": outcomes}
    print(json.dumps({name: figures(half) for name, half in halves.items()}, indent=1))


def figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Shares, but for `questions`, `read_ms_*` and `sentences`, the mean number of pieces of evidence when forced."""
    answered = [o for o in outcomes if o.usual.evidence]
    times = [o.ms for o in outcomes]
    return {
        "questions": len(outcomes),
        "chosen_contain_gold": _mean([o.right for o in outcomes]),
        "first_contains_gold": _mean(
            [contains(o.forced.evidence[0].quote, o.question.gold) for o in outcomes if o.forced.evidence]
        ),
        "short_contains_gold": _mean([contains(_short(o.forced), o.question.gold) for o in outcomes]),
        "sentences": _mean([len(o.forced.evidence) for o in outcomes]),
        "answered": _mean([bool(o.usual.evidence) for o in outcomes]),
        "right_when_answered": _mean([_says(o.usual, o.question) for o in answered]),
        "answered_though_hidden": _mean([bool(o.hidden.evidence) for o in outcomes]),
        "conflict": _mean([o.usual.conflict for o in answered]),
        "read_ms_p50": round(float(np.percentile(times, 50)), 1),
        "read_ms_p95": round(float(np.percentile(times, 95)), 1),
    }


def _outcomes(
    library: Byline, forced: Reader, usual: Reader, questions: Sequence[Question], data: Path
) -> list[Outcome]:
    texts = [(canonical_url(row["url"]), row["text"]) for row in read_articles(articles_file(data))]
    outcomes = []
    for question in questions:
        hits = [hit for hit in library.search(Query(question.text, k=DEEP)) if hit.left_out is None]
        holding = {url for url, text in texts if contains(text, question.gold)}
        started = time.perf_counter()
        read = forced.read(question.text, hits[:READ])
        ms = (time.perf_counter() - started) * 1e3
        without = [hit for hit in hits if not _is_of(hit, holding)][:READ]
        outcomes.append(
            Outcome(question, read, usual.read(question.text, hits[:READ]), usual.read(question.text, without), ms)
        )
    return outcomes


def _is_of(hit: Hit, urls: AbstractSet[str | None]) -> bool:
    return hit.article.url is not None and canonical_url(hit.article.url) in urls


def _says(reading: Reading, question: Question) -> bool:
    return contains(" ".join(one.quote for one in reading.evidence), question.gold)


def _short(reading: Reading) -> str:
    return (reading.evidence[0].short_answer or "") if reading.evidence else ""


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 3) if values else 0.0


if __name__ == "__main__":
    typer.run(main)
