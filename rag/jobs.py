"""Settings to the jobs that write: ingest and rebuild. Apart from `wiring.py`, so that asking does not import them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from rag.chunk import embedded_text
from rag.errors import ArticleRejected
from rag.indexing import Progress, blocks
from rag.ingest.discover import find_files
from rag.ingest.units import Limits, Unit, units
from rag.ingestion import Ingestor, IngestReport, Tell
from rag.ledger_write import writing
from rag.pages import Pages
from rag.ports import Embedder
from rag.settings import Settings
from rag.store import Store, open_store
from rag.wiring import embedder_of, fetcher_of


@dataclass(frozen=True, slots=True)
class IngestJob:
    """Units to ingest, under the writer's lock. `total` is how many there are."""

    total: int
    _store: Store
    _ingestor: Ingestor
    _units: Callable[[], Iterator[Unit | ArticleRejected]]

    def run(self, tell: Tell) -> IngestReport:
        return self._ingestor.run(self._units(), tell)

    def remove(self, article_id: str) -> None:
        """Raises NotFound."""
        self._store.remove(article_id)

    def counts(self) -> dict[str, int]:
        """What the archive holds."""
        with self._store.ledger.snapshot() as snapshot:
            return snapshot.counts()


@contextmanager
def open_ingest(settings: Settings, paths: Sequence[Path], urls: Sequence[str] = ()) -> Iterator[IngestJob]:
    """Raises StoreBusy at once when another process writes."""
    files, rejected = find_files(paths)
    limits = limits_of(settings)

    def in_files() -> Iterator[Unit | ArticleRejected]:
        yield from rejected
        for file in files:
            yield from units(file, limits)

    with open_store(settings, "byline ingest") as store:
        pages = Pages(fetcher_of(settings), store.ledger, limits)
        total = sum(1 for _ in in_files()) + len(urls)
        yield IngestJob(total, store, _ingestor(store, settings), lambda: chain(in_files(), pages.units(urls)))


@contextmanager
def open_units(settings: Settings, found: Sequence[Unit | ArticleRejected], what: str) -> Iterator[IngestJob]:
    """To ingest units that are read already, for `what`. Raises StoreBusy at once when another process writes."""
    with open_store(settings, what) as store:
        yield IngestJob(len(found), store, _ingestor(store, settings), lambda: iter(found))


def limits_of(settings: Settings) -> Limits:
    return Limits(settings.max_file_mb * 1_000_000, settings.max_article_chars)


def _ingestor(store: Store, settings: Settings) -> Ingestor:
    return Ingestor(store, embedder_of(settings), settings.passage_chars)


@dataclass(frozen=True, slots=True)
class RebuildJob:
    """A rebuild of the caches, and of the vectors where the settings name another model."""

    total: int
    _store: Store
    _embedder: Embedder | None

    @property
    def embeds_anew(self) -> bool:
        """Whether the settings name another model than the archive has."""
        return self._embedder is not None

    def run(self, progress: Progress) -> None:
        model_id = _embed_anew(self._store, self._embedder, progress) if self._embedder is not None else None
        self._store.rebuild(progress, model_id)


@contextmanager
def open_rebuild(settings: Settings) -> Iterator[RebuildJob]:
    """Raises StoreBusy at once when another process writes."""
    embedder = embedder_of(settings)
    with open_store(settings, "byline rebuild") as store:
        with store.ledger.snapshot() as snapshot:
            model, passages = snapshot.model(), snapshot.counts()["passages"]
        other = model is not None and model[1] != embedder.identity
        # Each passage is written to the keyword index and to Chroma, after being embedded if the model changes.
        yield RebuildJob(passages * (3 if other else 2), store, embedder if other else None)


def _embed_anew(store: Store, embedder: Embedder, progress: Progress) -> int:
    """Store vectors of another model beside those in use, going on where an interrupted run stopped; returns its id."""
    with writing(store.ledger) as w:
        model_id = w.use_model(embedder.identity, embedder.dimensions)
    with store.ledger.snapshot() as snapshot:
        missing = snapshot.without_vector(model_id)
        progress(snapshot.counts()["passages"] - len(missing))
    for block in blocks(missing):
        with store.ledger.snapshot() as snapshot:
            texts = {i: embedded_text(p.article.title, p.text) for i, p in snapshot.passages(block).items()}
        vectors = embedder.embed(list(texts.values())).astype(np.float16)
        with writing(store.ledger) as w:
            w.add_vectors(model_id, list(texts), vectors)
        progress(len(texts))
    return model_id
