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
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.chunk import chunk, embedded_text
from rag.errors import ArticleRejected, ChromaUnreachable
from rag.keywords import terms
from rag.ledger_rows import model_mismatch
from rag.ledger_write import Admission, writing
from rag.neardup import SIMILAR, bands, signature
from rag.notices import Notice
from rag.occurrences import Keys, keys
from rag.ports import Embedder
from rag.store import Store
from rag.types import Article, Passage

log = logging.getLogger("byline.ingest")

_LOOKED_UP = 256  # digests looked up at a time
BATCH_PASSAGES = 512  # embedded together (sorted by length, so more wastes less padding), about 5 s of work

_TURN = 0.0005  # seconds


class Unit(Protocol):
    """One article's raw bytes: where they are, their digest, and how to read them."""

    @property
    def where(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def read(self) -> Callable[[], Article]: ...


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


@dataclass(frozen=True, slots=True)
class _Prepared:
    digest: str
    article: Article
    passages: tuple[Passage, ...]
    words: tuple[Keys, ...]
    signature: bytes | None


@dataclass(frozen=True, slots=True)
class _Embedding:
    """A batch whose vectors, a row for each passage in order, are being made."""

    batch: Sequence[_Prepared]
    vectors: Future[NDArray[np.float16]]


class Ingestor:
    """Writes units into a store. The caller holds the writer's lock through the store."""

    def __init__(
        self, store: Store, embedder: Embedder, passage_chars: int, batch_passages: int = BATCH_PASSAGES
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._passage_chars = passage_chars
        self._batch_passages = batch_passages
        self._claim_model()

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
                    now = _Embedding(batch, embedding.submit(self._embed, batch))
                    self._store_batch(before, report, tell)
                    before = now
                self._store_batch(before, report, tell)
            self._level_chroma(report)
            tell(report)
        except KeyboardInterrupt:
            report.interrupted = True
        return report

    def _level_chroma(self, report: IngestReport) -> None:
        """Articles are stored by now, whatever becomes of this."""
        try:
            self._store.level_chroma()
        except ChromaUnreachable as error:
            report.notices.append(Notice("vectors", f"{error.message} Vectors follow when it answers."))

    def _claim_model(self) -> None:
        with self._store.ledger.snapshot() as snapshot:
            model = snapshot.model()
        if model is None:
            with writing(self._store.ledger) as w:
                w.set_meta("model", str(w.use_model(self._embedder.identity, self._embedder.dimensions)))
        elif model[1] != self._embedder.identity:
            raise model_mismatch(model[1], self._embedder.identity)

    def _batches(
        self, units: Iterable[Unit | ArticleRejected], report: IngestReport, tell: Tell
    ) -> Iterator[list[_Prepared]]:
        batch: list[_Prepared] = []
        for unit in self._unknown(units, report, tell):
            try:
                batch.append(self._prepare(unit))
            except ArticleRejected as rejection:
                report.rejected.append(rejection)
            if sum(len(p.passages) for p in batch) >= self._batch_passages:
                yield batch
                batch = []
        if batch:
            yield batch

    def _unknown(self, units: Iterable[Unit | ArticleRejected], report: IngestReport, tell: Tell) -> Iterator[Unit]:
        """The units whose bytes are new to the ledger and to this run."""
        stream, seen = iter(units), set[str]()
        while group := list(islice(stream, _LOOKED_UP)):
            good = [unit for unit in group if not isinstance(unit, ArticleRejected)]
            report.rejected += [unit for unit in group if isinstance(unit, ArticleRejected)]
            with self._store.ledger.snapshot() as snapshot:
                known = snapshot.known_inputs([unit.digest for unit in good])
            for unit in good:
                if unit.digest in known or unit.digest in seen:
                    report.unchanged += 1
                else:
                    seen.add(unit.digest)
                    yield unit
            tell(report)

    def _prepare(self, unit: Unit) -> _Prepared:
        article = unit.read()
        passages = tuple(chunk(article, self._passage_chars))
        words = tuple(keys(terms(article.text[p.start : p.end])) for p in passages)
        return _Prepared(unit.digest, article, passages, words, signature(article.text, article.marks))

    def _embed(self, batch: Sequence[_Prepared]) -> NDArray[np.float16]:
        texts = [embedded_text(p.article.title, p.article.text[x.start : x.end]) for p in batch for x in p.passages]
        return self._embedder.embed(texts).astype(np.float16)

    def _store_batch(self, embedding: _Embedding | None, report: IngestReport, tell: Tell) -> None:
        if embedding is None:
            return
        vectors = embedding.vectors.result()
        started = time.perf_counter()
        stored: list[tuple[int, bool]] = []
        with writing(self._store.ledger) as w:
            at = 0
            for prepared in embedding.batch:
                rows = vectors[at : at + len(prepared.passages)]
                at += len(prepared.passages)
                article = w.admit(_admission(prepared, rows))
                stored.append((article.version, w.cluster_of(article.id) is not None))
        _count(report, stored)  # only now is it acknowledged
        report.passages += len(vectors)
        self._store.level()
        write_ms = (time.perf_counter() - started) * 1e3
        log.info("stored articles=%d passages=%d write_ms=%.0f", len(embedding.batch), len(vectors), write_ms)
        tell(report)


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


def _admission(prepared: _Prepared, vectors: NDArray[np.float16]) -> Admission:
    return Admission(
        digest=prepared.digest,
        article=prepared.article,
        passages=prepared.passages,
        words=prepared.words,
        vectors=vectors,
        signature=prepared.signature,
        bands=bands(prepared.signature) if prepared.signature else (),
        similar=SIMILAR,
    )


def _count(report: IngestReport, stored: Sequence[tuple[int, bool]]) -> None:
    """`stored` has the version of each article and whether it is a near-duplicate of another."""
    report.new += sum(version == 1 for version, _ in stored)
    report.updated += sum(version > 1 for version, _ in stored)
    report.near_duplicates += sum(near for _, near in stored)
