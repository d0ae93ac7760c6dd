"""The ingest job: units of input to articles in the ledger, then the caches.

An article is acknowledged when its ledger transaction has committed. Batches are small, so an interruption loses at
most some seconds of work; what is in is known by its digest and skipped by the next run.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.errors import ArticleRejected, ChromaUnreachable
from rag.ledger_rows import model_mismatch
from rag.ledger_write import writing
from rag.notices import Notice
from rag.ports import Embedder
from rag.prepare import Prepared, Unit, prepare, vectors_of
from rag.store import Store

log = logging.getLogger("byline.ingest")

_LOOKED_UP = 256  # digests looked up at a time
BATCH_PASSAGES = 512  # embedded together (sorted by length, so more wastes less padding), about 5 s of work

_TURN = 0.0005  # seconds


@dataclass(slots=True)
class IngestReport:
    """What became of the articles of a run."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    near_duplicates: int = 0
    passages: int = 0
    rejected: list[ArticleRejected] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    interrupted: bool = False

    def add(self, other: IngestReport) -> None:
        """Count another run's articles in."""
        self.new += other.new
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.near_duplicates += other.near_duplicates
        self.passages += other.passages
        self.rejected += other.rejected
        self.notices += [one for one in other.notices if one not in self.notices]
        self.interrupted = self.interrupted or other.interrupted

    @property
    def articles(self) -> int:
        return self.new + self.updated + self.unchanged + len(self.rejected)


Tell = Callable[[IngestReport], None]
"""Told the report so far after every step."""


class Known(Protocol):
    """What the ledger may know by its digest."""

    @property
    def digest(self) -> str: ...


K = TypeVar("K", bound=Known)


class Writer:
    """Puts prepared articles into a store. The caller holds the writer's lock through the store."""

    def __init__(self, store: Store, identity: str, dimensions: int) -> None:
        """`identity` and `dimensions` are the embedding model's. Raises ModelMismatch when the archive has another."""
        self._store = store
        with store.ledger.snapshot() as snapshot:
            model = snapshot.model()
        if model is None:
            with writing(store.ledger) as w:
                w.set_meta("model", str(w.use_model(identity, dimensions)))
        elif model[1] != identity:
            raise model_mismatch(model[1], identity)

    def unknown(self, found: Iterable[K | ArticleRejected], report: IngestReport, tell: Tell) -> Iterator[K]:
        """Those whose bytes are new to the ledger and to this run."""
        stream, seen = iter(found), set[str]()
        while group := list(islice(stream, _LOOKED_UP)):
            good = [one for one in group if not isinstance(one, ArticleRejected)]
            report.rejected += [one for one in group if isinstance(one, ArticleRejected)]
            with self._store.ledger.snapshot() as snapshot:
                known = snapshot.known_inputs([one.digest for one in good])
            for one in good:
                if one.digest in known or one.digest in seen:
                    report.unchanged += 1
                else:
                    seen.add(one.digest)
                    yield one
            tell(report)

    def write(self, batch: Sequence[Prepared], vectors: NDArray[np.float16], report: IngestReport, tell: Tell) -> None:
        """Store a batch in one transaction; `vectors` has a row for each of its passages, in order."""
        started = time.perf_counter()
        stored: list[tuple[int, bool]] = []
        with writing(self._store.ledger) as w:
            at = 0
            for prepared in batch:
                rows = vectors[at : at + len(prepared.passages)]
                at += len(prepared.passages)
                article = w.admit(prepared.admission(rows))
                stored.append((article.version, w.cluster_of(article.id) is not None))
        _count(report, stored)  # only now is it acknowledged
        report.passages += len(vectors)
        self._store.level()
        write_ms = (time.perf_counter() - started) * 1e3
        log.info("stored articles=%d passages=%d write_ms=%.0f", len(batch), len(vectors), write_ms)
        tell(report)

    def finish(self, report: IngestReport, tell: Tell) -> None:
        """Bring Chroma level. Articles are stored by now, whatever becomes of this."""
        try:
            self._store.level_chroma()
        except ChromaUnreachable as error:
            report.notices.append(Notice("vectors", f"{error.message} Vectors follow when it answers."))
        tell(report)


@dataclass(frozen=True, slots=True)
class _Embedding:
    """A batch whose vectors, a row for each passage in order, are being made."""

    batch: Sequence[Prepared]
    vectors: Future[NDArray[np.float16]]


class Ingestor:
    """Prepares units in this process and writes them into a store."""

    def __init__(
        self, store: Store, embedder: Embedder, passage_chars: int, batch_passages: int = BATCH_PASSAGES
    ) -> None:
        self._writer = Writer(store, embedder.identity, embedder.dimensions)
        self._embedder = embedder
        self._passage_chars = passage_chars
        self._batch_passages = batch_passages

    def run(self, units: Iterable[Unit | ArticleRejected], tell: Tell = lambda _: None) -> IngestReport:
        """Ingest all units. An interruption (Ctrl-C) ends it early with what is stored and whole.

        A batch is embedded while the one before is written and the one after is read: embedding is most of the work,
        and the rest would leave its cores idle.
        """
        report = IngestReport()
        try:
            with _short_turns(), ThreadPoolExecutor(1) as embedding:
                before: _Embedding | None = None
                for batch in self._batches(units, report, tell):
                    now = _Embedding(batch, embedding.submit(vectors_of, batch, self._embedder))
                    self._write(before, report, tell)
                    before = now
                self._write(before, report, tell)
            self._writer.finish(report, tell)
        except KeyboardInterrupt:
            report.interrupted = True
        return report

    def _batches(
        self, units: Iterable[Unit | ArticleRejected], report: IngestReport, tell: Tell
    ) -> Iterator[list[Prepared]]:
        batch: list[Prepared] = []
        for unit in self._writer.unknown(units, report, tell):
            try:
                batch.append(prepare(unit, self._passage_chars))
            except ArticleRejected as rejection:
                report.rejected.append(rejection)
            if sum(len(p.passages) for p in batch) >= self._batch_passages:
                yield batch
                batch = []
        if batch:
            yield batch

    def _write(self, embedding: _Embedding | None, report: IngestReport, tell: Tell) -> None:
        if embedding is not None:
            self._writer.write(embedding.batch, embedding.vectors.result(), report, tell)


@contextmanager
def _short_turns() -> Iterator[None]:
    """Embedding threads ask for Python's lock some hundred times a second, and would wait the usual 5 ms each time that
    an article is being read: a tenth of their time.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _count(report: IngestReport, stored: Sequence[tuple[int, bool]]) -> None:
    """`stored` has the version of each article and whether it is a near-duplicate of another."""
    report.new += sum(version == 1 for version, _ in stored)
    report.updated += sum(version > 1 for version, _ in stored)
    report.near_duplicates += sum(near for _, near in stored)
