"""An archive that grows to a million passages of made news: what it takes, and a copy of it at each level to measure.

`python -m evals.bench.growth --data DIR --folder FOLDER`. Goes on after an interruption, from the last level.
"""

from __future__ import annotations

import json
import resource
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from evals.bench.made import MadeEmbedder, Pool, likeness, write_articles
from evals.bench.realtimeqa import articles_file
from rag.chunk import embedded_text
from rag.ingest.units import units
from rag.ingestion import Ingestor
from rag.jobs import limits_of
from rag.settings import Settings, load_settings
from rag.snapshot import Snapshot
from rag.store import Store, open_store
from rag.wiring import embedder_of

LEVELS = [1_000, 10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000]
_AT_ONCE = 500  # articles in a file
_COMPARED = 300  # passages whose made vector is compared with the model's own
FIGURES = "growth.json"


@dataclass(frozen=True, slots=True)
class Grown:
    """What it took to grow from the level before to this one. `made` counts all articles that were made, some of which
    may have been rejected. Seconds of wall and of processor time are of the ingest without embedding; `chroma_s` and
    `keywords_s` are processor time in it, of bringing these indexes level. Sizes are in MB."""

    passages: int
    articles: int
    made: int
    added: int
    seconds: float
    cpu_seconds: float
    chroma_s: float
    keywords_s: float
    peak_mb: float
    ledger_mb: float
    keyword_index_mb: float
    chroma_mb: float


def main(
    data: Annotated[Path, typer.Option(help="A folder with articles.jsonl.gz in RealTimeQA's format.")],
    folder: Annotated[Path, typer.Option(help="Where the archive grows; a million passages take some 15 GB.")],
    most: Annotated[int, typer.Option(help="Passages to grow to.")] = LEVELS[-1],
) -> None:
    """Grow, copy, note."""
    settings = load_settings(data_dir=folder / "archive")
    model = embedder_of(settings)
    pool = Pool(articles_file(data), folder)
    embedder = MadeEmbedder(pool, model)
    made = 0
    for level in [one for one in LEVELS if one <= most]:
        if (folder / f"level-{level}").exists():
            made = json.loads((folder / FIGURES).read_text(encoding="utf-8"))[str(level)]["made"]
        else:
            grown = _grow(settings, pool, embedder, level, made)
            made = grown.made
            _note(folder, level, asdict(grown))
            print(level, grown, flush=True)
            shutil.copytree(settings.data_dir, folder / f"level-{level}.new")
            (folder / f"level-{level}.new").rename(folder / f"level-{level}")
        if level == LEVELS[0]:
            with open_store(settings, "growth") as store, store.ledger.snapshot() as snapshot:
                _note(folder, 0, dict(zip(("mean", "least"), likeness(_some(snapshot), embedder, model), strict=True)))


def _grow(settings: Settings, pool: Pool, embedder: MadeEmbedder, level: int, made: int) -> Grown:
    with open_store(settings, "growth") as store:
        in_chroma, in_keywords = _Clock(store, "level_chroma"), _Clock(store, "_level_keywords")
        ingestor = Ingestor(store, embedder, settings.passage_chars)
        before = _counts(store)
        started, cpu = time.perf_counter(), time.process_time()
        while (passages := _counts(store)["passages"]) < level:
            many = min(_AT_ONCE, max(5, (level - passages) // 12))
            file = settings.data_dir.parent / "made.jsonl.gz"
            write_articles(pool, made, many, file)
            made += many
            ingestor.run(units(file, limits_of(settings)))
        after = _counts(store)
    return Grown(
        passages,
        after["articles"],
        made,
        passages - before["passages"],
        round(time.perf_counter() - started, 1),
        round(time.process_time() - cpu, 1),
        round(in_chroma.cpu_seconds, 1),
        round(in_keywords.cpu_seconds, 1),
        round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        _mb(settings.data_dir, "ledger.sqlite3*"),
        _mb(settings.data_dir, "indexes/keywords-*/*"),
        _mb(settings.data_dir, "indexes/chroma-*/**/*"),
    )


class _Clock:
    """Counts the processor time that a store spends in one of its methods."""

    def __init__(self, store: Store, name: str) -> None:
        self.cpu_seconds = 0.0
        method = getattr(store, name)

        def timed() -> Any:
            started = time.process_time()
            try:
                return method()
            finally:
                self.cpu_seconds += time.process_time() - started

        setattr(store, name, timed)


def _counts(store: Store) -> dict[str, int]:
    with store.ledger.snapshot() as snapshot:
        return snapshot.counts()


def _some(snapshot: Snapshot) -> Sequence[str]:
    stored = snapshot.passages(snapshot.passage_ids()[:_COMPARED].tolist())
    return [embedded_text(one.article.title, one.text) for one in stored.values()]


def _mb(folder: Path, pattern: str) -> float:
    return round(sum(file.stat().st_size for file in folder.glob(pattern) if file.is_file()) / 1e6, 1)


def _note(folder: Path, level: int, figures: dict[str, Any]) -> None:
    file = folder / FIGURES
    noted = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    noted[str(level)] = figures
    file.write_text(json.dumps(noted, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
