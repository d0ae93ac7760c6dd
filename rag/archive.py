"""The archive as a reader sees it: one complete state of ledger, keyword index and vectors.

A `View` is pinned: the ledger by a transaction, the keyword index by its commit, and both are of the same change.
Dense search never depends on Chroma: what Chroma does not hold, or may not be opened for, is compared exactly.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from rag.errors import StoreBusy, StoreDamaged, StoreEmpty
from rag.exact import ExactIndex
from rag.indexing import (
    ChromaLevel,
    Places,
    chroma_level,
    dropped_since,
    keywords_level,
    keywords_tail,
    level_chroma,
    level_keywords,
    places,
)
from rag.keywords import KeywordIndex, KeywordSearcher
from rag.ledger import Ledger, Snapshot
from rag.locks import FileLock, WriterLock
from rag.ports import Vectors
from rag.settings import Settings
from rag.vectors import ChromaIndex

log = logging.getLogger("byline.archive")

EXACT_AMONG = 25_000  # a filter that leaves fewer passages is searched exactly (a few ms), others through Chroma
FETCH_AMONG = 1_000  # so few are fetched from the ledger one by one; for more it pays to hold them all
EXACT_MOST = 400_000  # without Chroma, more passages than this are only rescored, not searched, by vector
_PIN_TRIES, _PIN_WAIT_S = 60, 0.02


@dataclass(frozen=True, slots=True)
class View:
    """One complete state of the archive."""

    ledger: Snapshot
    keywords: KeywordSearcher
    dense: DenseSearch


class Archive:
    """The data folder, opened to read. Any number of threads may take views."""

    def __init__(self, settings: Settings, *, chroma_from: int = 0) -> None:
        """`chroma_from`: how many passages an archive has at least for Chroma to be opened."""
        self.settings = settings
        self._chroma_from = chroma_from
        self.ledger = Ledger.open(settings.ledger_path)
        self._indexes = settings.data_dir / "indexes"
        self._memory = _VectorsInMemory()
        self._opened: _Opened | None = None
        self._guard = threading.Lock()

    def close(self) -> None:
        with self._guard:
            self._release()
        self.ledger.close()

    @contextmanager
    def view(self) -> Iterator[View]:
        """Pin the newest complete state.

        Raises StoreEmpty before the first ingest, StoreDamaged when the keyword index can't be read, and StoreBusy
        when no complete state could be had within about a second.
        """
        fault: StoreDamaged | None = None
        for _ in range(_PIN_TRIES):
            with self.ledger.snapshot() as snapshot:
                try:
                    view = self._pin(snapshot)
                except StoreDamaged as error:  # or a rebuild has just switched folders; the next try sees the new ones
                    fault, view = error, None
                if view is not None:
                    yield view
                    return
            time.sleep(_PIN_WAIT_S)
        raise fault or StoreBusy("The archive changed faster than it could be read.", remedy="Try again.")

    def _pin(self, snapshot: Snapshot) -> View | None:
        metas, seq = snapshot.metas(), snapshot.seq()
        here = places(self._indexes, metas)
        if here is None:
            raise StoreEmpty("The archive is empty.", remedy="Ingest some articles first: `byline ingest PATH`.")
        opened = self._open(here, snapshot)
        searcher = opened.keywords.searcher()
        # The ledger was the same before and after the searcher was taken, so the index is of this change or lags.
        if seq != self._newest_seq():
            return None
        if keywords_level(metas) < seq:
            if self._level_if_nobody_writes():
                return None
            searcher = searcher.with_tail(*keywords_tail(snapshot))
        return View(snapshot, searcher, DenseSearch(snapshot, seq, opened.chroma, opened.level, self._memory))

    def warm_up(self) -> None:
        """For a process that stays: Chroma open and level, and the vectors in memory where there are not too many."""
        try:
            with self.view() as view:
                self._memory.after(0, view.ledger, view.ledger.seq())
        except StoreEmpty:
            return
        self.level_chroma()

    def level_chroma(self) -> None:
        """Bring Chroma level, where this process has it open; takes as long as there are passages to add."""
        with self.ledger.snapshot() as snapshot, self._guard:
            opened = self._opened
            if opened and opened.chroma is not None:
                opened.level = level_chroma(snapshot, opened.here, opened.chroma, opened.level)

    @property
    def chroma_in_use(self) -> bool:
        return self._opened is not None and self._opened.chroma is not None

    def _newest_seq(self) -> int:
        with self.ledger.snapshot() as snapshot:
            return snapshot.seq()

    def _level_if_nobody_writes(self) -> bool:
        """A writer that was killed may have left the keyword index behind; a living one is about to finish."""
        lock = WriterLock(self.settings.data_dir)
        if self._opened is None or not lock.try_lock():
            return False
        try:
            level_keywords(self.ledger, self._opened.keywords)
        finally:
            lock.release()
        return True

    def _open(self, here: Places, snapshot: Snapshot) -> _Opened:
        with self._guard:
            if self._opened is None or self._opened.here != here:
                self._release()
                self._opened = _Opened(here, KeywordIndex.open(here.keywords, make=False), FileLock(here.chroma_lock))
                if snapshot.counts()["passages"] >= self._chroma_from:
                    _open_chroma(self._opened)
            return self._opened

    def _release(self) -> None:
        if self._opened is not None:
            if self._opened.chroma is not None:
                self._opened.chroma.close()
            self._opened.lock.release()
            self._opened = None


@dataclass(slots=True)
class _Opened:
    here: Places
    keywords: KeywordIndex
    lock: FileLock
    chroma: ChromaIndex | None = None
    level: ChromaLevel = field(default_factory=ChromaLevel)


def _open_chroma(opened: _Opened) -> None:
    """Use Chroma if no other process has it open and its note can be trusted."""
    if not opened.lock.try_lock():
        return
    level = chroma_level(opened.here)
    if level is not None:
        try:
            opened.chroma, opened.level = ChromaIndex.open(opened.here.chroma), level
        except StoreDamaged as error:
            log.warning("chroma is not used: %s", error.message)
    if opened.chroma is None:
        opened.lock.release()


class DenseSearch:
    """A VectorIndex over one snapshot: Chroma up to `through`, exact comparison for the rest."""

    def __init__(
        self, snapshot: Snapshot, seq: int, chroma: ChromaIndex | None, level: ChromaLevel, memory: _VectorsInMemory
    ) -> None:
        self._snapshot = snapshot
        self._seq = seq
        self._chroma = chroma
        self._through = level.through if chroma is not None else 0
        self._memory = memory
        lags = chroma is not None and level.seq < seq
        self._stale = dropped_since(snapshot, level.seq) if lags else frozenset()

    def search(self, vector: Vectors, k: int, among: Collection[int] | None = None) -> list[tuple[int, float]]:
        if among is not None and len(among) <= EXACT_AMONG:
            return self._exact_among(vector, k, among)
        found = self._from_chroma(vector, k, among)
        tail = self._memory.after(self._through, self._snapshot, self._seq)
        if tail is not None:
            found += tail.search(vector, k, among)
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]

    def _from_chroma(self, vector: Vectors, k: int, among: Collection[int] | None) -> list[tuple[int, float]]:
        """Without what was dropped since Chroma's level."""
        if self._chroma is None:
            return []
        found = self._chroma.search(vector, k + len(self._stale), among)
        return [hit for hit in found if hit[0] not in self._stale][:k]

    def _exact_among(self, vector: Vectors, k: int, among: Collection[int]) -> list[tuple[int, float]]:
        everything = self._memory.after(0, self._snapshot, self._seq) if len(among) > FETCH_AMONG else None
        if everything is not None:
            return everything.search(vector, k, among)
        return ExactIndex(*self._snapshot.vectors(list(among))).search(vector, k)

    def cosines(self, vector: Vectors, ids: Collection[int]) -> dict[int, float]:
        """The cosine of each of `ids` that has a vector."""
        everything = self._memory.everything_if_held(self._snapshot, self._seq)
        if everything is not None:
            return dict(everything.search(vector, len(ids), ids))
        found, matrix = self._snapshot.vectors(list(ids))
        if not len(found):
            return {}
        scores = matrix.astype(np.float32) @ np.asarray(vector, np.float32)
        return {int(i): float(score) for i, score in zip(found, scores, strict=True)}


