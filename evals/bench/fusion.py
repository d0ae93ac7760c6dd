"""Ways to rank the same candidates, side by side: `python -m evals.bench.fusion DATA ARCHIVE [--out FUSION.json]`.

DATA holds RealTimeQA 2022; ARCHIVE is a data folder into which its articles were ingested. A question counts as a hit
at k when one of the first k passages is of its own articles and contains a gold string. The halves (by a
hash of the question's id) and, with `--second`, another kind of collection show how far a gain holds; the weights were
chosen with all of them in view. Near-duplicates are not folded here, so that only the ranking differs between rows.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from evals.bench.realtimeqa import contains, read_articles, read_questions
from rag.archive import Archive, View
from rag.embed import load_embedder
from rag.jobs import open_ingest
from rag.keywords import Limits, terms
from rag.occurrences import Occurrences
from rag.rank import WEIGHTS, signals
from rag.retrieve import Retriever, Stored
from rag.settings import Settings, load_settings
from rag.types import Query

CUTS = (1, 3, 5, 10, 20, 50)
DEPTH = 150  # candidates from each side
SECOND_QUESTIONS = 400
RRF_K = 60  # Cormack, Clarke and Büttcher (2009)

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what makes a passage its answer."""

    id: str
    text: str
    answers: Callable[[Stored], bool]
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A question's candidates: each signal (`bm25`, `dense`, ... as in `rag.rank`), and which are hits."""

    id: str
    signals: dict[str, Array]
    relevant: NDArray[np.bool_]

    @property
    def half(self) -> str:
        return "AB"[int(hashlib.sha256(self.id.encode()).hexdigest(), 16) % 2]

    def rank(self, scores: Array) -> float:
        """Of the first hit; infinite when there is none."""
        found = np.flatnonzero(self.relevant[np.argsort(-scores, kind="stable")])
        return float(found[0] + 1) if len(found) else float("inf")


Variant = Callable[[Case], Array]


def weighted(**weights: float) -> Variant:
    return lambda case: np.sum([weight * case.signals[name] for name, weight in weights.items()], axis=0)


def reciprocal(case: Case) -> Array:
    total = np.zeros(len(case.relevant))
    for name in ("bm25", "dense"):
        place = np.argsort(np.argsort(-case.signals[name], kind="stable"), kind="stable") + 1
        total += np.where(place <= DEPTH, 1 / (RRF_K + place), 0)
    return total


def variants() -> dict[str, Variant]:
    table: dict[str, Variant] = {
        "BM25": weighted(bm25=1),
        "dense": weighted(dense=1),
        f"reciprocal ranks, k = {RRF_K}": reciprocal,
        "BM25 + .5 dense": weighted(bm25=1, dense=0.5),
        "BM25 + dense": weighted(bm25=1, dense=1),
        "BM25 + dense + .5 coverage": weighted(bm25=1, dense=1, coverage=0.5),
        "all signals, chosen weights": weighted(**WEIGHTS),
    }
    for name in WEIGHTS:
        table[f"  without {name}"] = weighted(**{other: w for other, w in WEIGHTS.items() if other != name})
    for name in WEIGHTS:
        table[f"  twice the {name}"] = weighted(**{**WEIGHTS, name: 2 * WEIGHTS[name]})
    return table


def cases(view: View, retriever: Retriever, asked: Iterable[Asked]) -> Iterator[Case]:
    for question in asked:
        found = retriever.find(view, Query(question.text, k=DEPTH))
        body = Occurrences.of(found.terms, [c.body for c in found.candidates])
        every = signals(found.terms, found.candidates, body, body.bm25([len(c.body) for c in found.candidates]))
        every["coverage"] = body.coverage()
        texts = view.ledger.passages([outline.id for outline in found.outlines])
        stored = [texts[outline.id] for outline in found.outlines]
        every["recency"] = np.array([_recency(one, question.day) for one in stored])
        yield Case(question.id, every, np.array([question.answers(one) for one in stored]))


def _recency(stored: Stored, now: date | None) -> float:
    """1 on the day of the question, half a month earlier; 0 for what is undated or later."""
    if now is None or stored.article.published is None:
        return 0.0
    age = (now - date.fromisoformat(stored.article.published[:10])).days
    return float(0.5 ** (age / 30)) if age >= 0 else 0.0


