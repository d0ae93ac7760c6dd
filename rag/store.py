"""The archive as its one writer holds it: the ledger, and the caches that are brought level after it."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import numpy as np
from numpy.typing import NDArray

from rag.chroma.servers import servers_of
from rag.errors import ChromaUnreachable
from rag.feed_store import FeedStore
from rag.indexing import (
    CHROMA_LAG,
    Places,
    Progress,
    chroma_level,
    fill_keywords,
    level_chroma,
    note_chroma,
    reconcile_chroma,
    silent,
)
from rag.keywords import KeywordIndex
from rag.ledger import Ledger
from rag.ledger_write import writing
from rag.locks import FileLock
from rag.probe import Probe, probe_chroma
from rag.replica import Replica, replica_of
from rag.settings import Settings
from rag.shard_level import bring_level, forget, rebuild
from rag.snapshot import Snapshot
from rag.vectors import ChromaIndex, ChromaLevel

log = logging.getLogger("byline.store")

_SAMPLE = 32  # passages that a probe searches for by their own vector
_SHED_SECONDS = 10


@contextmanager
def open_store(settings: Settings, what: str, chroma_lag: int = CHROMA_LAG) -> Iterator[Store]:
    """The archive to write, under the writer's lock. Raises StoreBusy at once when another process has it."""
    ledger = Ledger(settings)
    replica = replica_of(settings, ledger)
    try:
        with ledger.database.hold(what), replica.for_writer():
            store = Store(settings, replica, chroma_lag)
            try:
                yield store
            finally:
                store.close()
    finally:
        ledger.close()


