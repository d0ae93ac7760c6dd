"""The Chroma folder as a process that reads has it: open where no other process has it open, and led on."""

from __future__ import annotations

import logging
import threading

from rag.errors import StoreDamaged
from rag.indexing import Places, chroma_level, level_chroma, note_chroma
from rag.ledger import Ledger
from rag.locks import FileLock
from rag.vectors import ChromaIndex, ChromaLevel

log = logging.getLogger("byline.archive")


class EmbeddedChroma:
    """Safe to use from several threads. `index` is None while it is not open here; `level` is then of nothing."""

    def __init__(self, here: Places) -> None:
        self._here = here
        self._lock = FileLock(here.chroma_lock)
        self._guard = threading.RLock()  # while it is written or let go of
        self._closed = False
        self.index: ChromaIndex | None = None
        self.level = ChromaLevel()

    def open(self) -> None:
        """Use it if no other process has it open and its note can be trusted."""
        if not self._lock.try_lock():
            return
        level = chroma_level(self._here)
        if level is not None:
            try:
                self.index, self.level = ChromaIndex.open(self._here.chroma), level
            except StoreDamaged as error:
                log.warning("chroma is not used: %s", error.message)
        if self.index is None:
            self._lock.release()

    def bring_level(self, ledger: Ledger) -> None:
        """Where this process has it open, or nobody ever had: then it is made."""
        with self._guard, ledger.snapshot() as snapshot:
            if self._closed:
                return
            if self.index is None and not self._here.chroma.exists() and self._lock.try_lock():
                self.index = ChromaIndex.open(self._here.chroma)
                self.level = note_chroma(self._here, ChromaLevel())
            if self.index is not None:
                self.level = level_chroma(snapshot, self._here, self.index, self.level)

    def close(self) -> None:
        """Let go of it, once nothing is being written."""
        with self._guard:
            self._closed = True
            if self.index is not None:
                self.index.close()
            self._lock.release()
