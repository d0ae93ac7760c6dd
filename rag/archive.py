"""The archive as a reader sees it: one complete state of ledger, keyword index and vectors.

A `View` is pinned: the ledger by a transaction, the keyword index by its commit, and both are of the same change.
Dense search never depends on Chroma: what Chroma does not hold, or may not be opened for, is compared exactly.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from rag.chroma.servers import servers_of
from rag.chroma.shard import Shard
from rag.dense import DenseSearch
from rag.embedded import EmbeddedChroma
from rag.errors import ChromaUnreachable, StoreBusy, StoreDamaged, StoreEmpty
from rag.indexing import (
    CHROMA_LAG,
    Places,
    Progress,
    dropped_since,
    keywords_tail,
    silent,
)
from rag.keywords import KeywordIndex, KeywordSearcher, Limits
from rag.ledger import Ledger
from rag.ledger_rows import Outline
from rag.memory import OutlinesInMemory, SearchedArticles, VectorsInMemory
from rag.ports import PassageIds
from rag.replica import replica_of
from rag.settings import Settings
from rag.shard_level import bring_level
from rag.snapshot import Snapshot
from rag.vectors import ChromaLevel

log = logging.getLogger("byline.archive")

_PIN_TRIES, _PIN_WAIT_S = 60, 0.02
_MOST_LAG = 1_000  # changes, of some eight passages each, that are searched from memory while the index lacks them


@dataclass(frozen=True, slots=True)
class View:
    """One complete state of the archive, that of the ledger's change `seq`. `clusters` has, of each article that nearly
    repeats others, all of these and itself."""

    ledger: Snapshot
    seq: int
    keywords: KeywordSearcher
    dense: DenseSearch
    clusters: Mapping[str, tuple[str, ...]]
    held: OutlinesInMemory
    articles: SearchedArticles

    def passing(self, limits: Limits) -> PassageIds:
        """Ids of the searched passages that pass a filter (the rule for undated articles is `Query`'s)."""
        return self.articles.passages(limits, self.ledger, self.seq)

    def outlines(self, ids: Sequence[int]) -> list[Outline]:
        return self.held.of(ids, self.ledger)


@dataclass(frozen=True, slots=True)
class _State:
    """What is the same for every view of one change."""

    here: Places
    seq: int
    keywords: KeywordSearcher
    clusters: Mapping[str, tuple[str, ...]]


class Archive:
    """The data folder, opened to read. Any number of threads may take views."""

    def __init__(self, settings: Settings, *, chroma_from: int = 0) -> None:
        """`chroma_from`: how many passages an archive has at least for Chroma to be opened."""
        self.settings = settings
        self._chroma_from = chroma_from
        self.ledger = Ledger(settings)
        self._replica = replica_of(settings, self.ledger)
        self._servers = servers_of(settings)
        self._memory = VectorsInMemory()
        self._outlines = OutlinesInMemory()
        self._articles = SearchedArticles()
        self._state: _State | None = None
        self._refreshed: int | None = None
        self._opened: _Opened | None = None
        self._guard = threading.Lock()

    def close(self) -> None:
        with self._guard:
            self._release()
        if self._servers is not None:
            self._servers.close()
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
        seq, metas = snapshot.state()
        here, level = self._replica.state(metas)
        if here is None:
            self._make_indexes(seq)
            return None
        opened, state = self._open(here, snapshot), self._state
        if state is None or (state.here, state.seq) != (here, seq):
            searcher = self._searcher(opened, snapshot, level, seq)
            if searcher is None:
                return None
            self._outlines.forget(dropped_since(snapshot, state.seq) if state else ())
            state = self._state = _State(here, seq, searcher, snapshot.clusters())
        dense = self._dense(opened, snapshot, seq, metas)
        return View(snapshot, seq, state.keywords, dense, state.clusters, self._outlines, self._articles)

    def _dense(self, opened: _Opened, snapshot: Snapshot, seq: int, metas: Mapping[str, str]) -> DenseSearch:
        if self._servers is None or not opened.large:
            return DenseSearch(snapshot, seq, opened.chroma.index, opened.chroma.level, self._memory)
        shards = self._servers.of(metas)
        shards.look_if_due()
        return DenseSearch(snapshot, seq, shards, shards.level, self._memory)

    def _searcher(self, opened: _Opened, snapshot: Snapshot, level: int, seq: int) -> KeywordSearcher | None:
        """Of the snapshot's change `seq`, from an index that is at `level`; None when it has to be tried again."""
        searcher = opened.keywords.searcher()
        # The ledger was the same before and after the searcher was taken, so the index is of this change or lags.
        if seq != self._newest_seq():
            return None
        if level < seq:
            if self._level_if_nobody_writes(seq - level):
                return None
            return searcher.with_tail(*keywords_tail(snapshot, level))
        return searcher

    def warm_up(self) -> None:
        """For a process that stays: in memory what is read at every search."""
        try:
            with self.view() as view:
                self._memory.after(0, view.ledger, view.ledger.seq())
                self._outlines.fill(view.ledger)
        except StoreEmpty:
            return

    def level_chroma(self) -> None:
        """Bring Chroma level, where this process has it open or it is on servers; takes as long as there are passages
        to add. Views go on meanwhile: of what is being added they find nothing in Chroma.
        """
        if self._servers is not None:
            with suppress(ChromaUnreachable):  # which is logged once, where it is met
                bring_level(self._servers, self.ledger)
        elif (opened := self._opened) is not None:
            opened.chroma.bring_level(self.ledger)

    def refresh(self) -> None:
        """For a process that stays: take in what changed, so that no question waits for it, and bring Chroma level
        where it lags far, or nothing has changed since the last time.
        """
        with self.view() as view:
            quiet, self._refreshed = self._refreshed == view.seq, view.seq
            if not quiet:
                self._memory.after(0, view.ledger, view.seq)
            level = self._chroma_level(view.ledger)
            lags = level is not None and (_lags(level, view.ledger) or (quiet and level.seq != view.seq))
        if lags:
            self.level_chroma()

    def _chroma_level(self, snapshot: Snapshot) -> ChromaLevel | None:
        """None where there is no Chroma that could be brought level."""
        if self._servers is not None:
            shards = self._servers.of(snapshot.metas())
            shards.look()
            return shards.level
        return self._opened.chroma.level if self._opened and self.chroma_in_use else None

    def behind(self) -> int:
        """How many changes the keyword index is behind the ledger."""
        with self.ledger.snapshot() as snapshot:
            seq, metas = snapshot.state()
        return max(0, seq - self._replica.state(metas)[1])

    def vectors_behind(self) -> int:
        """How many changes Chroma is behind the ledger: of several servers the one that lags most, if reached."""
        known = [one.level.seq for one in self.shards() if one.level is not None]
        if self._opened and self.chroma_in_use:
            known = [self._opened.chroma.level.seq]
        return max((self._newest_seq() - seq for seq in known), default=0)

    def shards(self) -> Sequence[Shard]:
        """The Chroma servers, as far as this process knows them; none where Chroma is embedded."""
        if self._servers is None:
            return ()
        with self.ledger.snapshot() as snapshot:
            return self._servers.of(snapshot.metas()).shards

    @property
    def chroma_in_use(self) -> bool:
        """Whether this process has an embedded Chroma open."""
        return self._opened is not None and self._opened.chroma.index is not None

    def _newest_seq(self) -> int:
        with self.ledger.snapshot() as snapshot:
            return snapshot.seq()

    def _make_indexes(self, seq: int) -> None:
        """Nothing was ever ingested, or a machine that is new to the archive is to make its indexes."""
        if not seq:
            raise StoreEmpty("The archive is empty.", remedy="Ingest some articles first: `byline ingest PATH`.")
        self._level_if_nobody_writes(seq)

    def _level_if_nobody_writes(self, lag: int) -> bool:
        """A writer that was killed may have left the keyword index behind; a living one is about to finish.

        Raises StoreBusy when it is so many changes behind that nothing can stand in for it, and another is at it.
        """
        if self.bring_level():
            return True
        if lag > _MOST_LAG:
            raise StoreBusy(
                f"This machine's keyword index is being brought level: {lag:,} changes to go.",
                remedy="Try again in a while; `/readyz` of the service tells how far it is.",
            )
        return False

    def bring_level(self, tell: Progress = silent) -> bool:
        """Bring the keyword index level; False when another has the right to."""
        right = self._replica.right()
        if not right.try_lock():
            return False
        try:
            here, opened = self._replica.settle(), self._opened
            index = opened.keywords if opened and opened.here == here else KeywordIndex.open(here.keywords)
            self._replica.bring_level(here, index, tell)
        finally:
            right.release()
        return True

    def _open(self, here: Places, snapshot: Snapshot) -> _Opened:
        with self._guard:
            if self._opened is None or self._opened.here != here:
                self._release()
                keywords, large = KeywordIndex.open(here.keywords, make=False), self._is_large(snapshot)
                self._opened = _Opened(here, keywords, EmbeddedChroma(here), large)
                if large and self._servers is None:
                    self._opened.chroma.open()
            return self._opened

    def _is_large(self, snapshot: Snapshot) -> bool:
        return snapshot.counts()["passages"] >= self._chroma_from

    def _release(self) -> None:
        if self._opened is not None:
            self._opened.chroma.close()
            self._opened = None


@dataclass(frozen=True, slots=True)
class _Opened:
    """`large` is whether it is worth asking Chroma."""

    here: Places
    keywords: KeywordIndex
    chroma: EmbeddedChroma
    large: bool


def _lags(level: ChromaLevel, snapshot: Snapshot) -> bool:
    """Whether it pays to bring Chroma level: it writes its index files whole."""
    return len(snapshot.passage_ids(level.through + 1)) >= CHROMA_LAG