class Store:
    """Use `open_store`, which holds the writer's lock meanwhile."""

    def __init__(self, settings: Settings, replica: Replica, chroma_lag: int = CHROMA_LAG) -> None:
        self._chroma_lag = chroma_lag
        self._replica = replica
        self._feeds = FeedStore(settings.data_dir, settings.database_url)
        self.ledger = replica.ledger
        self.here = replica.settle()
        replica.clear_but(self.here)
        self._keywords = KeywordIndex.open(self.here.keywords)
        self._level_keywords()
        self.servers = servers_of(settings)
        self._lock = FileLock(self.here.chroma_lock)
        self._chroma: ChromaIndex | None = None
        self._level = ChromaLevel()

    def close(self) -> None:
        """Let go of the caches; what they lack, the next writer brings level."""
        self._close_chroma()
        if self.servers is not None:
            self.servers.close()

    def level(self) -> None:
        """After a commit: the keyword index at once; Chroma when it lags far enough. Servers that don't answer are
        brought level later.
        """
        self._level_keywords()
        with self.ledger.snapshot() as snapshot:
            lag = snapshot.count_from(self._through(snapshot) + 1)
        if lag >= self._chroma_lag:
            with suppress(ChromaUnreachable):
                self.level_chroma()

    def _through(self, snapshot: Snapshot) -> int:
        if self.servers is None:
            return self._level.through
        level = self.servers.of(snapshot.metas()).level
        return level.through if level else 0

    def _level_keywords(self) -> None:
        self.here, self._keywords = self._replica.bring_level(self.here, self._keywords)

    def level_chroma(self, progress: Progress = silent) -> bool:
        """False when another process has Chroma open; that process, or the next writer, brings it level.

        Raises ChromaUnreachable where it is on servers and one does not answer; the others are level then.
        """
        if self.servers is not None:
            return bring_level(self.servers, self.ledger, progress)
        if self._chroma is None and not self._open_chroma():
            return False
        with self.ledger.snapshot() as snapshot:
            assert self._chroma is not None  # noqa: S101 - opened above
            self._level = level_chroma(snapshot, self.here, self._chroma, self._level, progress)
        return True

    def remove(self, article_id: str) -> int:
        """Remove all versions of an article, its passages, vectors and terms; returns how many versions it had.

        The keyword index is written anew, because its files keep the terms of what was deleted from it.
        Raises NotFound.
        """
        with self.ledger.snapshot() as snapshot:
            keys = snapshot.keys_of(article_id)
        if keys:  # before the article: a poll must not bring back what a crash left half removed
            self._feeds.note_removed(keys)
        with writing(self.ledger) as w:
            versions = w.remove(article_id)
        self.here, self._keywords = self._replica.write_anew(self.here)
        with suppress(ChromaUnreachable):  # what it still has is no longer found
            self.level_chroma()
        self._shed()
        return versions

    def rebuild(self, progress: Progress = silent, model_id: int | None = None) -> None:
        """Write both caches into new folders, which replace the old ones when they are complete; Chroma's servers hold
        the new vectors beside the old ones until then.

        `model_id` becomes the model in use with the same transaction; every passage has its vector already. Raises
        ChromaUnreachable, with nothing changed, where a server does not answer.
        """
        if self.servers is not None:
            rebuild(self.servers, self.ledger, progress, model_id)
        fresh = Places(self._replica.fresh("keywords"), self._replica.fresh("chroma"))
        with self.ledger.snapshot() as snapshot:
            fill_keywords(snapshot, KeywordIndex.open(fresh.keywords), progress)
            if self.servers is None:
                _fill(snapshot, fresh, progress, model_id)
            seq, before = snapshot.state()
        self._close_chroma()
        self._replica.switch(fresh, seq, since=seq, model_id=model_id)
        if self.servers is not None and model_id is not None:
            forget(self.servers, before)
        self.here, self._keywords = fresh, KeywordIndex.open(fresh.keywords)
        self._lock = FileLock(fresh.chroma_lock)

    def probe(self) -> Probe | None:
        """What Chroma holds, seen from a child process; None when another process has it open.

        A Chroma that can't be used loses its note, so that no process opens it before it was written anew.
        """
        self._close_chroma()
        if not self._lock.try_lock():
            return None
        try:
            return self._probe()
        finally:
            self._lock.release()

    def _probe(self) -> Probe:
        with self.ledger.snapshot() as snapshot:
            ids = snapshot.passage_ids()
            found, vectors = snapshot.vectors(sample_of(ids).tolist())
        probe = probe_chroma(self.here.chroma, found, vectors)
        if probe.fault or probe.lost:
            self.here.chroma_note.unlink(missing_ok=True)
        return probe

    def keyword_ids(self) -> list[int]:
        return self._keywords.searcher().ids()

    # --- Chroma

    def _open_chroma(self) -> bool:
        if not self._lock.try_lock():
            return False
        level = chroma_level(self.here)
        known = level is not None or self._adopt()
        self._chroma = ChromaIndex.open(self.here.chroma)
        if level is None:
            with self.ledger.snapshot() as snapshot:
                level = (
                    reconcile_chroma(snapshot, self.here, self._chroma)
                    if known
                    else note_chroma(self.here, ChromaLevel())
                )
        self._level = level
        return True

    def _adopt(self) -> bool:
        """Whether a Chroma folder without a valid note can be used; one that can't is cleared away."""
        if not self.here.chroma.exists():
            return False
        probe = self._probe()
        if probe.fault is None and not probe.lost:
            return True
        log.warning("chroma is written anew: %s", probe.fault or f"{len(probe.lost)} vectors lost")
        shutil.rmtree(self.here.chroma)
        return False

    def _close_chroma(self) -> None:
        if self._chroma is not None:
            self._chroma.close()
            self._chroma = None
        self._lock.release()

    def _shed(self) -> None:
        """Empty the write-ahead log, which still has the pages of what was removed; readers may delay it."""
        deadline = time.monotonic() + _SHED_SECONDS
        while not self.ledger.database.truncate_log():
            if time.monotonic() > deadline:
                log.warning("a reader keeps the write-ahead log; the removed text leaves it with the next write")
                return
            time.sleep(0.05)


def sample_of(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Some passages, spread over all."""
    return ids[np.linspace(0, len(ids) - 1, min(_SAMPLE, len(ids)), dtype=np.int64)]


def _fill(snapshot: Snapshot, here: Places, progress: Progress, model_id: int | None) -> None:
    chroma = ChromaIndex.open(here.chroma)
    level_chroma(snapshot, here, chroma, ChromaLevel(), progress, model_id)
    chroma.close()