class _VectorsInMemory:
    """The vectors after some passage id, read once and then only what has changed."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._after: int | None = None
        self._seq = 0
        self._index = ExactIndex(np.empty(0, np.int64), np.empty((0, 0), np.float16))

    def after(self, passage_id: int, snapshot: Snapshot, seq: int) -> ExactIndex | None:
        """Those of a snapshot at change `seq`; None when there are too many to hold."""
        with self._guard:
            if self._after is None or passage_id < self._after:
                if passage_id == 0 and snapshot.counts()["passages"] > EXACT_MOST:
                    return None
                self._after, self._seq = passage_id, seq
                self._index = ExactIndex(*snapshot.vectors_from(passage_id + 1))
            elif seq > self._seq:
                self._follow(snapshot)
                self._seq = seq
            return self._index.after(passage_id)

    def everything_if_held(self, snapshot: Snapshot, seq: int) -> ExactIndex | None:
        with self._guard:
            held = self._after == 0
        return self.after(0, snapshot, seq) if held else None

    def _follow(self, snapshot: Snapshot) -> None:
        ids, matrix = self._index.ids, self._index.matrix
        last = int(ids[-1]) if len(ids) else (self._after or 0)
        dropped = dropped_since(snapshot, self._seq)
        if dropped:
            kept = ~np.isin(ids, np.fromiter(dropped, np.int64, len(dropped)))
            ids, matrix = ids[kept], matrix[kept]
        more_ids, more = snapshot.vectors_from(last + 1)
        if len(more_ids):
            matrix = np.concatenate([matrix, more]) if len(ids) else more
            ids = np.concatenate([ids, more_ids])
        self._index = ExactIndex(ids, matrix)
