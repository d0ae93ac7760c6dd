"""Dense search over one snapshot, whether or not this process may open Chroma, or its servers answer."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from rag.chroma.shards import Shards
from rag.exact import ExactIndex
from rag.indexing import dropped_since
from rag.memory import VectorsInMemory
from rag.notices import LACKING, Notice, silence
from rag.ports import PassageIds, Vectors
from rag.snapshot import Snapshot
from rag.vectors import ChromaIndex, ChromaLevel, fetched

# What a filter leaves is compared exactly or looked for in Chroma, whichever costs less. In microseconds, as measured:
# comparing with a passage, Chroma's finding one more, and asking it at all.
_COMPARED_US, _FOUND_US, _ASKED_US = 0.7, 5.0, 700.0
FETCH_AMONG = 1_000  # so few are fetched from the ledger one by one; for more it pays to hold them all

Hits = list[tuple[int, float]]


class DenseSearch:
    """A VectorIndex over one snapshot: Chroma up to `level`, exact comparison for the rest.

    `notices` say what searches so far had to go without. Where no server of Chroma's has ever told what it holds,
    `level` is None, and nothing is known to be the rest.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        seq: int,
        chroma: ChromaIndex | Shards | None,
        level: ChromaLevel | None,
        memory: VectorsInMemory,
    ) -> None:
        self._snapshot = snapshot
        self._seq = seq
        self._chroma = chroma
        self._level = level
        self._memory = memory
        lags = chroma is not None and level is not None and level.seq < seq
        self._stale = dropped_since(snapshot, level.seq) if lags and level else frozenset()
        self._silent = 0
        self._unheld = False

    @property
    def notices(self) -> tuple[Notice, ...]:
        of = len(self._chroma.shards) if isinstance(self._chroma, Shards) else 0
        silent = [silence(self._silent, of)] if self._silent else []
        return (*silent, LACKING) if self._unheld else tuple(silent)

    def search(self, vector: Vectors, k: int, among: PassageIds | None = None) -> Hits:
        if among is not None and self._cheaper_compared(k, among):
            return self._exact_among(vector, k, among)
        found = dict(self._from_chroma(vector, k, among)) | dict(self._from_memory(vector, k, among))
        return sorted(found.items(), key=lambda hit: (-hit[1], hit[0]))[:k]

    def _cheaper_compared(self, k: int, among: PassageIds) -> bool:
        if self._chroma is None or len(among) <= FETCH_AMONG:
            return True
        through_chroma = _ASKED_US + _FOUND_US * fetched(k, self._chroma.count(), among)
        return len(among) * _COMPARED_US <= through_chroma

    def _from_chroma(self, vector: Vectors, k: int, among: PassageIds | None) -> Hits:
        """Up to its level, without what was dropped since."""
        if self._chroma is None:
            return []
        if isinstance(self._chroma, Shards):
            found, silent = self._chroma.ask(vector, k + len(self._stale), among)
            self._silent = max(self._silent, silent)
        else:
            through = self._level.through if self._level else 0
            # What is above its level is being added right now, and among the rest all the same.
            found = [hit for hit in self._chroma.search(vector, k + len(self._stale), among) if hit[0] <= through]
        return [hit for hit in found if hit[0] not in self._stale][:k]

    def _from_memory(self, vector: Vectors, k: int, among: PassageIds | None) -> Hits:
        """What Chroma lacks."""
        if self._level is None:
            return []
        rest = self._memory.after(self._level.through, self._snapshot, self._seq)
        if rest is None:
            self._unheld = True
            return []
        return rest.search(vector, k, among)

    def _exact_among(self, vector: Vectors, k: int, among: PassageIds) -> Hits:
        everything = self._memory.after(0, self._snapshot, self._seq) if len(among) > FETCH_AMONG else None
        if everything is not None:
            return everything.search(vector, k, among)
        return ExactIndex(*self._snapshot.vectors(among.tolist())).search(vector, k)

    def cosines(self, vector: Vectors, ids: Collection[int]) -> dict[int, float]:
        """The cosine of each of `ids` that has a vector."""
        everything = self._memory.everything_if_held(self._snapshot, self._seq)
        if everything is not None:
            return dict(everything.search(vector, len(ids), np.sort(np.fromiter(ids, np.int64, len(ids)))))
        return dict(ExactIndex(*self._snapshot.vectors(list(ids))).search(vector, len(ids)))
