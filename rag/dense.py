"""Dense search over one snapshot, whether or not this process may open Chroma."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from rag.exact import ExactIndex
from rag.indexing import ChromaLevel, dropped_since
from rag.memory import VectorsInMemory
from rag.ports import PassageIds, Vectors
from rag.snapshot import Snapshot
from rag.vectors import ChromaIndex

EXACT_AMONG = 25_000  # a filter that leaves fewer passages is searched exactly (a few ms), others through Chroma
FETCH_AMONG = 1_000  # so few are fetched from the ledger one by one; for more it pays to hold them all


class DenseSearch:
    """A VectorIndex over one snapshot: Chroma up to `through`, exact comparison for the rest."""

    def __init__(
        self, snapshot: Snapshot, seq: int, chroma: ChromaIndex | None, level: ChromaLevel, memory: VectorsInMemory
    ) -> None:
        self._snapshot = snapshot
        self._seq = seq
        self._chroma = chroma
        self._through = level.through if chroma is not None else 0
        self._memory = memory
        lags = chroma is not None and level.seq < seq
        self._stale = dropped_since(snapshot, level.seq) if lags else frozenset()

    def search(self, vector: Vectors, k: int, among: PassageIds | None = None) -> list[tuple[int, float]]:
        if among is not None and len(among) <= EXACT_AMONG:
            return self._exact_among(vector, k, among)
        found = self._from_chroma(vector, k, among)
        tail = self._memory.after(self._through, self._snapshot, self._seq)
        if tail is not None:
            found += tail.search(vector, k, among)
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]

    def _from_chroma(self, vector: Vectors, k: int, among: PassageIds | None) -> list[tuple[int, float]]:
        """Without what was dropped since Chroma's level."""
        if self._chroma is None:
            return []
        found = self._chroma.search(vector, k + len(self._stale), among)
        # What is above its level is being added right now, and among the rest all the same.
        return [hit for hit in found if hit[0] <= self._through and hit[0] not in self._stale][:k]

    def _exact_among(self, vector: Vectors, k: int, among: PassageIds) -> list[tuple[int, float]]:
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