def figures(all_cases: list[Case], variant: Variant) -> dict[str, float]:
    ranks = np.array([case.rank(variant(case)) for case in all_cases])
    told = {f"hit@{k}": float((ranks <= k).mean()) for k in CUTS}
    told["MRR@10"] = float(np.where(ranks <= 10, 1 / ranks, 0).mean())
    for half in "AB":
        inside = ranks[[case.half == half for case in all_cases]]
        told |= {f"{half}@{k}": float((inside <= k).mean()) for k in (1, 5, 20)}
    return {name: round(value, 3) for name, value in told.items()}


def realtimeqa(data: Path) -> list[Asked]:
    """The questions whose gold string occurs in their own articles."""

    def answers(urls: frozenset[str], gold: tuple[str, ...]) -> Callable[[Stored], bool]:
        return lambda stored: stored.article.url in urls and contains(stored.text, gold)

    return [Asked(q.id, q.text, answers(q.urls, q.gold), date.fromisoformat(q.asked)) for q in read_questions(data)]


def second(data: Path, folder: Path) -> tuple[Path, list[Asked]]:
    """Articles of one paragraph each, from `train/qa.jsonl.gz`, and questions on some: the hit is the own paragraph."""
    rows = [row for row in read_articles(data / "train" / "qa.jsonl.gz") if row["id"].startswith(("squad2", "ares"))]
    urls = {text: f"https://paragraph.example/{n}" for n, text in enumerate(dict.fromkeys(r["context"] for r in rows))}
    file = folder / "paragraphs.jsonl"
    lines = [json.dumps({"id": url, "url": url, "text": text}) for text, url in urls.items()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def answers(url: str) -> Callable[[Stored], bool]:
        return lambda stored: stored.article.url == url

    can = [row for row in rows if row["answerable"]]
    can.sort(key=lambda row: hashlib.sha256(row["id"].encode()).hexdigest())
    return file, [Asked(r["id"], r["question"], answers(urls[r["context"]])) for r in can[:SECOND_QUESTIONS]]


def measure(settings: Settings, asked: list[Asked], more: dict[str, Variant]) -> dict[str, dict[str, float]]:
    retriever = Retriever(load_embedder(settings.embedding_model, settings.models_dir, settings.threads), terms, Limits)
    archive = Archive(settings)
    try:
        with archive.view() as view:
            all_cases = list(cases(view, retriever, asked))
    finally:
        archive.close()
    return {name: figures(all_cases, variant) for name, variant in {**variants(), **more}.items()}


def show(title: str, table: dict[str, dict[str, float]]) -> None:
    shown = Table(title=title, title_justify="left")
    for column in ("ranking", *next(iter(table.values()))):
        shown.add_column(column)
    for name, row in table.items():
        shown.add_row(name, *(f"{value:.3f}" for value in row.values()))
    Console(width=150).print(shown)


def main(
    data: Path,
    archive: Path,
    out: Annotated[Path, typer.Option(help="Where the JSON goes.")] = Path("fusion.json"),
    with_second: Annotated[bool, typer.Option("--second", help="Ingest and measure a second collection.")] = False,
) -> None:
    """Print the tables and write them."""
    told: dict[str, Any] = {"weights": WEIGHTS}
    asked = realtimeqa(data)
    recent = {"all signals + .1 recency (not used)": weighted(**WEIGHTS, recency=0.1)}
    told["realtimeqa"] = measure(load_settings(data_dir=archive), asked, recent)
    show(f"RealTimeQA 2022, {len(asked)} questions", told["realtimeqa"])
    if with_second:
        with tempfile.TemporaryDirectory() as name:
            file, questions = second(data, Path(name))
            settings = load_settings(data_dir=Path(name) / "archive")
            with open_ingest(settings, [file]) as job:
                job.run(lambda *_: None)
            told["second"] = measure(settings, questions, {})
        show(f"Paragraphs of SQuAD 2.0 and ARES, {len(questions)} questions", told["second"])
    out.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
